//! Two months of made-up visits: plausible, the same every time, and told in the words of the wire, so that they are accepted,
//! rolled up and stored by the same code as real ones.

use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use survey::definition::{Band, Survey};
use survey::targeting::{Signal, Trigger};
use survey::wire::{Device, Event, Exposure, ExposureStage, Presentation, Submission, Visit};
use uuid::{Builder, Uuid};

use super::comments::Comments;
use super::conversation::{Mood, Says, Told};
use super::stories::{STORIES, Story, Visitors};
use crate::clock::{DAY_MS, Day, UnixMs, day_of};
use crate::ingest::flags::Flags;

/// This month, and the one before to compare it with.
const DAYS: i32 = 60;

const SEED: u64 = 8_700;

/// Monday to Sunday: people look after plants at the weekend.
const WEEK: [f64; 7] = [0.95, 0.90, 0.90, 0.95, 1.00, 1.15, 1.30];

const MINUTE: i64 = 60_000;
const HOUR: i64 = 60 * MINUTE;

/// Something that happened in a made-up browser.
pub struct Happening {
    pub at: UnixMs,
    pub event: Event,
}

impl Happening {
    /// What is doubtful about who it happened to.
    pub fn doubts(&self) -> Flags {
        let (Event::Submission(Submission { presentation, .. }) | Event::Exposure(Exposure { presentation, .. })) =
            &self.event;
        doubts_of(presentation.response_id)
    }
}

/// Everything that happened up to `now`, oldest first. `host` is the shop's, as page keys have it.
pub fn happenings(surveys: &[&Survey], host: &str, now: UnixMs) -> Result<Vec<Happening>, serde_json::Error> {
    let mut rng = StdRng::seed_from_u64(SEED);
    let comments = Comments::read(&mut rng)?;
    let mut teller = Teller { rng, comments, host, happenings: Vec::new() };
    let today = day_of(now);
    for story in STORIES {
        let Some(survey) = surveys.iter().find(|survey| survey.id().as_str() == story.survey) else { continue };
        match story.visitors {
            Visitors::Daily(visitors) => {
                (today - DAYS + 1..=today).for_each(|day| teller.tell_day(story, survey, day, today, visitors));
            }
            Visitors::Few(points) => teller.tell_few(story, survey, today, points),
        }
    }
    let mut happenings = teller.happenings;
    happenings.retain(|happening| happening.at <= now);
    happenings.sort_by_key(|happening| happening.at);
    Ok(happenings)
}

pub struct Teller<'a> {
    pub rng: StdRng,
    pub comments: Comments,
    host: &'a str,
    happenings: Vec<Happening>,
}

/// One visitor on one page with one survey.
struct Meeting<'a> {
    story: &'a Story,
    survey: &'a Survey,
    at: UnixMs,
    presentation: Presentation,
}

impl Teller<'_> {
    fn tell_day(&mut self, story: &Story, survey: &Survey, day: Day, today: Day, visitors: f64) {
        // Day 0, 1970-01-01, was a Thursday.
        let weekday = WEEK[(day + 3).rem_euclid(7) as usize];
        let expected = visitors * weekday * self.rng.random_range(0.85..1.15);
        let progress = 1.0 - f64::from(today - day) / f64::from(DAYS);
        for _ in 0..expected.round() as usize {
            let meeting = self.meet(story, survey, day);
            self.tell_meeting(meeting, progress);
        }
    }

    fn tell_few(&mut self, story: &Story, survey: &Survey, today: Day, points: &[i64]) {
        for (nth, point) in (1..).zip(points) {
            let meeting = self.meet_shown(story, survey, today - 7 * nth);
            let mood = Mood { band: Band::Negative, point: Some(*point), says: Says::Nothing };
            self.answer(&meeting, mood);
            for _ in 0..3 {
                let meeting = self.meet_shown(story, survey, today - 7 * nth);
                self.expose(&meeting, 24_000, ExposureStage::Dismissed);
            }
        }
    }

    fn meet_shown<'s>(&mut self, story: &'s Story, survey: &'s Survey, day: Day) -> Meeting<'s> {
        let meeting = self.meet(story, survey, day);
        self.expose(&meeting, 0, ExposureStage::Eligible);
        self.expose(&meeting, 20_000, ExposureStage::Shown);
        meeting
    }

    fn tell_meeting(&mut self, meeting: Meeting, progress: f64) {
        self.expose(&meeting, 0, ExposureStage::Eligible);
        if !self.chance(meeting.story.shown) {
            return;
        }
        self.expose(&meeting, 20_000, ExposureStage::Shown);
        if self.chance(meeting.story.answering) {
            let band = self.band(meeting.story, progress);
            self.answer(&meeting, Mood { band, point: None, says: Says::Something });
        } else if self.chance(0.7) {
            self.expose(&meeting, 24_000, ExposureStage::Dismissed);
        }
    }

    fn meet<'s>(&mut self, story: &'s Story, survey: &'s Survey, day: Day) -> Meeting<'s> {
        // From eight in the morning to eleven at night, mostly in between.
        let hours = 8 * HOUR + (self.rng.random_range(0..15 * HOUR) + self.rng.random_range(0..15 * HOUR)) / 2;
        let at = i64::from(day) * DAY_MS + hours;
        let mut presentation = Presentation {
            response_id: Builder::from_unix_timestamp_millis(at.unsigned_abs(), &self.rng.random()).into_uuid(),
            survey: survey.id().clone(),
            version: survey.version(),
            at,
            page: format!("{}{}", self.host, story.path),
            visit: self.visit(story, survey),
        };
        presentation.visit.told = told_of(presentation.response_id);
        Meeting { story, survey, at, presentation }
    }

    fn visit(&mut self, story: &Story, survey: &Survey) -> Visit {
        let device = self.one_of(&[(52, Device::Desktop), (41, Device::Phone), (7, Device::Tablet)]);
        let signal = survey.triggers().first().map(|trigger| self.signal(trigger, device));
        let viewport = match device {
            Device::Desktop => self.one_of(&[(5, (1_920, 969)), (4, (1_440, 789)), (3, (1_366, 657))]),
            Device::Tablet => (820, 1_106),
            Device::Phone => self.one_of(&[(5, (390, 664)), (4, (412, 732)), (2, (360, 640))]),
        };
        Visit {
            title: story.title.to_owned(),
            referrer: String::new(),
            language: self.one_of(&[(64, "en-GB"), (12, "en-US"), (14, "de-DE"), (6, "ru"), (4, "ar")]).to_owned(),
            device,
            viewport,
            visible_ms: self.rng.random_range(4_000..140_000),
            scroll_percent: self.rng.random_range(30..=100),
            signal,
            told: String::new(),
        }
    }

    fn signal(&mut self, trigger: &Trigger, device: Device) -> Signal {
        match trigger {
            Trigger::VisibleSeconds(_) => Signal::VisibleSeconds,
            Trigger::ScrollPercent(_) => Signal::ScrollDepth,
            Trigger::ExitIntent { .. } if device == Device::Desktop => Signal::PointerLeftTop,
            Trigger::ExitIntent { .. } => self.one_of(&[
                (5, Signal::FastScrollUp),
                (3, Signal::ReturnFromHidden),
                (2, Signal::BackWithinSite),
                (2, Signal::TouchIdle),
            ]),
            Trigger::FeedbackTab => Signal::FeedbackTab,
            // The stories know of no others.
            _ => Signal::Programmatic,
        }
    }

    /// How well the page served somebody.
    fn band(&mut self, story: &Story, progress: f64) -> Band {
        let (happy, unhappy) = (story.happy.at(progress), story.unhappy.at(progress));
        match self.rng.random::<f64>() {
            draw if draw < happy => Band::Positive,
            draw if draw < happy + unhappy => Band::Negative,
            _ => Band::Neutral,
        }
    }

    fn expose(&mut self, meeting: &Meeting, after_ms: i64, stage: ExposureStage) {
        let at = meeting.at + after_ms;
        let mut presentation = Presentation { at, ..meeting.presentation.clone() };
        if stage == ExposureStage::Eligible {
            presentation.visit.signal = None;
        }
        self.happenings.push(Happening { at, event: Event::Exposure(Exposure { stage, presentation }) });
    }

    /// Some answers, one after the other, and the end or none.
    fn answer(&mut self, meeting: &Meeting, mood: Mood) {
        self.expose(meeting, 22_000, ExposureStage::Started);
        let Told { answers, language, is_talkative } = self.converse(meeting.story, meeting.survey, mood);
        let mut presentation = meeting.presentation.clone();
        if let Some(language) = language {
            presentation.visit.language = language;
        }
        let completed = is_talkative || self.chance(0.8);
        let at = meeting.at + 23_000 + self.rng.random_range(0..MINUTE);
        presentation.at = at;
        let submission = Submission { presentation, rev: answers.len() as u32, answers, completed };
        self.happenings.push(Happening { at, event: Event::Submission(submission) });
    }

    pub fn chance(&mut self, probability: f64) -> bool {
        self.rng.random_bool(probability)
    }

    pub fn one_of<T: Copy>(&mut self, weighted: &[(u32, T)]) -> T {
        one_of(&mut self.rng, weighted)
    }
}

/// Draws one of several, each as often as its weight says.
pub fn one_of<T: Copy>(rng: &mut StdRng, weighted: &[(u32, T)]) -> T {
    let mut draw = rng.random_range(0..weighted.iter().map(|(weight, _)| weight).sum());
    for (weight, choice) in weighted {
        if draw < *weight {
            return *choice;
        }
        draw -= weight;
    }
    weighted[0].1
}

/// Who has been there before, and who came from where: by the id, and not by chance, so that the stories stay what they are.
fn told_of(id: Uuid) -> String {
    let (visits, source) = (id.as_u128() % 10, id.as_u128() % 7);
    let source = ["newsletter", "newsletter", "search"].get(source as usize);
    let source = source.map_or(String::new(), |source| format!("utm:source={source}\n"));
    format!("returning={}\n{source}", visits < 4)
}

/// One visitor in a hundred was a program, or in too much of a hurry: by the id, too.
fn doubts_of(id: Uuid) -> Flags {
    match id.as_u128() % 200 {
        0 => Flags::BOT.with(Flags::NO_TICKET),
        1 => Flags::TOO_FAST,
        _ => Flags::NONE,
    }
}

#[cfg(test)]
mod tests {
    use survey::wire::AnswerValue;

    use super::super::seed::SURVEYS;
    use super::*;

    /// What was written, in the order in which it was sent; `day` is the last.
    fn written(day: Day) -> Vec<String> {
        let surveys: Vec<Survey> = SURVEYS.iter().map(|definition| serde_json::from_str(definition).unwrap()).collect();
        let now = i64::from(day) * DAY_MS + 20 * HOUR;
        let happenings = happenings(&surveys.iter().collect::<Vec<_>>(), "shop.example", now).unwrap();
        let answers = happenings.into_iter().filter_map(|happening| match happening.event {
            Event::Submission(submission) => Some(submission.answers),
            Event::Exposure(_) => None,
        });
        answers
            .flatten()
            .filter_map(|answer| match answer.value {
                AnswerValue::Text(text) => Some(text),
                _ => None,
            })
            .collect()
    }

    #[test]
    fn nobody_writes_what_somebody_has_just_written() {
        const LOOKED_AT_TOGETHER: usize = 12;
        for day in 20_000..20_007 {
            let written = written(day);
            assert!(written.len() > 200, "{}", written.len());
            for (place, text) in written.iter().enumerate() {
                let before = &written[place.saturating_sub(LOOKED_AT_TOGETHER)..place];
                assert!(!before.contains(text), "day {day}: {text:?} again, among {before:?}");
            }
        }
    }
}
