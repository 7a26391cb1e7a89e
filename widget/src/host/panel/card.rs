//! The card: one question at a time, then an ending.

use survey::script::{Asks, Ending, Frame, Link, Logo, Script, Step};

use super::element::Element;
use super::press::Press;
use super::{field, scale};
use crate::conversation::{Conversation, Scene};

const ARROW: &str = "M10 3L5 8l5 5";
const CROSS: &str = "M4 4l8 8M12 4l-8 8";
const TICK: &str = "M12 20.5l5.5 5.5L28.5 15";

/// The step that a conversation is at.
pub fn card(conversation: &Conversation) -> Element {
    let script = conversation.script();
    let parts = match conversation.scene() {
        Scene::Asks(step) => question(conversation, step),
        Scene::Ends(ending) => vec![thanks(conversation, ending)],
    };
    // Last in order, so that a keyboard comes to the answers first.
    let close = Press::Close.button().with("aria-label", &script.words.close).showing("0 0 16 16", CROSS);
    let card = Element::new(match script.frame {
        Frame::Floating => "section class=card part=card role=dialog aria-labelledby=title",
        Frame::Inline(_) => "section class=card part=card role=region aria-labelledby=title",
        // The dialog around it has both.
        Frame::Modal => "section class=card part=card",
    });
    let back = conversation
        .can_go_back()
        .then(|| Press::Back.button().with("aria-label", &script.words.back).showing("0 0 16 16", ARROW));
    card.holding(back.into_iter().chain([Element::new("div class=body").holding(parts), close]).collect())
}

fn question(conversation: &Conversation, step: &Step) -> Vec<Element> {
    let script = conversation.script();
    let mut head: Vec<_> = script.logo.iter().map(logo).collect();
    head.push(heading(&conversation.fill(&step.prompt)));
    head.extend(note(&conversation.fill(&step.note)));
    vec![Element::new("div class=head").holding(head), Element::new("div class=answer").holding(answer(script, step))]
}

/// What the card is about at the moment. It can take the focus, so that a screen reader goes on from there.
fn heading(text: &str) -> Element {
    Element::new("h2 id=title part=question tabindex=-1").saying(text)
}

/// Nothing, if it says nothing.
fn note(text: &str) -> Option<Element> {
    (!text.is_empty()).then(|| Element::new("p class=note part=note").saying(text))
}

/// Takes itself off where it cannot be loaded: the panel hears of it.
fn logo(logo: &Logo) -> Element {
    let picture = Element::new("img class=logo part=logo referrerpolicy=no-referrer");
    picture.with("src", &logo.url).with("alt", &logo.label)
}

fn answer(script: &Script, step: &Step) -> Vec<Element> {
    let choices = || Element::new("div part=choices role=group aria-labelledby=title");
    let mut parts = match &step.asks {
        Asks::Scale { class, points, low, high } => {
            let scale = Element::new("div part=scale role=group aria-labelledby=title").with("class", class);
            let ends = [low, high].map(|end| Element::new("span").saying(end));
            let ends = Element::new("div class=ends part=ends").holding(ends.into());
            vec![scale.holding(scale::points(points)), ends]
        }
        Asks::One(offered) => vec![choices().with("class", "choices one").holding(field::buttons(offered))],
        Asks::Many(offered) => vec![choices().with("class", "choices").holding(field::boxes(offered))],
        Asks::Text(field) => vec![field::field(field)],
        Asks::Fields(fields) => fields.iter().map(field::labelled).collect(),
        Asks::Nothing { link } => link.iter().map(self::link).collect(),
    };
    let row = row(script, step);
    if !row.is_empty() {
        parts.push(Element::new("div class=row").holding(row));
    }
    parts
}

/// What goes on from a step that a press does not answer by itself.
fn row(script: &Script, step: &Step) -> Vec<Element> {
    let words = &script.words;
    let (can_skip, send) = match &step.asks {
        Asks::Scale { .. } => (true, None),
        // There once the visitor words an answer: the style sheet sees to that.
        Asks::One(choices) => (true, choices.other.as_ref().map(|_| &words.send)),
        Asks::Nothing { .. } => (false, Some(&words.next)),
        _ => (true, Some(&words.send)),
    };
    let skip = (can_skip && !step.is_required).then(|| Press::Skip.button().saying(&words.skip));
    let send = send.map(|word| Press::Send.button().saying(word));
    // What was typed is sent by the next key, and not skipped; the style sheet puts them where they are looked for.
    send.into_iter().chain(skip).collect()
}

fn thanks(conversation: &Conversation, ending: &Ending) -> Element {
    let mut words = vec![heading(&conversation.fill(&ending.title))];
    words.extend(note(&conversation.fill(&ending.text)));
    words.extend(ending.link.iter().map(link));
    let thanks = Element::new("div class=thanks part=ending").showing("0 0 40 40", TICK);
    thanks.holding(vec![Element::new("div class=words").holding(words)])
}

fn link(link: &Link) -> Element {
    Element::new("a class=link part=link target=_blank rel=noopener").with("href", &link.url).saying(&link.label)
}
