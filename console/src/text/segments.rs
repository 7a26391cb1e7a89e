//! Dimensions and their values in words.

/// `trait:plan` as people say it.
pub fn dimension_name(dimension: &str) -> String {
    match dimension {
        "device" => tr!("Device").to_owned(),
        "language" => tr!("Language").to_owned(),
        "country" => tr!("Country").to_owned(),
        "signal" => tr!("Shown by").to_owned(),
        "returning" => tr!("Visits").to_owned(),
        "band" => tr!("Score").to_owned(),
        "browser" => tr!("Browser").to_owned(),
        "os" => tr!("System").to_owned(),
        other => match other.split_once(':') {
            Some(("utm", name)) => tr!("Campaign {name}", name),
            Some(("trait", name)) => name.to_owned(),
            _ => other.to_owned(),
        },
    }
}

/// What showed a survey, by the name under which it is reported.
fn signal_name(signal: &str) -> String {
    let known = match signal {
        "immediately" => tr!("Immediately"),
        "visible_seconds" => tr!("Visible seconds"),
        "scroll_depth" => tr!("Scroll depth"),
        "pointer_left_top" => tr!("Pointer left top"),
        "fast_scroll_up" => tr!("Fast scroll up"),
        "return_from_hidden" => tr!("Return from hidden"),
        "back_within_site" => tr!("Back within site"),
        "touch_idle" => tr!("Touch idle"),
        "click" => tr!("Click"),
        "element_visible" => tr!("Element visible"),
        "inactivity" => tr!("Inactivity"),
        "event" => tr!("Event"),
        "programmatic" => tr!("Programmatic"),
        "feedback_tab" => tr!("Feedback tab"),
        other => return in_words(other),
    };
    known.to_owned()
}

/// `a_new_signal`, as "A new signal".
fn in_words(name: &str) -> String {
    let words = name.replace('_', " ");
    let mut letters = words.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

/// A value, as it stands in a list of its dimension.
pub fn value_name(dimension: &str, value: &str) -> String {
    match (dimension, value) {
        ("returning", "true") => tr!("Returning visitors").to_owned(),
        ("returning", "false") => tr!("First visit").to_owned(),
        ("band", "negative") => tr!("Low").to_owned(),
        ("band", "neutral") => tr!("Middling").to_owned(),
        ("band", "positive") => tr!("High").to_owned(),
        ("device", "phone") => tr!("Phones").to_owned(),
        ("device", "tablet") => tr!("Tablets").to_owned(),
        ("device", "desktop") => tr!("Desktops").to_owned(),
        ("signal", signal) => signal_name(signal),
        (_, "(other)") => tr!("Others").to_owned(),
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
