//! The language that a text is written in, as far as can be told: by whatlang, which compares letters and their triples.

use whatlang::Lang;

/// With fewer letters than this, a script that several languages share tells too little.
const ENOUGH_LETTERS: usize = 12;

/// How sure whatlang must be, 0 to 1, where the visitor's browser speaks another language: by its own measure, "reliable" is 0.9, which
/// comments are too short for.
const SURE: f64 = 0.3;

/// The language's tag, `de`; none where it cannot be told. `spoken` is the tag of what the visitor's browser speaks: people write in it
/// more often than not.
pub fn detect(text: &str, spoken: &str) -> Option<&'static str> {
    let info = whatlang::detect(text)?;
    let letters = text.chars().filter(|character| character.is_alphabetic()).take(ENOUGH_LETTERS).count();
    let found = tag(info.lang())?;
    // One script, one language: Greek, Thai, Korean … are sure at once.
    let is_sure = info.script().langs().len() == 1;
    let is_likely = letters >= ENOUGH_LETTERS && (found == spoken || info.confidence() >= SURE);
    (is_sure || is_likely).then_some(found)
}

/// The two letters of ISO 639-1, which browsers use and stop words are listed under. `whatlang` has the three of ISO 639-3.
fn tag(language: Lang) -> Option<&'static str> {
    Some(match language {
        Lang::Afr => "af",
        Lang::Aka => "ak",
        Lang::Amh => "am",
        Lang::Ara => "ar",
        Lang::Aze => "az",
        Lang::Bel => "be",
        Lang::Ben => "bn",
        Lang::Bul => "bg",
        Lang::Cat => "ca",
        Lang::Ces => "cs",
        Lang::Cmn => "zh",
        Lang::Dan => "da",
        Lang::Deu => "de",
        Lang::Ell => "el",
        Lang::Eng => "en",
        Lang::Epo => "eo",
        Lang::Est => "et",
        Lang::Fin => "fi",
        Lang::Fra => "fr",
        Lang::Guj => "gu",
        Lang::Heb => "he",
        Lang::Hin => "hi",
        Lang::Hrv => "hr",
        Lang::Hun => "hu",
        Lang::Hye => "hy",
        Lang::Ind => "id",
        Lang::Ita => "it",
        Lang::Jav => "jv",
        Lang::Jpn => "ja",
        Lang::Kan => "kn",
        Lang::Kat => "ka",
        Lang::Khm => "km",
        Lang::Kor => "ko",
        Lang::Lat => "la",
        Lang::Lav => "lv",
        Lang::Lit => "lt",
        Lang::Mal => "ml",
        Lang::Mar => "mr",
        Lang::Mkd => "mk",
        Lang::Mya => "my",
        Lang::Nep => "ne",
        Lang::Nld => "nl",
        Lang::Nob => "nb",
        Lang::Ori => "or",
        Lang::Pan => "pa",
        Lang::Pes => "fa",
        Lang::Pol => "pl",
        Lang::Por => "pt",
        Lang::Ron => "ro",
        Lang::Rus => "ru",
        Lang::Sin => "si",
        Lang::Slk => "sk",
        Lang::Slv => "sl",
        Lang::Sna => "sn",
        Lang::Spa => "es",
        Lang::Srp => "sr",
        Lang::Swe => "sv",
        Lang::Tam => "ta",
        Lang::Tel => "te",
        Lang::Tgl => "tl",
        Lang::Tha => "th",
        Lang::Tuk => "tk",
        Lang::Tur => "tr",
        Lang::Ukr => "uk",
        Lang::Urd => "ur",
        Lang::Uzb => "uz",
        Lang::Vie => "vi",
        Lang::Yid => "yi",
        Lang::Zul => "zu",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sentence_tells_its_language() {
        for (text, language) in [
            ("The delivery was far too slow and nobody answered my questions.", "en"),
            ("Die Lieferung war viel zu langsam und niemand hat mir geantwortet.", "de"),
            ("Доставка была слишком медленной, и никто мне не ответил.", "ru"),
            ("كان التوصيل بطيئا جدا ولم يجبني أحد", "ar"),
            ("配送がとても遅くて、誰も答えてくれませんでした。", "ja"),
            ("배송이 너무 느렸어요", "ko"),
        ] {
            assert_eq!(detect(text, language), Some(language), "{text}");
        }
    }

    #[test]
    fn two_words_do_not() {
        for text in ["ok", "Super!", "12345", "", "👍", "\0"] {
            assert_eq!(detect(text, "en"), None, "{text:?}");
        }
    }
}
