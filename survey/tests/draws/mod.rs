//! Draws for the simulations: always the same ones for the same seed, so that a figure that is printed can be read again.

/// SplitMix64 (Steele, Lea and Flood, 2014): small, fast in a debug build, and good enough to count answers by.
pub struct Draws(u64);

// Each test is a crate of its own, and none needs all of these.
#[allow(dead_code)]
impl Draws {
    pub fn seeded(seed: u64) -> Self {
        Self(seed)
    }

    /// From 0 up to, and without, 1.
    pub fn unit(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        // The upper 53 bits are what a double holds.
        ((mixed ^ (mixed >> 31)) >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// An index, each as likely as its part of all. The parts add up to 1: see [`in_all_1`].
    pub fn one_of(&mut self, parts: &[f64]) -> usize {
        let (mut left, last) = (self.unit(), parts.len() - 1);
        for (index, part) in parts[..last].iter().enumerate() {
            left -= part;
            if left < 0.0 {
                return index;
            }
        }
        last
    }

    /// From Beta(a, b): the a-th smallest of a + b − 1 numbers between 0 and 1.
    pub fn beta(&mut self, a: usize, b: usize) -> f64 {
        let mut numbers: Vec<f64> = (1..a + b).map(|_| self.unit()).collect();
        numbers.sort_by(f64::total_cmp);
        numbers[a - 1]
    }

    /// A number whose logarithm is normal with this mean and this standard deviation (Box and Muller, 1958).
    pub fn log_normal(&mut self, mean: f64, deviation: f64) -> f64 {
        let (radius, angle) = ((-2.0 * (1.0 - self.unit()).ln()).sqrt(), std::f64::consts::TAU * self.unit());
        (mean + deviation * radius * angle.cos()).exp()
    }
}

/// Weights, as parts of their sum.
#[allow(dead_code)]
pub fn in_all_1(weights: Vec<f64>) -> Vec<f64> {
    let sum: f64 = weights.iter().sum();
    weights.into_iter().map(|weight| weight / sum).collect()
}
