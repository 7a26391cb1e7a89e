//! Sections: what several screens have, or a screen has beside its own report, and what asks the collector by itself. `parts` draw and
//! ask nobody.

mod comments;
mod install_check;
mod respondent;
mod scope;
mod sharing;
mod site;
mod why;

pub use comments::{COMMENTS, Comments};
pub use install_check::InstallCheck;
pub use respondent::RespondentSection;
pub use scope::{Periods, Visitors};
pub use sharing::Sharing;
pub use site::{SiteRemoval, SiteSection};
pub use why::WhyLinkForm;
