//! A scale: one press is the answer.

use survey::script::{Point, Shown};

use super::element::Element;
use super::press::Press;

/// Five faces from unhappy to happy, drawn as strokes: fonts lack the characters, or draw them in colours of their own.
const FACES: [&str; 5] = [
    "M15 2a13 13 0 1 0 .01 0M10.5 14v.5M19.5 14v.5M9.5 22q5.5-6 11 0M8 9l4.5 2M22 9l-4.5 2",
    "M15 2a13 13 0 1 0 .01 0M10.5 12.5v.5M19.5 12.5v.5M10 21q5-4 10 0",
    "M15 2a13 13 0 1 0 .01 0M10.5 12.5v.5M19.5 12.5v.5M10 20h10",
    "M15 2a13 13 0 1 0 .01 0M10.5 12.5v.5M19.5 12.5v.5M10 19q5 4 10 0",
    "M15 2a13 13 0 1 0 .01 0M10.5 12.5v.5M19.5 12.5v.5M9 18q6 8 12 0",
];
const STAR: &str = "M15 3l3.6 8.1 8.8.9-6.6 5.9 1.9 8.7-7.7-4.5-7.7 4.5 1.9-8.7-6.6-5.9 8.8-.9z";
const THUMB_UP: &str = "M4 13.5h5v12.5h-5zM9 14.5l5-11q3.5 0 3.5 4v4h6.5q3 0 2.5 3l-1.5 8.5q-.5 3-3.5 3h-12.5";
const THUMB_DOWN: &str = "M4 4h5v12.5h-5zM9 15.5l5 11q3.5 0 3.5-4v-4h6.5q3 0 2.5-3l-1.5-8.5q-.5-3-3.5-3h-12.5";

/// One button for each point.
pub fn points(points: &[Point]) -> Vec<Element> {
    points.iter().map(point_button).collect()
}

fn point_button(point: &Point) -> Element {
    let value = point.value.to_string();
    let button = Press::Point.button().with("value", &value).with("aria-label", &point.label);
    let strokes = match point.shows {
        Shown::Number => return button.saying(&value),
        Shown::Star => STAR,
        Shown::Face(face) => FACES[usize::from(face).min(FACES.len() - 1)],
        Shown::ThumbDown => THUMB_DOWN,
        Shown::ThumbUp => THUMB_UP,
    };
    button.showing("0 0 30 30", strokes)
}
