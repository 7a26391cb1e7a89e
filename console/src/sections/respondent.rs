//! One person's data: whoever left a contact detail may see all that they have said, and have it erased.

use leptos::prelude::*;
use survey::report::AnswerReport;

use crate::api::people;
use crate::attempt::Attempt;
use crate::browser;
use crate::parts::{AskFirst, Entry, Submit};
use crate::text::ago;

/// What was found of somebody.
#[derive(Clone)]
struct Found {
    contact: String,
    answers: Vec<AnswerReport>,
}

#[component]
pub fn RespondentSection(site: StoredValue<String>) -> impl IntoView {
    let attempt = Attempt::new("respondent", &["contact"]);
    let (typed, found, erased) =
        (RwSignal::new(String::new()), RwSignal::new(None::<Found>), RwSignal::new(None::<usize>));
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        found.set(None);
        erased.set(None);
        let contact = typed.get_untracked().trim().to_owned();
        let asked = {
            let contact = contact.clone();
            async move { people::respondent(&site.get_value(), &contact).await }
        };
        attempt.make(asked, move |report| found.set(Some(Found { contact, answers: report.answers })));
    };
    let erase = Callback::new(move |()| {
        let Some(Found { contact, .. }) = found.get_untracked() else { return };
        let asked = async move { people::erase_respondent(&site.get_value(), &contact).await };
        attempt.make(asked, move |gone| {
            found.set(None);
            erased.set(Some(gone.answers));
        });
    });
    let told = move || match (found.get(), erased.get()) {
        (_, Some(count)) => {
            view! { <p>{tr!("Erased: {answers}. They are in no figure any more.", answers = answers(count))}</p> }
                .into_any()
        }
        (Some(found), None) if found.answers.is_empty() => {
            view! { <p>{tr!("Nobody who left this has answered here.")}</p> }.into_any()
        }
        (Some(found), None) => view! { <FoundAnswers found=found on_erase=erase/> }.into_any(),
        (None, None) => ().into_any(),
    };
    view! {
        <section class="section" aria-labelledby="respondent-title">
            <h2 id="respondent-title">{tr!("One person’s data")}</h2>
            <p class="secondary">
                {tr!("Whoever left an e-mail address or a telephone number can be told what is kept of them, and have it erased. Nobody else can be found: visitors have no numbers here.")}
            </p>
            <form class="new-item" on:submit=submit novalidate aria-label=tr!("Find somebody’s answers")>
                <Entry attempt=attempt field="contact" label=tr!("What they left") hint=tr!("Like ann@home.example. Letter case does not matter.") value=typed/>
                <Submit attempt=attempt label=tr!("Find their answers") busy=tr!("Looking …")/>
            </form>
            <div role="status">{told}</div>
        </section>
    }
}

fn answers(count: usize) -> String {
    tr!("{n} answer" | "{n} answers" % count as u64)
}

#[component]
fn FoundAnswers(found: Found, on_erase: Callback<()>) -> impl IntoView {
    let count = found.answers.len();
    let now = browser::now();
    let line = move |answer: AnswerReport| {
        view! {
            <li>
                {ago(answer.answered_at, now)} {tr!(", on ")} <bdi>{answer.page}</bdi>
            </li>
        }
    };
    view! {
        <p>{tr!("{answers} of {whom}:", answers = answers(count), whom = found.contact)}</p>
        <ul>{found.answers.into_iter().map(line).collect_view()}</ul>
        <div class="item-end">
            <AskFirst
                label=tr!("Erase them")
                of=found.contact
                warning=tr!("For good, from rows and figures.")
                yes=tr!("Erase for good")
                no=tr!("Keep them")
                on_yes=on_erase
            />
        </div>
    }
}
