//! The log in words: deeds, who did them, and what was before and after.

use survey::api::people::Deed;

use crate::reasons::{LOG, told_in_words};

/// What the collector calls somebody who works on its own machine, and what stands before a program's name.
const COMMAND_LINE: &str = "command line";
const TOKEN: &str = "token ";

/// Who did something. People and programs are called as they call themselves.
pub fn actor_in_words(who: &str) -> String {
    match who.strip_prefix(TOKEN) {
        Some(name) => tr!("token {name}", name),
        None if who == COMMAND_LINE => tr!("command line").to_owned(),
        None => who.to_owned(),
    }
}

/// What was done.
pub fn deed_in_words(name: &str) -> String {
    // Of a newer collector, its name has to do.
    Deed::named(name).map_or_else(|| name.replace('_', " "), |deed| deed_name(deed).to_owned())
}

fn deed_name(deed: Deed) -> &'static str {
    match deed {
        Deed::SiteAdded => tr!("a deed" => "site added"),
        Deed::SiteChanged => tr!("a deed" => "site changed"),
        Deed::SettingsChanged => tr!("a deed" => "settings changed"),
        Deed::KeyRotated => tr!("a deed" => "new key of the site"),
        Deed::SurveyPublished => tr!("a deed" => "survey published"),
        Deed::SurveyPaused => tr!("a deed" => "survey paused"),
        Deed::SurveyResumed => tr!("a deed" => "survey resumed"),
        Deed::SurveyArchived => tr!("a deed" => "survey archived"),
        Deed::SurveyUnarchived => tr!("a deed" => "survey brought back from the archive"),
        Deed::DraftBegun => tr!("a deed" => "draft begun"),
        Deed::DraftDiscarded => tr!("a deed" => "draft thrown away"),
        Deed::Joined => tr!("a deed" => "member joined"),
        Deed::RoleChanged => tr!("a deed" => "role changed"),
        Deed::MemberRemoved => tr!("a deed" => "member removed"),
        Deed::PasswordChanged => tr!("a deed" => "password changed"),
        Deed::Invited => tr!("a deed" => "invitation made"),
        Deed::InvitationWithdrawn => tr!("a deed" => "invitation withdrawn"),
        Deed::TokenMade => tr!("a deed" => "token made"),
        Deed::TokenRevoked => tr!("a deed" => "token revoked"),
        Deed::ShareMade => tr!("a deed" => "share link made"),
        Deed::ShareWithdrawn => tr!("a deed" => "share link withdrawn"),
        Deed::AnswersSettled => tr!("a deed" => "answers settled"),
        Deed::AnswersErased => tr!("a deed" => "answers erased"),
        Deed::AnswerTagged => tr!("a deed" => "tags of an answer changed"),
    }
}

/// What something was done to. Names stay as they are; of many answers, some are named by their numbers.
pub fn subject_in_words(deed: &str, subject: &str) -> String {
    match Deed::named(deed) {
        Some(Deed::AnswersSettled | Deed::AnswersErased) => told_in_words(LOG, subject),
        _ => subject.to_owned(),
    }
}

/// What was before and after.
pub fn details_in_words(deed: &str, details: &str) -> String {
    match Deed::named(deed) {
        Some(Deed::SettingsChanged | Deed::SiteChanged) => settings_in_words(details),
        _ => told_in_words(LOG, details),
    }
}

/// "quiet_days: 0 → 30, storage: \"local\" → \"memory\"", with names and words instead.
fn settings_in_words(details: &str) -> String {
    let mut changes: Vec<String> = Vec::new();
    for piece in details.split(", ") {
        let named = piece.split_once(": ").and_then(|(name, values)| Some((setting_name(name)?, values)));
        match (named, changes.last_mut()) {
            (Some((name, values)), _) => changes.push(format!("{name}: {values}")),
            // A value with a comma in it.
            (None, Some(last)) => *last = format!("{last}, {piece}"),
            (None, None) => changes.push(piece.to_owned()),
        }
    }
    changes.iter().map(|change| with_values_in_words(change)).collect::<Vec<_>>().join(", ")
}

fn with_values_in_words(change: &str) -> String {
    let values = change.split_once(": ").and_then(|(name, values)| Some((name, values.split_once(" → ")?)));
    match values {
        Some((name, (before, after))) => format!("{name}: {} → {}", value_in_words(before), value_in_words(after)),
        None => change.to_owned(),
    }
}

fn value_in_words(value: &str) -> &str {
    match value {
        "none" => tr!("of a setting" => "none"),
        "(long)" => tr!("of a setting" => "(long)"),
        "true" => tr!("of a setting" => "yes"),
        "false" => tr!("of a setting" => "no"),
        written => written,
    }
}

fn setting_name(name: &str) -> Option<&'static str> {
    Some(match name {
        "name" => tr!("a setting" => "name"),
        "origins" => tr!("a setting" => "origins"),
        "keep_query" => tr!("a setting" => "query parameters that tell pages apart"),
        "quiet_days" => tr!("a setting" => "days between any two surveys"),
        "storage" => tr!("a setting" => "where browsers remember"),
        "honour_gpc" => tr!("a setting" => "heeds Global Privacy Control"),
        "honour_dnt" => tr!("a setting" => "heeds Do Not Track"),
        "page_view_sample_percent" => tr!("a setting" => "page views that tell of themselves, in %"),
        "scrub_comments" => tr!("a setting" => "addresses and numbers taken out of comments"),
        "retention_days" => tr!("a setting" => "days for which answers are kept"),
        "page_groups" => tr!("a setting" => "page groups"),
        "stages" => tr!("a setting" => "stages of the journey"),
        "dimensions" => tr!("a setting" => "dimensions"),
        "time_zone" => tr!("a setting" => "time zone"),
        "theme" => tr!("a setting" => "look"),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use survey::definition::SiteSettings;

    use super::*;
    use crate::translation::speak_in_test;

    #[test]
    fn deeds_read_as_words_and_those_of_a_newer_collector_by_their_name() {
        assert_eq!(deed_in_words("survey_stopped"), "survey paused");
        assert_eq!(deed_in_words("moon_landed"), "moon landed");
        assert_eq!(actor_in_words("token nightly"), "token nightly");
    }

    #[test]
    fn every_setting_has_a_name() {
        let settings = serde_json::to_value(SiteSettings::default()).unwrap();
        for name in settings.as_object().unwrap().keys().map(String::as_str).chain(["name", "origins"]) {
            assert!(setting_name(name).is_some(), "{name}");
        }
    }

    #[test]
    fn settings_are_named_and_what_somebody_typed_stays() {
        let said = details_in_words("settings_changed", "quiet_days: 0 → 30, honour_dnt: false → true");
        assert_eq!(said, "days between any two surveys: 0 → 30, heeds Do Not Track: no → yes");
        let said = details_in_words(
            "site_changed",
            r#"origins: ["https://a.b"] → ["https://a.b","https://c.d"], name: "A, b: c" → "none""#,
        );
        assert_eq!(said, r#"origins: ["https://a.b"] → ["https://a.b","https://c.d"], name: "A, b: c" → "none""#);
        assert_eq!(details_in_words("settings_changed", ""), "");
    }

    #[test]
    fn details_are_told_in_the_readers_language() {
        speak_in_test(
            "of the collector in the log\u{4}as {role}\nроль: {role}\n\n\
             of the collector in the log\u{4}version {version}: {name}\nверсия {version}: {name}\n\n\
             of the collector in the log\u{4}viewer\nнаблюдатель\n",
        );
        assert_eq!(details_in_words("joined", "as viewer"), "роль: наблюдатель");
        assert_eq!(details_in_words("survey_published", "version 2: viewer"), "версия 2: viewer");
        assert_eq!(subject_in_words("survey_published", "viewer"), "viewer");
    }
}
