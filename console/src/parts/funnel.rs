//! How far surveys got with visitors, from page views on which one might be shown to those that were completed.

use leptos::prelude::*;
use survey::report::Funnel;
use survey::score::LOW_CONFIDENCE_BELOW;

use super::axis::svg_percent;
use super::figure::small_sample;
use crate::text::{count, part};

/// One stage: its name, how many got there, and of how many before.
#[derive(Clone, PartialEq, Debug)]
pub struct Stage {
    pub name: &'static str,
    pub reached: u64,
    pub of: Option<u64>,
    pub of_whom: &'static str,
}

/// The stages in their order; whoever dismissed the survey leaves the row and comes last. The sample is one where it is not everybody.
pub fn stages(funnel: &Funnel) -> Vec<Stage> {
    let stage = |name, reached, of, of_whom| Stage { name, reached, of, of_whom };
    let mut stages = vec![
        stage(tr!("Eligible"), funnel.eligible, None, ""),
        stage(tr!("Sampled"), funnel.sampled, Some(funnel.eligible), tr!("of eligible")),
        stage(tr!("Shown"), funnel.shown, Some(funnel.sampled), tr!("of sampled")),
        stage(tr!("Started"), funnel.started, Some(funnel.shown), tr!("of shown")),
        stage(tr!("Answered"), funnel.answered, Some(funnel.shown), tr!("of shown")),
        stage(tr!("Completed"), funnel.completed, Some(funnel.answered), tr!("of answered")),
        stage(tr!("Dismissed"), funnel.dismissed, Some(funnel.shown), tr!("of shown")),
    ];
    if funnel.sampled == funnel.eligible {
        stages.remove(1);
        stages[1].of_whom = tr!("of eligible");
    }
    stages
}

#[component]
pub fn FunnelTable(#[prop(into)] funnel: Signal<Funnel>) -> impl IntoView {
    let rows = move || {
        let stages = stages(&funnel.get());
        let most = stages.iter().map(|stage| stage.reached).max().unwrap_or_default().max(1);
        stages.iter().map(|stage| row(stage, most)).collect_view()
    };
    view! {
        <table class="distribution funnel" role="table">
            <caption class="unseen">{tr!("From page view to answer")}</caption>
            <thead class="unseen" role="rowgroup">
                <tr role="row">
                    <th scope="col" role="columnheader">{tr!("Stage")}</th>
                    <th scope="col" role="columnheader">{tr!("Bar")}</th>
                    <th scope="col" role="columnheader">{tr!("Visitors")}</th>
                    <th scope="col" role="columnheader">{tr!("Share")}</th>
                </tr>
            </thead>
            <tbody role="rowgroup">{rows}</tbody>
        </table>
        <p class="secondary">
            {tr!("Eligible: page views on which a survey’s rules held, estimated from those in its sample.")}
        </p>
    }
}

fn row(stage: &Stage, most: u64) -> impl IntoView + use<> {
    let length = svg_percent(100.0 * stage.reached as f64 / most as f64);
    let share = stage.of.and_then(|of| part(stage.reached, of)).map(|share| format!("{share} {}", stage.of_whom));
    let is_small = stage.of.is_some_and(|of| of < LOW_CONFIDENCE_BELOW);
    view! {
        <tr role="row">
            <th scope="row" role="rowheader">
                {stage.name}
            </th>
            <td role="cell" class="bar">
                <svg class="distribution-bar accent" height="14" aria-hidden="true">
                    <rect width=length height="14" rx="2"/>
                </svg>
            </td>
            <td role="cell" class="number">
                {count(stage.reached)}
            </td>
            <td role="cell" class="secondary" class:few=is_small title=is_small.then_some(small_sample())>
                {share}
            </td>
        </tr>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_stages_stand_in_the_order_in_which_visitors_pass_them() {
        let funnel =
            Funnel { eligible: 900, sampled: 450, shown: 200, started: 30, answered: 12, completed: 9, dismissed: 80 };
        let stages = stages(&funnel);
        assert!(stages[..6].windows(2).all(|pair| pair[0].reached >= pair[1].reached));
        assert_eq!((stages[2].of_whom, stages[4].name, stages[4].of), ("of sampled", "Answered", Some(200)));
        assert_eq!((stages[6].name, stages[6].reached), ("Dismissed", 80));
    }

    #[test]
    fn a_sample_of_everybody_is_no_stage() {
        let names: Vec<_> = stages(&Funnel { eligible: 9, sampled: 9, shown: 2, ..Funnel::default() });
        assert_eq!((names.len(), names[1].name, names[1].of_whom), (6, "Shown", "of eligible"));
    }
}
