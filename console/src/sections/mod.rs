//! Sections: what several screens have, or a screen has beside its own report, and what asks the collector by itself. `parts` draw and
//! ask nobody.

mod comments;
mod groups_form;
mod install_check;
mod match_site;
mod respondent;
mod scope;
mod seen_pages;
mod settling;
mod sharing;
mod site;
mod tagging;
mod visit;
mod why;

pub use comments::{COMMENTS, Comments, OfAllVisitors};
pub use groups_form::{GroupsForm, declare_group};
pub use install_check::{InstallCheck, has_run};
pub use match_site::MatchSite;
pub use respondent::RespondentSection;
pub use scope::{Periods, Visitors};
pub use seen_pages::SeenPages;
pub use settling::{AnswerStanding, Settling};
pub use sharing::Sharing;
pub use site::{SiteRemoval, SiteSection};
pub use tagging::{AnswerTags, TagSuggestions, Tagging, is_same};
pub use why::WhyLinkForm;
