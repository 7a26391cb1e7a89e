//! What the API says of people: who may do what on a site, how somebody joins, what signs a program in, and who did what.
//!
//! Moments are texts as RFC 3339 has them.

use serde::{Deserialize, Serialize};

/// What somebody may do on a site. Each may do what those before it may.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Reads reports.
    Viewer,
    /// Settles what is asked, and how: surveys, settings, why links, answers that were kept apart.
    Editor,
    /// Says who may do what: members, tokens, keys; and may delete.
    Owner,
}

impl Role {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Viewer => "viewer",
            Self::Editor => "editor",
            Self::Owner => "owner",
        }
    }
}

impl std::fmt::Display for Role {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str(self.as_str())
    }
}

/// A text that names no role.
#[derive(Debug, thiserror::Error, PartialEq)]
#[error("{0:?} is not a role; give owner, editor or viewer")]
pub struct NotARole(String);

impl std::str::FromStr for Role {
    type Err = NotARole;

    fn from_str(text: &str) -> Result<Self, NotARole> {
        let named = [Self::Viewer, Self::Editor, Self::Owner].into_iter().find(|role| role.as_str() == text);
        named.ok_or_else(|| NotARole(text.chars().take(40).collect()))
    }
}

/// Somebody who may see a site.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Member {
    /// Names the account in addresses.
    pub number: i64,
    pub email: String,
    pub role: Role,
}

/// What the one who asks may do on a site.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct OwnRole {
    pub role: Role,
}

/// The role that a member shall have from now on.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct RoleChange {
    pub role: Role,
}

/// Whose answers are meant. It stands in a body: addresses are written down on their way.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Respondent {
    /// What they left: an e-mail address, a phone number. Letter case does not matter.
    pub contact: String,
}

/// Who shall join a site.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct InvitationRequest {
    pub email: String,
    pub role: Role,
}

/// An invitation, with the link that is shown this once.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct InvitationMade {
    /// Whoever opens it can join, once: to be sent to nobody else.
    pub link: String,
    pub invitation: Invitation,
}

/// An invitation that nobody has accepted yet.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Invitation {
    pub id: String,
    pub email: String,
    pub role: Role,
    /// Who made it.
    pub invited_by: String,
    pub expires_at: String,
}

/// The token out of an invitation's link.
#[derive(Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct InvitationToken {
    pub token: String,
}

/// What somebody is invited to.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct InvitationOffer {
    /// The site's id.
    pub site: String,
    /// What its team calls it.
    pub site_name: String,
    pub email: String,
    pub role: Role,
    /// Whether the address has an account: then its password is asked for, else a new one.
    pub has_account: bool,
}

/// Accepting an invitation.
#[derive(Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Acceptance {
    pub token: String,
    /// That of the account, where the address has one; a new one otherwise.
    pub password: String,
}

/// A new password for oneself.
#[derive(Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct PasswordChange {
    pub old: String,
    pub new: String,
}

/// A browser in which one is signed in.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SessionSummary {
    pub id: String,
    pub signed_in_at: String,
    /// To the hour.
    pub used_at: String,
    /// As far as it tells: `Firefox on Linux`.
    pub browser: String,
    /// Whether it is the one that asks.
    pub is_present: bool,
}

/// A token that a program shall sign in with.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct TokenRequest {
    /// What it is for.
    pub name: String,
    /// Viewer or editor.
    pub role: Role,
    /// For how many days it is good: 1 to 365, 90 if nothing is said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub days: Option<u16>,
}

/// A token, with its secret, which is shown this once.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TokenMade {
    /// What the program sends: `Authorization: Bearer pp_…`.
    pub secret: String,
    pub token: Token,
}

/// A token, without what makes it one.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Token {
    pub id: String,
    pub name: String,
    pub role: Role,
    /// Who made it.
    pub made_by: String,
    pub made_at: String,
    pub expires_at: String,
    /// The day on which it was last used: `2026-12-01`.
    pub last_used: Option<String>,
}

/// A key under which a site's pages reach the collector: what stands in the snippet.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct KeyInUse {
    pub key: String,
    /// When it stops working; the newest does not.
    pub retires_at: Option<String>,
    /// The line to paste into the site's pages.
    pub snippet: String,
}

/// A new key for a site, in the place of those before.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Rotation {
    /// For how many days those before still work: 0 to 365, 30 if nothing is said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub overlap_days: Option<u16>,
}

macro_rules! deeds {
    ($($(#[$meta:meta])* $deed:ident = $text:literal;)*) => {
        /// Everything that the log tells of.
        #[derive(Clone, Copy, PartialEq, Eq, Debug)]
        pub enum Deed {
            $($(#[$meta])* $deed,)*
        }

        impl Deed {
            pub const ALL: &[Self] = &[$(Self::$deed,)*];

            /// Stable: programs know it by this.
            pub fn as_str(self) -> &'static str {
                match self {
                    $(Self::$deed => $text,)*
                }
            }
        }
    };
}

deeds! {
    SiteAdded = "site_added";
    SiteChanged = "site_changed";
    SettingsChanged = "settings_changed";
    KeyRotated = "key_rotated";
    SurveyPublished = "survey_published";
    /// Its name from when pausing was called stopping.
    SurveyPaused = "survey_stopped";
    SurveyResumed = "survey_resumed";
    SurveyArchived = "survey_archived";
    SurveyUnarchived = "survey_unarchived";
    DraftBegun = "draft_begun";
    DraftDiscarded = "draft_discarded";
    Joined = "joined";
    RoleChanged = "role_changed";
    MemberRemoved = "member_removed";
    PasswordChanged = "password_changed";
    Invited = "invited";
    InvitationWithdrawn = "invitation_withdrawn";
    TokenMade = "token_made";
    TokenRevoked = "token_revoked";
    ShareMade = "share_made";
    ShareWithdrawn = "share_withdrawn";
    AnswersSettled = "answers_settled";
    AnswersErased = "answers_erased";
    AnswerTagged = "answer_tagged";
}

impl Deed {
    /// By its stable name; nothing where that is of a newer release.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|deed| deed.as_str() == name)
    }
}

/// Who did what, newest first.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct LogReport {
    pub entries: Vec<LogEntry>,
    /// Ask with `before` this number for older ones; none where there are none.
    pub next: Option<i64>,
}

/// One thing that somebody did.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct LogEntry {
    pub number: i64,
    pub at: String,
    /// An account's address, `token NAME`, or `command line`.
    pub who: String,
    /// A stable name for programs: `role_changed`.
    pub deed: String,
    /// What it was done to.
    pub subject: String,
    /// What was before and after, in a few words; never a secret.
    pub details: String,
}
