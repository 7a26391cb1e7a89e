//! Screens: each asks the collector for what it shows, by one feed, and hands it to the parts.

mod comments;
mod groups;
mod install;
mod page;
mod pages;
mod scope;
mod settings;
mod sharing;
mod sign_in;
mod surveys;
mod voices;
mod why;

pub use groups::GroupsScreen;
pub use install::InstallScreen;
pub use page::PageScreen;
pub use pages::PagesScreen;
pub use settings::SettingsScreen;
pub use sign_in::SignInScreen;
pub use surveys::SurveysScreen;
pub use voices::CommentsScreen;
