//! The cases, and the pages on which they are measured.

use serde_json::json;
use survey::definition::Scale;
use tests::{Pages, TestSite, asking, with};

use crate::rival::Rival;

const PRODUCT: &str = "
    <header><a href='#'>Fernhill</a></header>
    <main><h1>Boston fern</h1><p>Likes shade and a damp bathroom.</p><p>24.00</p>
    <form><label>How many <input type=number value=1></label> <button type=button>Add to the cart</button></form></main>";

/// One way in which the page is served.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Case {
    Empty,
    /// Ours, where no survey belongs.
    Nothing,
    /// Ours, where a survey waits for what never comes.
    Armed,
    /// Ours, where one shows at once.
    Shown,
    /// PostHog, where its survey does not belong.
    RivalNothing,
    /// PostHog, where one shows at once.
    RivalShown,
}

pub const CASES: [Case; 6] =
    [Case::Empty, Case::Nothing, Case::Armed, Case::Shown, Case::RivalNothing, Case::RivalShown];

impl Case {
    pub fn path(self) -> &'static str {
        match self {
            Self::Empty => "/empty",
            Self::Nothing => "/nothing",
            Self::Armed => "/armed",
            Self::Shown => "/shown",
            Self::RivalNothing => "/rival-nothing",
            Self::RivalShown => "/rival-shown",
        }
    }

    pub fn name(self) -> &'static str {
        match self {
            Self::Empty => "empty page",
            Self::Nothing => "nothing shown",
            Self::Armed => "survey armed",
            Self::Shown => "survey shown",
            Self::RivalNothing => "PostHog, nothing shown",
            Self::RivalShown => "PostHog, survey shown",
        }
    }

    pub fn shows(self) -> bool {
        matches!(self, Self::Shown | Self::RivalShown)
    }
}

/// Where the pages are, and those who serve their scripts.
pub struct Scene {
    pub pages: Pages,
    _site: TestSite,
    _rival: Rival,
}

impl Scene {
    pub async fn set() -> anyhow::Result<Self> {
        let pages = Pages::serve("").await?;
        let armed = json!([
            { "scroll_percent": 90 }, { "exit_intent": { "after_seconds": 5 } }, { "inactive_seconds": 600 },
            { "click": "#never" }, { "event": "never" }
        ]);
        let surveys =
            [asking_nps("armed", Case::Armed, armed), asking_nps("shown", Case::Shown, json!(["immediately"]))];
        let site = TestSite::asking(&pages.origin(), &surveys).await?;
        let rival = Rival::serve().await?;
        for case in CASES {
            let head = match case {
                Case::Empty => String::new(),
                Case::Nothing | Case::Armed | Case::Shown => site.snippet(),
                Case::RivalNothing | Case::RivalShown => rival.snippet(),
            };
            // Long enough to scroll: a page too short counts as read.
            let body = format!("{PRODUCT}<div style='height:3000px'></div>");
            pages.put(case.path(), &head, &body);
        }
        Ok(Self { pages, _site: site, _rival: rival })
    }
}

fn asking_nps(id: &str, case: Case, triggers: serde_json::Value) -> serde_json::Value {
    let score = json!({ "score": { "scale": Scale::nps(), "low": "Not likely", "high": "Very likely" } });
    let questions = json!([{ "id": "score", "prompt": "How likely are you to recommend us?", "kind": score }]);
    with("questions", questions, asking(id, case.path(), triggers))
}
