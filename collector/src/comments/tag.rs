//! Tags: what somebody of the team calls an answer. Compared without regard to letter case, and shown as they were first written.

use unicode_normalization::UnicodeNormalization;

use crate::unseen::is_unseen;

/// In characters.
const LONGEST: usize = 40;

/// How many an answer may have.
const MOST: usize = 10;

/// Words in one line. Made only by [`Tag::parse`].
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Tag {
    text: String,
    folded: String,
}

/// Why a text is no tag.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum NotATag {
    #[error("nothing is written there; a tag has 1 to {LONGEST} characters")]
    Empty,
    #[error("it is {0} characters long; a tag has at most {LONGEST}")]
    TooLong(usize),
    #[error("it contains the character U+{0:04X}, which is not seen or ends a line; a tag is one line of text")]
    Unseen(u32),
}

impl Tag {
    pub fn parse(written: &str) -> Result<Self, NotATag> {
        let text: String = written.trim().nfc().collect();
        if let Some(unseen) = text.chars().find(|letter| is_unseen(*letter)) {
            return Err(NotATag::Unseen(unseen.into()));
        }
        match text.chars().count() {
            0 => Err(NotATag::Empty),
            1..=LONGEST => Ok(Self { folded: text.to_lowercase(), text }),
            length => Err(NotATag::TooLong(length)),
        }
    }

    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// What it is compared by.
    pub fn folded(&self) -> &str {
        &self.folded
    }
}

/// All tags of an answer, no two of them alike.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Tags(Vec<Tag>);

/// Why a list is not the tags of an answer.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum NotTags {
    #[error("{reason}")]
    At { place: usize, reason: NotATag },
    #[error("these are {0}; an answer has at most {MOST}")]
    TooMany(usize),
}

impl Tags {
    /// Of two that are alike, the first counts.
    pub fn parse(written: &[String]) -> Result<Self, NotTags> {
        let mut tags: Vec<Tag> = Vec::new();
        for (place, written) in written.iter().enumerate() {
            let tag = Tag::parse(written).map_err(|reason| NotTags::At { place, reason })?;
            if tags.iter().all(|known| known.folded != tag.folded) {
                tags.push(tag);
            }
        }
        if tags.len() > MOST { Err(NotTags::TooMany(tags.len())) } else { Ok(Self(tags)) }
    }

    /// With some more, and without some others; what is named as both is there.
    pub fn changed(&self, add: &Self, remove: &Self) -> Result<Self, NotTags> {
        let is_in = |list: &Self, tag: &Tag| list.iter().any(|known| known.folded == tag.folded);
        let stays = self.iter().filter(|tag| !is_in(remove, tag) && !is_in(add, tag));
        let tags: Vec<Tag> = stays.chain(add.iter()).cloned().collect();
        if tags.len() > MOST { Err(NotTags::TooMany(tags.len())) } else { Ok(Self(tags)) }
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub fn iter(&self) -> impl Iterator<Item = &Tag> {
        self.0.iter()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folded(written: &str) -> Result<String, NotATag> {
        Tag::parse(written).map(|tag| tag.folded)
    }

    #[test]
    fn a_tag_is_one_line_of_few_characters_whatever_its_script() {
        assert_eq!(Tag::parse("  Доставка  ").unwrap().as_str(), "Доставка");
        assert_eq!(Tag::parse(&"é".repeat(40)).unwrap().as_str().chars().count(), 40);
        assert_eq!(Tag::parse(&"é".repeat(41)), Err(NotATag::TooLong(41)));
        for empty in ["", "  ", "\n"] {
            assert_eq!(Tag::parse(empty), Err(NotATag::Empty), "{empty:?}");
        }
        for (unseen, code) in
            [("a\nb", 0xa), ("a\0", 0), ("a\u{202e}b", 0x202e), ("\u{feff}", 0xfeff), ("a\u{2028}b", 0x2028)]
        {
            assert_eq!(Tag::parse(unseen), Err(NotATag::Unseen(code)), "{unseen:?}");
        }
        assert!(Tag::parse("👩\u{200d}🔧 مهم\u{200c}تر; =1+1").is_ok());
    }

    #[test]
    fn letter_case_and_how_accents_are_written_do_not_tell_tags_apart() {
        assert_eq!((folded("BUG"), folded("ДОСТАВКА")), (Ok("bug".into()), Ok("доставка".into())));
        assert_eq!(folded("Cafe\u{301}"), folded("CAFÉ"));
        assert_ne!(folded("cafe"), folded("café"));
    }

    #[test]
    fn a_list_has_each_tag_once_and_ten_at_most() {
        let list = |written: &[&str]| {
            let written: Vec<String> = written.iter().map(|one| (*one).to_owned()).collect();
            Tags::parse(&written).map(|tags| tags.iter().map(|tag| tag.text.clone()).collect::<Vec<_>>())
        };
        assert_eq!(list(&["Bug", "praise", " bug "]), Ok(vec!["Bug".into(), "praise".into()]));
        assert_eq!(list(&["a", "b", ""]), Err(NotTags::At { place: 2, reason: NotATag::Empty }));
        let ten = ["a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "J"];
        assert_eq!(list(&ten).map(|tags| tags.len()), Ok(10));
        assert_eq!(list(&[&ten[..10], &["k"]].concat()), Err(NotTags::TooMany(11)));
    }

    #[test]
    fn what_a_change_does_not_name_stays() {
        let list = |written: &str| Tags::parse(&written.split(' ').map(str::to_owned).collect::<Vec<_>>()).unwrap();
        let texts = |tags: &Tags| tags.iter().map(|tag| tag.text.clone()).collect::<Vec<_>>().join(" ");
        let none = Tags::default();
        let changed = |add: &Tags, remove: &Tags| list("Bug praise").changed(add, remove).map(|tags| texts(&tags));
        assert_eq!(changed(&list("delivery"), &none), Ok("Bug praise delivery".into()));
        assert_eq!(changed(&none, &list("BUG nothing")), Ok("praise".into()));
        assert_eq!(changed(&list("bug"), &list("bug")), Ok("praise bug".into()));
        let nine = list("a b c d e f g h i");
        assert_eq!(changed(&nine, &none), Err(NotTags::TooMany(11)));
        assert_eq!(changed(&nine, &list("bug")).map(|tags| tags.split(' ').count()), Ok(10));
    }
}
