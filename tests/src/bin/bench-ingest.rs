//! How many answers the collector puts on disk in a second.

fn main() {}
