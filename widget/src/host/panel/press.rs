//! What can be pressed.

use super::element::Element;

/// What a press means. A button says it by its name, so that classes and parts are free to be the page's words for styling.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Press {
    /// A point: the button's value is the answer.
    Point,
    /// A choice, likewise.
    Choice,
    /// The choice that the visitor is going to word.
    Word,
    Skip,
    Send,
    /// To the question before.
    Back,
    Close,
}

impl Press {
    const ALL: [Self; 7] = [Self::Point, Self::Choice, Self::Word, Self::Skip, Self::Send, Self::Back, Self::Close];

    /// Its button, without what differs from one to the next.
    fn start(self) -> &'static str {
        match self {
            Self::Point => "button name=point class=point part=point",
            Self::Choice => "button name=choice class=choice part=choice",
            Self::Word => "button name=word class=choice part=choice value=other aria-pressed=false",
            Self::Skip => "button name=skip class=quiet part=skip",
            Self::Send => "button name=send class=send part=send",
            Self::Back => "button name=back class=back part=back",
            Self::Close => "button name=close class=close part=close",
        }
    }

    pub fn named(name: &str) -> Option<Self> {
        let start = format!("button name={name} ");
        Self::ALL.into_iter().find(|press| press.start().starts_with(&start))
    }

    /// A button for it; one listener for all costs less than one each.
    pub fn button(self) -> Element {
        Element::new(self.start())
    }
}
