//! Screens: each asks the collector for what it shows, by one feed, and hands it to the parts.

mod comments;
mod install;
mod page;
mod pages;
mod settings;
mod sign_in;
mod surveys;
mod why;

pub use install::InstallScreen;
pub use page::PageScreen;
pub use pages::PagesScreen;
pub use settings::SettingsScreen;
pub use sign_in::SignInScreen;
pub use surveys::SurveysScreen;
