//! Screens: each asks the collector for what it shows, by one feed, and hands it to the parts.

mod account;
mod comments;
mod groups;
mod install;
mod look;
mod page;
mod pages;
mod patterns;
mod settings;
mod surveys;
mod team;

pub use account::AccountScreen;
pub use comments::CommentsScreen;
pub use groups::GroupsScreen;
pub use install::InstallScreen;
pub use look::LookScreen;
pub use page::PageScreen;
pub use pages::PagesScreen;
pub use patterns::{CrossTableScreen, DriversScreen, HeatMapScreen};
pub use settings::SettingsScreen;
pub use surveys::SurveysScreen;
pub use team::TeamScreen;
