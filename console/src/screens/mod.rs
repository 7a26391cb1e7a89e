//! Screens: each asks the collector for what it shows, by one feed, and hands it to the parts.

mod comments;
mod groups;
mod install;
mod page;
mod pages;
mod patterns;
mod settings;
mod sign_in;
mod surveys;

pub use comments::CommentsScreen;
pub use groups::GroupsScreen;
pub use install::InstallScreen;
pub use page::PageScreen;
pub use pages::PagesScreen;
pub use patterns::{CrossTableScreen, DriversScreen, HeatMapScreen};
pub use settings::SettingsScreen;
pub use sign_in::SignInScreen;
pub use surveys::SurveysScreen;
