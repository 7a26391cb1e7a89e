//! Parts: what the screens are made of. Each is a function of signals and fetches nothing.

mod axis;
mod choice_bars;
mod comment_list;
mod contact_list;
mod copy_text;
mod cross_table;
mod distribution;
mod driver_list;
mod field;
mod figure;
mod first_steps;
mod funnel;
mod heat_map;
mod meter;
mod notice;
mod pages_table;
mod picker;
#[cfg(test)]
pub mod sample;
mod score_bar;
mod search;
mod segments;
mod survey_item;
mod trend_line;
mod word_list;

pub use choice_bars::ChoiceBars;
pub use comment_list::{CommentList, merged};
pub use contact_list::ContactList;
pub use copy_text::CopyText;
pub use cross_table::CrossTable;
pub use distribution::Distribution;
pub use driver_list::{DriverList, read_in_words};
pub use field::{Hinted, Lines, TextLine};
pub use figure::{FigureBeside, ResponseRate, SiteFigure};
pub use first_steps::{FirstSteps, FirstStepsList};
pub use funnel::FunnelTable;
pub use heat_map::{HeatMap, RowNames};
pub use notice::{Empty, FeedBody, FeedNotice, Notice, Waiting};
pub use pages_table::{GROUPS, PAGES, PagesTable};
pub use picker::Picker;
pub use search::Search;
pub use segments::{Choice, Segments};
pub use survey_item::SurveyItem;
pub use trend_line::TrendChart;
pub use word_list::WordList;
