//! Sections: what several screens have, or a screen has beside its own report, and what asks the collector by itself. `parts` draw and
//! ask nobody.

mod comments;
mod scope;
mod sharing;
mod why;

pub use comments::{COMMENTS, Comments};
pub use scope::{Periods, Visitors};
pub use sharing::Sharing;
pub use why::WhyLinkForm;
