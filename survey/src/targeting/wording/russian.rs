//! Rules in Russian, with the names that the console's catalogue has for fields and triggers.

use super::{Glob, Phrase, SoFar, Words, glob};
use crate::targeting::{
    Field, FieldKind, Frequency, Meeting, Moment, Operand, Operator, Signal, SkipReason, Test, Trigger, Verdict,
    Waiting,
};

pub struct Russian;

impl Words for Russian {
    fn phrase(&self, phrase: Phrase) -> &'static str {
        match phrase {
            Phrase::Everywhere => "везде, всем",
            Phrase::Nowhere => "нигде",
            Phrase::And => "и",
            Phrase::Or => "или",
            Phrase::Not => "неверно, что",
            Phrase::OnEveryPage => "на каждой странице, всем",
            Phrase::AllOfThese => "все эти условия",
            Phrase::AnyOfThese => "хотя бы одно из этих условий",
            Phrase::NotThis => "неверно, что",
            Phrase::NothingThere => "ничего нет",
            Phrase::NeverShown => "ещё не показывался",
            Phrase::NoneShownYet => "ещё не показан ни один",
            Phrase::OneToAPageView => "один опрос за просмотр страницы",
            Phrase::OneShownHere => "один здесь уже показан",
            Phrase::NoneShownHere => "здесь ещё не показан ни один",
            Phrase::AskedFor => "показать попросили",
            Phrase::CanBeAsked => "посетителя можно спросить",
            Phrase::PageHidden => "страницы не видно",
            Phrase::DialogOpen => "на странице открыто окно",
            Phrase::Typing => "посетитель печатает",
            Phrase::NotYetKnown => "пока неизвестно",
            Phrase::Unknown => "неизвестно",
            Phrase::NewerThanThis => "неизвестно: опрос опубликован более новой версией программы",
        }
    }

    fn test(&self, test: &Test) -> String {
        if let Some(said) = flag(test) {
            return said;
        }
        let (kind, field) = (test.field().kind, named(test.field()));
        match test.operator() {
            Operator::Is(operand) => format!("{field} — {}", shown(kind, &operand.text)),
            Operator::IsNot(operand) => format!("{field} — не {}", shown(kind, &operand.text)),
            Operator::Contains(part) => format!("{field} содержит {part}"),
            Operator::StartsWith(part) => format!("{field} начинается с {part}"),
            Operator::EndsWith(part) => format!("{field} заканчивается на {part}"),
            Operator::Glob(pattern) => match glob(pattern) {
                Glob::OrBelow(top) => format!("{field} — {top} или ниже"),
                Glob::Plain(path) => format!("{field} — {path}"),
                Glob::Like(pattern) => format!("{field} вида {pattern}"),
            },
            Operator::Regex(pattern) => format!("{field} подходит под /{}/", pattern.as_str()),
            Operator::OneOf(operands) => format!("{field} — {}", listed(kind, operands)),
            Operator::Exists(true) => format!("{field}: есть"),
            Operator::Exists(false) => format!("{field}: нет"),
            Operator::Below(limit) => format!("{field} меньше {}", decimal(*limit)),
            Operator::Above(limit) => format!("{field} больше {}", decimal(*limit)),
        }
    }

    fn trigger(&self, trigger: &Trigger) -> String {
        match trigger {
            Trigger::Immediately => "сразу".to_owned(),
            Trigger::VisibleSeconds(seconds) => format!("через {} на странице", SECONDS.after(*seconds)),
            Trigger::ScrollPercent(percent) => format!("когда страница прокручена на {percent}\u{a0}%"),
            Trigger::ExitIntent { after_seconds: 0 } => "когда посетитель собирается уйти".to_owned(),
            Trigger::ExitIntent { after_seconds } => {
                let seconds = SECONDS.after(*after_seconds);
                format!("когда посетитель собирается уйти, но не раньше чем через {seconds} на странице")
            }
            Trigger::Click(selector) => format!("по щелчку на {selector}"),
            Trigger::ElementVisible(selector) => format!("когда на экране появляется {selector}"),
            Trigger::InactiveSeconds(seconds) => format!("через {} без действий", SECONDS.after(*seconds)),
            Trigger::Event(name) => format!("когда страница сообщает о событии {name}"),
            Trigger::Programmatic => "когда попросит страница".to_owned(),
            Trigger::FeedbackTab => "по нажатию на вкладку отзыва".to_owned(),
        }
    }

    fn frequency(&self, frequency: Frequency) -> String {
        match frequency {
            Frequency::Once => "один раз".to_owned(),
            Frequency::UntilAnswered => "пока не ответят".to_owned(),
            Frequency::EveryDays(days) => format!("раз в {}", DAYS.after(days.into())),
            Frequency::AtMost(times) => format!("не больше {}", TIMES.of(times.into())),
            Frequency::Always => "каждый раз по просьбе".to_owned(),
        }
    }

    fn shown(&self, frequency: Frequency) -> String {
        format!("показывается {}", self.frequency(frequency))
    }

    fn verdict(&self, verdict: Verdict) -> String {
        match verdict {
            Verdict::Show(signal) => format!("показывается сейчас: {}", self.signal(signal)),
            Verdict::Wait(Waiting::Trigger) => "ждёт подходящего момента".to_owned(),
            Verdict::Wait(Waiting::Hidden) => "ждёт, пока станет видно страницу".to_owned(),
            Verdict::Wait(Waiting::Busy(busy)) => format!("ждёт: {}", self.busy(busy)),
            Verdict::Skip(reason) => format!("здесь не показывается: {}", skip_reason(reason)),
        }
    }

    fn signal(&self, signal: Signal) -> String {
        match signal {
            Signal::Immediately => "сразу",
            Signal::VisibleSeconds => "время на странице",
            Signal::ScrollDepth => "прокрутка",
            Signal::PointerLeftTop => "указатель ушёл вверх",
            Signal::FastScrollUp => "быстрая прокрутка вверх",
            Signal::ReturnFromHidden => "возвращение на вкладку",
            Signal::BackWithinSite => "шаг назад по сайту",
            Signal::TouchIdle => "долго не касались экрана",
            Signal::Click => "щелчок",
            Signal::ElementVisible => "элемент на экране",
            Signal::Inactivity => "бездействие",
            Signal::Event => "событие",
            Signal::Programmatic => "просьба страницы",
            Signal::FeedbackTab => "вкладка отзыва",
        }
        .to_owned()
    }

    fn starts(&self, start: Moment) -> String {
        format!("начинается {start}")
    }

    fn ends(&self, end: Moment) -> String {
        format!("заканчивается {end}")
    }

    fn it_is(&self, now: Moment) -> String {
        format!("сейчас {now}")
    }

    fn until(&self, end: Moment) -> String {
        format!("до {end}")
    }

    fn sample(&self, percent: f64) -> String {
        format!("для {}\u{a0}% посетителей", decimal(percent))
    }

    fn place(&self, place: f64) -> String {
        format!("место этого посетителя — {} из 100", format!("{place:.2}").replace('.', ","))
    }

    fn met(&self, meeting: &Meeting) -> String {
        let answered = if meeting.answered { ", ответ есть" } else { "" };
        format!("показан {}, последний — {}{answered}", TIMES.after(meeting.shown), Moment(meeting.last_shown))
    }

    fn days_between(&self, days: u16) -> String {
        format!("между любыми двумя опросами не меньше {}", DAYS.of(days.into()))
    }

    fn value(&self, test: &Test, text: &str) -> String {
        format!("«{}»", shown(test.field().kind, text))
    }

    fn so_far(&self, so_far: SoFar) -> String {
        let seconds = |ms: u64| format!("{}\u{a0}с", ms / 1_000);
        match so_far {
            SoFar::VisibleMs(ms) => format!("пока {}", seconds(ms)),
            SoFar::ScrollPercent(percent) => format!("пока {percent}\u{a0}%"),
            SoFar::InactiveMs(ms) => format!("без действий {}", seconds(ms)),
            SoFar::Leaving(exit) => format!("{} через {}", self.signal(exit.signal), seconds(exit.visible_ms)),
            SoFar::StayingMs(ms) => format!("не уходит; на странице {}", seconds(ms)),
        }
    }
}

/// What is true of somebody or not is a sentence by itself.
fn flag(test: &Test) -> Option<String> {
    let holds = match test.operator() {
        Operator::Is(operand) => operand.text.parse::<bool>().ok()?,
        Operator::IsNot(operand) => !operand.text.parse::<bool>().ok()?,
        _ => return None,
    };
    let Field { kind, name } = test.field();
    let (yes, no) = match kind {
        FieldKind::Returning => ("посетитель бывал здесь раньше", "посетитель здесь впервые"),
        FieldKind::Answered => ("посетитель отвечал на опрос", "посетитель не отвечал на опрос"),
        FieldKind::Selector => ("на странице есть элемент", "на странице нет элемента"),
        _ => return None,
    };
    Some(format!("{} {name}", if holds { yes } else { no }).trim_end().to_owned())
}

/// With what stands behind the colon of the field.
fn named(field: &Field) -> String {
    let name = match field.kind {
        FieldKind::Host => "хост",
        FieldKind::Path => "путь",
        FieldKind::Query => "параметр запроса",
        FieldKind::Hash => "фрагмент",
        FieldKind::Title => "заголовок страницы",
        FieldKind::Referrer => "источник перехода",
        FieldKind::Utm => "метка кампании",
        FieldKind::Device => "устройство",
        FieldKind::Browser => "браузер",
        FieldKind::Os => "система",
        FieldKind::ViewportWidth => "ширина окна",
        FieldKind::ViewportHeight => "высота окна",
        FieldKind::Language => "язык",
        FieldKind::TimeZone => "часовой пояс",
        FieldKind::Country => "страна",
        FieldKind::Returning => "прежние визиты",
        FieldKind::SessionPages => "число страниц за визит",
        FieldKind::Visits => "число визитов",
        FieldKind::SiteSeconds => "число секунд на сайте",
        FieldKind::Answered => "ответ на опрос",
        FieldKind::Score => "последняя оценка",
        FieldKind::Trait => "свойство",
        FieldKind::Event => "число событий",
        FieldKind::Js => "значение JavaScript",
        FieldKind::DataLayer => "значение слоя данных",
        FieldKind::Cookie => "файл cookie",
        FieldKind::Meta => "элемент meta",
        FieldKind::Selector => "элемент на странице",
    };
    format!("{name} {}", field.name).trim_end().to_owned()
}

/// Kinds of devices have names; all else is as it is.
fn shown(kind: FieldKind, value: &str) -> &str {
    match (kind, value) {
        (FieldKind::Device, "desktop") => "компьютер",
        (FieldKind::Device, "tablet") => "планшет",
        (FieldKind::Device, "phone") => "телефон",
        (FieldKind::Returning | FieldKind::Answered | FieldKind::Selector, "true") => "да",
        (FieldKind::Returning | FieldKind::Answered | FieldKind::Selector, "false") => "нет",
        _ => value,
    }
}

fn listed(kind: FieldKind, operands: &[Operand]) -> String {
    operands.iter().map(|operand| shown(kind, &operand.text)).collect::<Vec<_>>().join(" или ")
}

fn skip_reason(reason: SkipReason) -> &'static str {
    match reason {
        SkipReason::NotStarted => "ещё не начался",
        SkipReason::Ended => "уже закончился",
        SkipReason::SampledOut => "этот посетитель не входит в выборку",
        SkipReason::Frequency => "этому посетителю уже показан столько раз, сколько можно",
        SkipReason::QuietPeriod => "этого посетителя недавно спрашивали",
        SkipReason::AskedHere => "за этот просмотр страницы уже показан другой опрос",
        SkipReason::Condition => "условия не выполняются",
    }
}

fn decimal(number: f64) -> String {
    number.to_string().replace('.', ",")
}

/// A noun as numbers change it.
struct Counted {
    /// 1, 21
    one: &'static str,
    /// 2, 3, 4, 22
    few: &'static str,
    many: &'static str,
    /// In the genitive, after 1 and 21: "не больше 1 раза".
    of_one: &'static str,
    /// In the genitive, after all others.
    of_many: &'static str,
}

/// In the accusative: "через 1 секунду".
const SECONDS: Counted =
    Counted {
        one: "секунду", few: "секунды", many: "секунд", of_one: "секунды", of_many: "секунд"
    };
const DAYS: Counted =
    Counted { one: "день", few: "дня", many: "дней", of_one: "дня", of_many: "дней" };
const TIMES: Counted =
    Counted { one: "раз", few: "раза", many: "раз", of_one: "раза", of_many: "раз" };

impl Counted {
    /// After a preposition with the accusative, or none.
    fn after(&self, n: u32) -> String {
        let noun = match (n % 10, n % 100) {
            (_, 11..=14) => self.many,
            (1, _) => self.one,
            (2..=4, _) => self.few,
            _ => self.many,
        };
        format!("{n} {noun}")
    }

    /// After a word with the genitive.
    fn of(&self, n: u32) -> String {
        let is_one = n % 10 == 1 && n % 100 != 11;
        format!("{n} {}", if is_one { self.of_one } else { self.of_many })
    }
}
