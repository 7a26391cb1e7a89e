//! How often each choice of a question was picked: a table whose bars are drawn, each with its interval.

use leptos::prelude::*;
use survey::report::{ChoiceCount, ChoiceKind, ChoicesReport};

use super::axis::svg_percent;
use super::figure::SmallSample;
use crate::text::{DASH, count, rate};

#[component]
pub fn ChoiceBars(report: ChoicesReport) -> impl IntoView {
    let ChoicesReport { prompt, kind, n, low_confidence, choices, .. } = report;
    let title = prompt.clone();
    view! {
        <section class="scale" aria-label=title>
            <div class="section-header">
                <h2 dir="auto">{prompt}</h2>
                <p class="secondary">
                    {answered(kind, n)} {low_confidence.then(|| view! { <SmallSample/> })}
                </p>
            </div>
            <table class="distribution choices" class:faint=low_confidence>
                <caption class="unseen">{tr!("Answers by choice")}</caption>
                <thead class="unseen">
                    <tr>
                        <th scope="col">{tr!("Choice")}</th>
                        <th scope="col">{tr!("Bar")}</th>
                        <th scope="col">{tr!("Picked")}</th>
                        <th scope="col">{tr!("Share, and its 95 % interval")}</th>
                    </tr>
                </thead>
                <tbody>{choices.into_iter().map(|choice| row(choice, kind)).collect_view()}</tbody>
            </table>
        </section>
    }
}

fn row(choice: ChoiceCount, kind: ChoiceKind) -> impl IntoView {
    let share = (kind != ChoiceKind::Consent).then(|| share_in_words(&choice));
    view! {
        <tr>
            <th scope="row" dir="auto">
                {choice.label}
            </th>
            <td>
                <svg class="distribution-bar accent" height="14" aria-hidden="true">
                    <rect width=svg_percent(choice.share.percent) height="14" rx="2"/>
                </svg>
            </td>
            <td class="number">{count(choice.picked)}</td>
            <td class="number secondary">{share}</td>
        </tr>
    }
}

fn answered(kind: ChoiceKind, n: u64) -> String {
    match kind {
        ChoiceKind::One => format!("n\u{a0}{}", count(n)),
        ChoiceKind::Several => tr!("n\u{a0}{count}; each may pick several", count = count(n)),
        ChoiceKind::Consent => tr!("{n} visitor agreed" | "{n} visitors agreed" % n),
    }
}

/// "40 % (27–55)".
fn share_in_words(choice: &ChoiceCount) -> String {
    let interval = choice.share.interval;
    format!("{} ({:.0}{DASH}{:.0})", rate(choice.share.percent), interval.low, interval.high)
}

#[cfg(test)]
mod tests {
    use survey::score::{Tally, share};

    use super::*;

    #[test]
    fn a_share_stands_with_its_interval_and_with_n() {
        let share = share(Tally::new(20, 50).unwrap());
        let choice = ChoiceCount { id: "a".into(), label: "A".into(), picked: 20, share };
        assert_eq!(share_in_words(&choice), format!("40\u{202f}% (28{DASH}54)"));
        assert_eq!(answered(ChoiceKind::One, 9), "n\u{a0}9");
        assert_eq!(answered(ChoiceKind::Several, 50), "n\u{a0}50; each may pick several");
        assert_eq!(answered(ChoiceKind::Consent, 1), "1 visitor agreed");
    }
}
