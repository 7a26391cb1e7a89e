//! Dimensions and their values in words.

/// `trait:plan` as people say it.
pub fn dimension_name(dimension: &str) -> String {
    match dimension {
        "device" => "Device".to_owned(),
        "language" => "Language".to_owned(),
        "country" => "Country".to_owned(),
        "signal" => "Shown by".to_owned(),
        "returning" => "Visits".to_owned(),
        "band" => "Score".to_owned(),
        "browser" => "Browser".to_owned(),
        "os" => "System".to_owned(),
        other => match other.split_once(':') {
            Some(("utm", name)) => format!("Campaign {name}"),
            Some(("trait", name)) => name.to_owned(),
            _ => other.to_owned(),
        },
    }
}

/// A value, as it stands in a list of its dimension.
pub fn value_name(dimension: &str, value: &str) -> String {
    match (dimension, value) {
        ("returning", "true") => "Returning visitors".to_owned(),
        ("returning", "false") => "First visit".to_owned(),
        ("band", "negative") => "Low".to_owned(),
        ("band", "neutral") => "Middling".to_owned(),
        ("band", "positive") => "High".to_owned(),
        ("device", "phone") => "Phones".to_owned(),
        ("device", "tablet") => "Tablets".to_owned(),
        ("device", "desktop") => "Desktops".to_owned(),
        ("signal", signal) => {
            let words = signal.replace('_', " ");
            let mut letters = words.chars();
            letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
        }
        (_, "(other)") => "Others".to_owned(),
        (_, value) => value.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_visitors_are_told_apart_by_is_said_in_words() {
        assert_eq!([dimension_name("trait:plan"), dimension_name("utm:source")], ["plan", "Campaign source"]);
        assert_eq!(value_name("returning", "false"), "First visit");
        assert_eq!(value_name("signal", "exit_intent"), "Exit intent");
        assert_eq!([value_name("trait:plan", "pro"), value_name("language", "(other)")], ["pro", "Others"]);
    }
}
