//! Explaining: why a survey shows or does not, to whom a rule applies, and links that let a page say so itself.
//!
//! What is explained here is decided by the same [`survey::targeting::decide`] that the widget calls.

pub mod link;
pub mod reach;
pub mod token;
pub mod why;
