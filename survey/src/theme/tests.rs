//! Themes through their own door, and the law that everything can be read.

use proptest::prelude::*;

use super::*;

fn theme(json: &str) -> Theme {
    serde_json::from_str(json).unwrap_or_else(|error| panic!("{json}: {error}"))
}

fn refused(json: &str) -> String {
    match serde_json::from_str::<Theme>(json) {
        Ok(theme) => theme.check().unwrap_err().to_string(),
        Err(error) => error.to_string(),
    }
}

fn token(theme: &Theme, wanted: &str) -> String {
    theme.tokens().into_iter().find(|(name, _)| *name == wanted).map(|(_, value)| value).unwrap()
}

#[test]
fn a_theme_survives_being_written_down() {
    let written = r##"{"mode":"dark","light":{"accent":"#0a7d33"},"dark":{"paper":"#101010","ink":"#f0f0f0"},"font":"Inter","radius":4,"spacing":"compact","logo":{"url":"/l.svg","label":"Fernhill"},"css":".card{color:red}"}"##;
    assert_eq!(serde_json::to_string(&theme(written)).unwrap(), written);
    assert_eq!(theme(written).check(), Ok(()));
    assert_eq!(serde_json::to_string(&Theme::default()).unwrap(), "{}");
}

#[test]
fn what_cannot_be_used_is_refused_with_the_member_and_the_way_out() {
    assert_eq!(
        refused(r##"{"light":{"ink":"#777777"}}"##),
        "light.ink: #777777 has a contrast of 4.47:1 on the paper, #ffffff, and text needs 4.5:1; the nearest that would do is #767676"
    );
    assert!(
        refused(r##"{"dark":{"paper":"#203040","accent":"#3355dd"}}"##)
            .starts_with("dark.accent: #3355dd has a contrast of")
    );
    assert!(refused(r##"{"light":{"accent":"#ffcc00"}}"##).contains("the nearest that would do is #"));
    assert_eq!(refused(r#"{"radius":40}"#), "radius: 40 pixels; at most 24");
    assert!(refused(r#"{"logo":{"url":"/l.svg","label":" "}}"#).starts_with("logo.label: a name has 1 to 100"));
    assert!(refused(r#"{"light":{"ink":"red"}}"#).contains("write it like \"#3355dd\""));
    assert!(refused(r#"{"font":"Inter;color:red"}"#).contains("is not a list of fonts"));
    assert!(refused(r#"{"logo":{"url":"javascript:1","label":"x"}}"#).contains("is not a picture's address"));
    assert!(refused(&format!(r#"{{"css":"{}"}}"#, "x".repeat(MAX_CSS + 1))).starts_with("css: 8193 bytes"));
    assert!(refused(r#"{"colour":1}"#).contains("unknown field `colour`"));
}

#[test]
fn the_nearest_colour_that_a_refusal_names_is_accepted() {
    for (member, color) in [("ink", "#999999"), ("accent", "#ffcc00"), ("accent", "#28a745"), ("ink", "#ff0000")] {
        let told = refused(&format!(r#"{{"light":{{"{member}":"{color}"}}}}"#));
        let nearest = told.rsplit(' ').next().unwrap();
        assert_eq!(theme(&format!(r#"{{"light":{{"{member}":"{nearest}"}}}}"#)).check(), Ok(()), "{told}");
    }
}

#[test]
fn ink_that_nobody_named_follows_the_paper() {
    let night = theme(r##"{"light":{"paper":"#101418"}}"##);
    assert_eq!(night.check(), Ok(()));
    let ink: Color = token(&night, "--pp-ink")[11..18].parse().unwrap();
    assert!(ink.stands_out(&["#101418".parse().unwrap()], TEXT));
}

#[test]
fn an_accent_of_one_scheme_serves_the_other() {
    let green = theme(r##"{"light":{"accent":"#0a7d33"}}"##);
    let accent = token(&green, "--pp-accent");
    assert!(accent.starts_with("light-dark(#0a7d33,#"), "{accent}");
    assert!(!accent.contains("#8fa4ff"), "{accent}");
}

#[test]
fn a_survey_differs_from_its_site_only_in_what_it_says() {
    let site = theme(r##"{"mode":"light","light":{"accent":"#0a7d33","ink":"#222222"},"radius":4}"##);
    let both = site.overridden_by(&theme(r##"{"light":{"accent":"#aa0000"},"spacing":"roomy"}"##));
    assert_eq!(
        both,
        theme(r##"{"mode":"light","light":{"accent":"#aa0000","ink":"#222222"},"radius":4,"spacing":"roomy"}"##)
    );
    assert_eq!(site.overridden_by(&Theme::default()), site);
}

#[cfg(feature = "authoring")]
#[test]
fn the_mode_is_the_hosts_color_scheme_and_leaves_one_palette() {
    assert!(!Theme::default().to_style().contains("color-scheme"));
    assert!(
        theme(r#"{"mode":"dark"}"#).to_style().starts_with(":host{color-scheme:dark!important;--pp-paper:#16181d;")
    );
    assert!(!theme(r#"{"mode":"light"}"#).to_style().contains("light-dark"));
}

#[cfg(feature = "authoring")]
#[test]
fn the_sites_own_style_sheet_comes_last_and_cleaned() {
    let own = theme(r#"{"css":".card { color: red; position: fixed } </style><script>"}"#);
    assert!(own.to_style().ends_with("}.card{color:red}"), "{}", own.to_style());
    assert_eq!(own.dropped().len(), 2, "{:?}", own.dropped());
}

fn any_color() -> impl Strategy<Value = Color> {
    // Greys and near greys are the hard ones, so there are more of them.
    prop_oneof![
        any::<[u8; 3]>().prop_map(|[r, g, b]| Color::hex(u32::from_be_bytes([0, r, g, b]))),
        any::<u8>().prop_map(|grey| Color::hex(u32::from_be_bytes([0, grey, grey, grey]))),
    ]
}

fn any_colours() -> impl Strategy<Value = Colours> {
    let maybe = || prop::option::of(any_color());
    (maybe(), maybe(), maybe()).prop_map(|(accent, paper, ink)| Colours { accent, paper, ink })
}

fn assert_readable(theme: &Theme) -> Result<(), TestCaseError> {
    for palette in theme.palettes() {
        for (pair, color, ground, least) in palette.pairs() {
            prop_assert!(color.stands_out(&[ground], least), "{}: {} on {}", pair, color, ground);
        }
    }
    Ok(())
}

proptest! {
    #[test]
    fn whatever_colours_a_theme_names_every_pair_can_be_read(light in any_colours(), dark in any_colours()) {
        let theme = Theme { light: light.clone(), dark: dark.clone(), ..Theme::default() };
        assert_readable(&theme)?;
        if theme.check().is_ok() {
            let [day, night] = theme.palettes();
            for (given, palette) in [(light, day), (dark, night)] {
                prop_assert_eq!(given.ink.unwrap_or(palette.ink), palette.ink);
                prop_assert_eq!(given.accent.unwrap_or(palette.accent), palette.accent);
                prop_assert_eq!(given.paper.unwrap_or(palette.paper), palette.paper);
            }
        }
    }

    #[test]
    fn whatever_a_page_looks_like_the_proposed_theme_can_be_read_and_saved(
        colors in prop::collection::vec((any_color(), 0_u8..=100), 12),
        font in "[ -~]{0,40}",
        radius in "[ -~]{0,12}",
    ) {
        let sample = |place: usize| {
            let css = |(color, percent): &(Color, u8)| {
                let [r, g, b] = color.channels().map(|channel| channel * 255.0);
                format!("rgba({r}, {g}, {b}, 0.{percent:02})")
            };
            Sample {
                color: css(&colors[place * 2]),
                background_color: css(&colors[place * 2 + 1]),
                font_family: font.clone(),
                border_radius: radius.clone(),
            }
        };
        let samples = Samples {
            color_scheme: String::new(),
            body: sample(0), heading: sample(1), paragraph: sample(2), link: sample(3), button: sample(4), input: sample(5),
        };
        let theme = propose(&samples);
        prop_assert_eq!(theme.check(), Ok(()));
        assert_readable(&theme)?;
        let written = serde_json::to_string(&theme).unwrap();
        prop_assert_eq!(serde_json::from_str::<Theme>(&written).unwrap(), theme);
    }
}
