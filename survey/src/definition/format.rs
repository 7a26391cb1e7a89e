//! Formats: where on the page a survey stands.

use serde::{Deserialize, Serialize};

/// Where on the page a survey stands.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Format {
    /// A card in a corner of the window; on a phone a sheet along the nearer edge.
    Corner(Corner),
    /// Over the page, which waits until it is answered or closed.
    Modal,
    /// Along an edge of the window, in one line where there is room.
    Bar(Edge),
    /// A card at a side of the window, where the feedback tab is.
    Side(Side),
    /// Within the page, in the first element that the CSS selector matches. Where none does, it is not shown.
    Inline(String),
}

impl Default for Format {
    fn default() -> Self {
        Self::Corner(Corner::BottomRight)
    }
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Corner {
    TopLeft,
    TopRight,
    BottomLeft,
    BottomRight,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Edge {
    Top,
    Bottom,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Side {
    Left,
    Right,
}

impl Format {
    /// Under what names its style sheets are found, the more general first: see `widget/style`.
    pub fn styles(&self) -> Vec<&'static str> {
        match self {
            Self::Corner(Corner::BottomRight) => vec!["corner"],
            Self::Corner(Corner::BottomLeft) => vec!["corner", "left"],
            Self::Corner(Corner::TopRight) => vec!["corner", "top"],
            Self::Corner(Corner::TopLeft) => vec!["corner", "top", "left"],
            Self::Modal => vec!["modal"],
            Self::Bar(Edge::Bottom) => vec!["bar"],
            Self::Bar(Edge::Top) => vec!["bar", "top"],
            Self::Side(Side::Right) => vec!["side"],
            Self::Side(Side::Left) => vec!["side", "left"],
            Self::Inline(_) => vec!["inline"],
        }
    }
}
