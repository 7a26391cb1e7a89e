//! The part of the story that is about writing surveys: drafts, who may change them, their publication, and surveys that are put away.

use survey::api::SurveyState;
use survey::definition::SurveyId;

use super::{NOON, Place, Shop, help_survey, operator, shop};
use crate::store::{Actor, Begun, By, Decision, DraftError, Known, Publication, Store, StoreError, Switched};

fn help() -> SurveyId {
    "help".parse().unwrap()
}

fn anna() -> By {
    By { actor: Actor::Account("anna@shop.example".into()), at: NOON + 1 }
}

fn ben() -> By {
    By { actor: Actor::Account("ben@shop.example".into()), at: NOON + 2 }
}

fn typed(document: &str) -> Begun {
    Begun { survey: help(), document: document.to_owned(), based_on: Some(1) }
}

pub(super) async fn a_draft_is_changed_by_whoever_knows_it_and_by_nobody_else(place: Place) {
    let shop_ = Shop::open(place).await;
    let store = &shop_.store;
    let nothing = store.save_draft(&shop(), typed("{}"), Known::Revision(1), &anna()).await;
    assert!(matches!(nothing, Err(DraftError::NoDraft(_))), "{nothing:?}");
    let first = store.save_draft(&shop(), typed(r#"{"name":"Hälp \u0000 ☃"}"#), Known::Nothing, &anna()).await.unwrap();
    assert_eq!((first.revision, first.based_on, first.changed_by.as_str()), (1, Some(1), "anna@shop.example"));
    let twice = store.save_draft(&shop(), typed("{}"), Known::Nothing, &ben()).await;
    assert!(matches!(&twice, Err(DraftError::Changed(by)) if by.is_there && by.revision == 1), "{twice:?}");

    let second = store.save_draft(&shop(), typed(r#"{"a":1}"#), Known::Revision(1), &ben()).await.unwrap();
    assert_eq!((second.revision, second.changed_at), (2, NOON + 2));
    let stale = store.save_draft(&shop(), typed(r#"{"a":2}"#), Known::Revision(1), &anna()).await;
    let Err(DraftError::Changed(standing)) = stale else { panic!("{stale:?}") };
    assert_eq!(
        (standing.revision, standing.changed_by.as_str(), standing.changed_at),
        (2, "ben@shop.example", NOON + 2)
    );
    let kept = store.survey(&shop(), &help()).await.unwrap().unwrap().draft.unwrap();
    assert_eq!(kept.document, r#"{"a":1}"#, "a refusal changes nothing");
    assert!(store.drafts(&"other".parse().unwrap()).await.unwrap().is_empty(), "another site has another help");

    let stale = store.discard_draft(&shop(), &help(), Known::Revision(1), &anna()).await;
    assert!(matches!(stale, Err(DraftError::Changed(_))), "{stale:?}");
    store.discard_draft(&shop(), &help(), Known::Revision(2), &anna()).await.unwrap();
    assert!(store.drafts(&shop()).await.unwrap().is_empty());
    let late = store.save_draft(&shop(), typed("{}"), Known::Revision(2), &ben()).await;
    assert!(matches!(&late, Err(DraftError::Changed(by)) if !by.is_there && by.revision == 3), "{late:?}");
    let again = store.save_draft(&shop(), typed("{}"), Known::Nothing, &ben()).await.unwrap();
    assert_eq!(again.revision, 4, "nobody who knows an earlier draft takes this one for it");
    let log = store.log(&shop(), None, 3).await.unwrap();
    let told: Vec<_> = log.iter().map(|line| (line.deed.as_str(), line.actor.as_str())).collect();
    assert_eq!(
        told,
        [
            ("draft_begun", "ben@shop.example"),
            ("draft_discarded", "anna@shop.example"),
            ("draft_begun", "anna@shop.example")
        ]
    );
}

pub(super) async fn publishing_a_draft_ends_it_and_says_what_was_published_meanwhile(place: Place) {
    let shop_ = Shop::open(place).await;
    let store = &shop_.store;
    store.save_draft(&shop(), typed("{}"), Known::Nothing, &anna()).await.unwrap();
    let before = store.publication_count().await.unwrap();
    let stale = store.publish_draft(&shop(), help_survey("New?"), (Known::Revision(7), None), &anna()).await;
    assert!(matches!(stale, Err(DraftError::Changed(_))), "{stale:?}");
    // By the command line, which knows nothing of drafts.
    store.publish(&shop(), help_survey("Else?"), &operator()).await.unwrap();
    let since = store.publish_draft(&shop(), help_survey("New?"), (Known::Revision(1), None), &anna()).await;
    let Err(DraftError::PublishedSince { based_on, newest }) = since else { panic!("{since:?}") };
    assert_eq!((based_on, newest.version, newest.published_by.as_deref()), (Some(1), 2, Some("command line")));
    assert_eq!(store.publication_count().await.unwrap(), before + 1, "a refusal publishes nothing");

    let over = (Known::Revision(1), Some(2));
    let published = store.publish_draft(&shop(), help_survey("New?"), over, &anna()).await.unwrap();
    assert_eq!(published, Publication::Version(3));
    let survey = store.survey(&shop(), &help()).await.unwrap().unwrap();
    let newest = survey.newest.unwrap();
    assert_eq!(
        (newest.version, newest.published_by.as_deref(), newest.published_at),
        (3, Some("anna@shop.example"), Some(NOON + 1))
    );
    assert_eq!(survey.draft, None);
    let versions = store.versions(&shop(), &help()).await.unwrap();
    assert_eq!(versions.iter().map(|version| version.version).collect::<Vec<_>>(), [1, 2, 3]);
    let twice = store.publish_draft(&shop(), help_survey("Newer?"), (Known::Revision(1), None), &ben()).await;
    assert!(matches!(&twice, Err(DraftError::Changed(by)) if !by.is_there), "{twice:?}");

    let new = Begun { survey: "care".parse().unwrap(), document: "{}".into(), based_on: None };
    assert_eq!(store.begin_survey(&shop(), new, &anna()).await.unwrap().revision, 1);
    for taken in ["care", "help"] {
        let begun = Begun { survey: taken.parse().unwrap(), document: "{}".into(), based_on: None };
        let taken = store.begin_survey(&shop(), begun, &ben()).await;
        assert!(matches!(taken, Err(DraftError::Taken(_))), "{taken:?}");
    }
    let nowhere = store.begin_survey(&"nowhere".parse().unwrap(), typed("{}"), &anna()).await;
    assert!(matches!(nowhere, Err(DraftError::NoSuchSite(_))), "{nowhere:?}");
}

pub(super) async fn of_two_editors_at_once_one_is_told(place: Place) {
    let shop_ = Shop::open(place).await;
    let store = &shop_.store;
    store.save_draft(&shop(), typed("{}"), Known::Nothing, &anna()).await.unwrap();
    let (site, anna, ben) = (shop(), anna(), ben());
    for revision in 1..10 {
        let both = tokio::join!(
            store.save_draft(&site, typed(r#"{"by":"anna"}"#), Known::Revision(revision), &anna),
            store.save_draft(&site, typed(r#"{"by":"ben"}"#), Known::Revision(revision), &ben),
        );
        let saved = [both.0.is_ok(), both.1.is_ok()];
        assert_eq!(saved.iter().filter(|saved| **saved).count(), 1, "revision {revision}: {both:?}");
    }
}

pub(super) async fn a_survey_that_is_put_away_is_not_shown_and_comes_back_paused(place: Place) {
    let shop_ = Shop::open(place).await;
    let store = &shop_.store;
    let state = async || {
        let snapshot = shop_.snapshot().await;
        let site = snapshot.site(&shop()).unwrap();
        assert!(site.survey(&help(), 1).is_ok(), "late answers are still taken");
        site.state_of(&site.current[0], &store.answered().await.unwrap(), NOON)
    };
    assert_eq!(store.decide_survey(&shop(), &help(), Decision::Archive, &anna()).await.unwrap(), Switched::Now);
    assert_eq!(store.decide_survey(&shop(), &help(), Decision::Archive, &anna()).await.unwrap(), Switched::Already);
    assert_eq!(state().await, SurveyState::Archived);
    let refused = store.publish(&shop(), help_survey("New?"), &operator()).await;
    assert!(matches!(refused, Err(StoreError::Archived { .. })), "{refused:?}");
    let refused = store.decide_survey(&shop(), &help(), Decision::Resume, &anna()).await;
    assert!(matches!(refused, Err(StoreError::Archived { .. })), "{refused:?}");
    assert_eq!(store.decide_survey(&shop(), &help(), Decision::Unarchive, &anna()).await.unwrap(), Switched::Now);
    assert_eq!(state().await, SurveyState::Paused);
    assert_eq!(store.decide_survey(&shop(), &help(), Decision::Resume, &anna()).await.unwrap(), Switched::Now);
    assert_eq!(state().await, SurveyState::Running);
    let log = store.log(&shop(), None, 3).await.unwrap();
    let deeds: Vec<_> = log.iter().map(|line| line.deed.as_str()).collect();
    assert_eq!(deeds, ["survey_resumed", "survey_unarchived", "survey_archived"]);
    let nothing = store.decide_survey(&shop(), &"nothing".parse().unwrap(), Decision::Pause, &anna()).await;
    assert!(matches!(nothing, Err(StoreError::NoSuchSurvey { .. })), "{nothing:?}");
}

pub(super) async fn a_copy_has_the_drafts_and_a_site_that_is_removed_takes_them_along(place: Place) {
    let shop_ = Shop::open(place).await;
    let store = &shop_.store;
    store.save_draft(&shop(), typed(r#"{"a":"☃"}"#), Known::Nothing, &anna()).await.unwrap();
    store.decide_survey(&shop(), &help(), Decision::Archive, &anna()).await.unwrap();
    let copy = Place::in_a_file();
    let target = Store::open_target(&copy.address).await.unwrap();
    store.copy_to(&target, &copy.address).await.unwrap();
    target.close().await;
    let copied = copy.open().await;
    assert_eq!(copied.drafts(&shop()).await.unwrap(), store.drafts(&shop()).await.unwrap());
    assert!(copied.survey(&shop(), &help()).await.unwrap().unwrap().is_archived);
    copied.close().await;
    store.remove_site(&shop()).await.unwrap();
    assert!(store.drafts(&shop()).await.unwrap().is_empty() && store.survey(&shop(), &help()).await.unwrap().is_none());
    assert!(store.site(&shop()).await.unwrap().is_none());
}
