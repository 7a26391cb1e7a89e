//! Everything that a survey can ask, in English and Arabic, and everywhere that it can stand.

use serde_json::{Value, json};

/// Where an inline survey stands.
pub const PLACE: &str = "#place";

/// What all of these surveys end with.
pub const THANKS: &str = "Thank you";

/// One kind of question.
#[derive(Clone, Debug)]
pub struct Kind {
    pub name: &'static str,
    /// In English.
    pub prompt: &'static str,
    /// As a survey has it. Nobody has to answer.
    pub question: Value,
}

/// Every kind of question, each look of a scale being one.
pub fn kinds() -> Vec<Kind> {
    let score = |scale: &str, look: &str, low: Value, high: Value| json!({ "score": { "scale": scale, "look": look, "low": low, "high": high } });
    let bad = || said("Very dissatisfied", "غير راضٍ إطلاقًا");
    let good = || said("Very satisfied", "راضٍ جدًا");
    let choice = |id: &str, english: &str, arabic: &str| json!({ "id": id, "label": said(english, arabic) });
    let something_else = || said("Something else", "شيء آخر");
    let reasons = json!([
        choice("buy", "To buy something", "لشراء شيء"),
        choice(
            "answer",
            "To find an answer to a question that I have had for long",
            "للعثور على إجابة عن سؤال لدي منذ وقت طويل"
        ),
        choice("look", "Just to look around", "للتصفح فقط"),
    ]);
    let gaps = json!([
        choice("prices", "Prices", "الأسعار"),
        choice("pictures", "Pictures", "الصور"),
        choice("reviews", "Reviews", "المراجعات")
    ]);
    let fields = ["name", "email", "phone", "company", "message"];
    vec![
        kind(
            "csat",
            "How satisfied are you with this page?",
            "ما مدى رضاك عن هذه الصفحة؟",
            score("csat5", "numbers", bad(), good()),
        ),
        kind(
            "ces",
            "This page made it easy to find what I was looking for.",
            "سهّلت عليّ هذه الصفحة العثور على ما أبحث عنه.",
            score("ces7", "numbers", said("Strongly disagree", "لا أوافق بشدة"), said("Strongly agree", "أوافق بشدة")),
        ),
        kind(
            "nps",
            "How likely are you to recommend us to a friend?",
            "ما مدى احتمال أن توصي بنا لصديق؟",
            score(
                "nps",
                "numbers",
                said("Not at all likely", "غير محتمل إطلاقًا"),
                said("Extremely likely", "محتمل جدًا"),
            ),
        ),
        kind(
            "faces",
            "How do you feel about the way ordering went?",
            "كيف تشعر حيال الطلب؟",
            score("csat5", "faces", bad(), good()),
        ),
        kind(
            "stars",
            "How good is this article?",
            "ما مدى جودة هذا المقال؟",
            score("csat5", "stars", said("Poor", "ضعيف"), said("Excellent", "ممتاز")),
        ),
        kind(
            "thumbs",
            "Did this page help you?",
            "هل ساعدتك هذه الصفحة؟",
            score("csat_thumbs", "thumbs", said("No", "لا"), said("Yes", "نعم")),
        ),
        kind(
            "single-choice",
            "What did you come here for?",
            "لماذا أتيت إلى هنا؟",
            json!({ "single_choice": { "choices": reasons, "other": something_else() } }),
        ),
        kind(
            "multiple-choice",
            "What is missing on this page?",
            "ما الذي ينقص هذه الصفحة؟",
            json!({ "multiple_choice": { "choices": gaps, "other": something_else() } }),
        ),
        kind(
            "short-text",
            "What were you looking for?",
            "عمّ كنت تبحث؟",
            json!({ "short_text": { "placeholder": said("A word or two", "كلمة أو كلمتان") } }),
        ),
        kind(
            "comment",
            "What could we do better?",
            "ما الذي يمكننا تحسينه؟",
            json!({ "comment": { "placeholder": said("Optional", "اختياري") } }),
        ),
        kind(
            "email",
            "Where can we reach you?",
            "كيف يمكننا التواصل معك؟",
            json!({ "email": { "placeholder": "you@example.com" } }),
        ),
        kind("contact", "Shall we call you back?", "هل نعاود الاتصال بك؟", json!({ "contact": { "fields": fields } })),
        kind(
            "consent",
            "May we quote you?",
            "هل يمكننا الاقتباس منك؟",
            json!({ "consent": { "label": said("Yes, you may quote me without my name.", "نعم، يمكنكم الاقتباس مني دون ذكر اسمي.") } }),
        ),
        noted(kind(
            "statement",
            "We are building a new help page.",
            "نعمل على صفحة مساعدة جديدة.",
            json!({ "statement": { "link": { "label": said("Have a look", "ألقِ نظرة"), "url": "/new" } } }),
        )),
    ]
}

/// Every format, by a name that may stand in a survey's id.
pub fn formats() -> Vec<(&'static str, Value)> {
    vec![
        ("corner", json!({ "corner": "bottom_right" })),
        ("modal", json!("modal")),
        ("bar", json!({ "bar": "bottom" })),
        ("side", json!({ "side": "right" })),
        ("inline", json!({ "inline": PLACE })),
        ("corner-bottom-left", json!({ "corner": "bottom_left" })),
        ("corner-top-left", json!({ "corner": "top_left" })),
        ("corner-top-right", json!({ "corner": "top_right" })),
        ("bar-top", json!({ "bar": "top" })),
        ("side-left", json!({ "side": "left" })),
    ]
}

/// One of each: the other formats are these on another side.
pub fn main_formats() -> Vec<(&'static str, Value)> {
    formats().into_iter().take(5).collect()
}

/// A survey that the page shows, as often as it likes, and that asks these questions.
pub fn shown_by_page(id: &str, format: &Value, questions: &[Value]) -> Value {
    json!({
        "id": id,
        "name": id,
        "triggers": ["programmatic"],
        "frequency": "always",
        "format": format,
        "questions": questions,
        "endings": [{ "title": said(THANKS, "شكرًا لك"), "text": said("We read every answer.", "نحن نقرأ كل إجابة.") }],
    })
}

/// The same asking everything there is.
pub fn asking_everything(id: &str, format: &Value) -> Value {
    let questions: Vec<Value> = kinds().into_iter().map(|kind| kind.question).collect();
    shown_by_page(id, format, &questions)
}

/// A page on which all of them can show. Something on it has the focus.
pub const PAGE: &str = "<header><p>Fernhill</p></header><main><h1>Help</h1>
    <p>Some text with <a id=before href='#before'>a link</a> in it, and <a href='#other'>another</a>.</p>
    <div id=place style='max-width:640px'></div></main><footer><p>Goodbye</p></footer>
    <script>document.querySelector('#before').focus()</script>";

fn said(english: &str, arabic: &str) -> Value {
    json!({ "en": english, "ar": arabic })
}

fn kind(name: &'static str, prompt: &'static str, arabic: &str, kind: Value) -> Kind {
    let mut question = json!({ "id": name, "prompt": said(prompt, arabic), "kind": kind });
    if name != "statement" {
        question["required"] = json!(false);
    }
    Kind { name, prompt, question }
}

fn noted(mut kind: Kind) -> Kind {
    kind.question["note"] =
        said("It is going to be shorter, with an answer on every line.", "ستكون أقصر، مع إجابة في كل سطر.");
    kind
}
