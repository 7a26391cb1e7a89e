//! Figures beside their bounds, as every benchmark prints them.

/// Prints a figure that must not be lower; tells whether it holds.
pub fn at_least(what: &str, figure: f64, bound: f64) -> bool {
    told(what, figure, "at least", bound, figure >= bound)
}

/// Prints a figure that must not be higher; tells whether it holds.
pub fn at_most(what: &str, figure: f64, bound: f64) -> bool {
    told(what, figure, "at most", bound, figure <= bound)
}

fn told(what: &str, figure: f64, side: &str, bound: f64, holds: bool) -> bool {
    println!("{what}: {figure:.2} (bound: {side} {bound}){}", if holds { "" } else { " MISSED" });
    holds
}
