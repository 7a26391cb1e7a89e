//! Review: what becomes of answers after they came in.
//!
//! Answers that there is a doubt about are set apart, and somebody of the team says whether they count; and what they call them
//! ([`tags`]). Whoever asks for it is
//! shown, or rid of, all that they have said. And what is older than a site keeps is forgotten ([`retention`]).

pub mod respondent;
pub mod retention;
pub mod standing;
pub mod tags;
