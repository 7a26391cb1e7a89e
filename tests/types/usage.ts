// What a site's TypeScript may do with Pagepoll, and what the compiler must refuse. `cargo xtask test` checks it against
// widget/pagepoll.d.ts with --strict; nothing runs it.

// Where the snippet may be missing: in a preview, say. (The stub for early calls is a line of HTML, not of TypeScript.)
window.pagepoll?.("track", "looked_around");

pagepoll("track", "added_to_cart");
pagepoll("track", "added_to_cart", { price: 24, currency: "EUR", gift: false });
pagepoll("identify", { plan: "pro", seats: 12, trial: false });
pagepoll("show", "page-ces");
pagepoll("close");
pagepoll("reset");
pagepoll("consent", true);
pagepoll("consent", false);
pagepoll("remove");

pagepoll("on", "shown", (detail) => {
    const survey: string = detail.survey;
    const version: number = detail.version;
    const page: string = detail.page;
    const signal: string = detail.signal;
    console.log(survey, version, page, signal);
});
pagepoll("on", "answered", (detail) => {
    const question: string = detail.question;
    const score: number | undefined = detail.score;
    console.log(question, score);
});
pagepoll("on", "completed", (detail) => console.log(detail.survey));
pagepoll("on", "dismissed", (detail) => console.log(detail.survey));

document.addEventListener("pagepoll:answered", (event) => {
    const score: number | undefined = event.detail.score;
    console.log(event.detail.survey, score);
});
document.addEventListener("pagepoll:shown", (event) => console.log(event.detail.page));

// @ts-expect-error: there is no such command
pagepoll("trak", "added_to_cart");
// @ts-expect-error: an event needs its name
pagepoll("track");
// @ts-expect-error: consent is yes or no
pagepoll("consent", "yes");
// @ts-expect-error: there is no such event
pagepoll("on", "closed", () => {});
// @ts-expect-error: a listener is a function
pagepoll("on", "shown", "log");
// @ts-expect-error: a survey is named by its id
pagepoll("show", 7);
// @ts-expect-error: comments are never told
pagepoll("on", "answered", (detail) => console.log(detail.comment));
// @ts-expect-error: the snippet may be missing
window.pagepoll("close");
