//! What reports may be asked for, and within which bounds.

use serde::Deserialize;
use survey::definition::SiteKey;
use survey::report::Days;
use utoipa::IntoParams;

use crate::clock::{UnixMs, day_of};
use crate::problem::ApiError;
use crate::store::{AnswerQuery, WhichAnswers};

const MAX_DAYS: u16 = 400;
const MAX_ANSWERS: u32 = 200;

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct DaysParameter {
    /// How many days, 1 to 400, up to and including today (UTC).
    #[serde(default = "a_month")]
    days: u16,
}

impl DaysParameter {
    pub fn days(&self, now: UnixMs) -> Result<Days, ApiError> {
        days_up_to(now, self.days)
    }
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct PageParameters {
    /// The page's key: `shop.example/help`.
    pub page: String,
    /// How many days, 1 to 400, up to and including today (UTC).
    #[serde(default = "a_month")]
    days: u16,
}

impl PageParameters {
    pub fn days(&self, now: UnixMs) -> Result<Days, ApiError> {
        days_up_to(now, self.days)
    }
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct AnswersParameters {
    /// Only of the page with this key.
    page: Option<String>,
    /// Only those with a comment, a short text or words of "other". Contact details are left out.
    #[serde(default)]
    comments: bool,
    /// Only those whose visitors left something to be written back to.
    #[serde(default)]
    contact: bool,
    /// Only those that are in no figure, because there is a doubt about them or somebody has said so. All other lists leave them
    /// out. Contact details are left out.
    #[serde(default)]
    apart: bool,
    /// At most so many: 1 to 200.
    #[serde(default = "a_screenful")]
    limit: u32,
    /// Only those with a smaller number: the `next` of the answer before.
    before: Option<i64>,
}

impl AnswersParameters {
    pub fn query(self, site: SiteKey) -> Result<AnswerQuery, ApiError> {
        if !(1..=MAX_ANSWERS).contains(&self.limit) {
            let reason = format!("limit: {} is not from 1 to {MAX_ANSWERS}", self.limit);
            return Err(ApiError::BadParameter { field: "limit".into(), reason });
        }
        let which = match (self.comments, self.contact, self.apart) {
            (false, false, false) => WhichAnswers::All,
            (true, false, false) => WhichAnswers::WithComments,
            (false, true, false) => WhichAnswers::WithContact,
            (false, false, true) => WhichAnswers::SetApart,
            _ => {
                let reason = "comments, contact and apart are lists of their own; ask for one of them".to_owned();
                let field = if self.contact { "contact" } else { "apart" };
                return Err(ApiError::BadParameter { field: field.into(), reason });
            }
        };
        Ok(AnswerQuery { site, page: self.page, which, before: self.before, limit: self.limit })
    }
}

fn days_up_to(now: UnixMs, days: u16) -> Result<Days, ApiError> {
    if !(1..=MAX_DAYS).contains(&days) {
        let reason = format!("days: {days} is not from 1 to {MAX_DAYS}");
        return Err(ApiError::BadParameter { field: "days".into(), reason });
    }
    Ok(Days::up_to(day_of(now), days))
}

fn a_month() -> u16 {
    30
}

fn a_screenful() -> u32 {
    50
}
