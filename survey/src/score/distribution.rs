//! The few probability functions that the figures need and `statrs` lacks, or has only for smaller samples than ours.

use std::sync::OnceLock;

use statrs::distribution::{ContinuousCDF, StudentsT};
use statrs::function::beta::checked_beta_reg;
use statrs::function::erf::erfc;
use statrs::function::gamma::{digamma, ln_gamma};

use super::Z;

/// From here on the series is exact to the last digits, while the iteration in `statrs` 0.19 drifts (3e-6 at 100,000).
const T_SERIES_FROM: usize = 1000;

/// The 0.975 quantile of Student's t with `freedom` degrees of freedom, at least 1. Within 1e-12 of SciPy's.
pub(super) fn student_t_975(freedom: u64) -> f64 {
    /// Remembered, because a report of thousands of pages asks for the same ones again and again.
    static QUANTILES: [OnceLock<f64>; T_SERIES_FROM] = [const { OnceLock::new() }; T_SERIES_FROM];
    let quantile = usize::try_from(freedom).ok().and_then(|freedom| QUANTILES.get(freedom));
    quantile.map_or_else(
        || student_t_975_series(freedom as f64),
        |quantile| *quantile.get_or_init(|| student_t_975_iterated(freedom as f64)),
    )
}

fn student_t_975_iterated(freedom: f64) -> f64 {
    // Cannot fail: scale and freedom are positive. If it did, the series is what is left.
    StudentsT::new(0.0, 1.0, freedom.max(1.0))
        .map_or_else(|_| student_t_975_series(freedom), |student| student.inverse_cdf(0.975))
}

/// Its expansion around the normal quantile in powers of 1/freedom (Abramowitz and Stegun, 26.7.5).
fn student_t_975_series(freedom: f64) -> f64 {
    let z2 = Z * Z;
    let first = (z2 + 1.0) * Z / 4.0;
    let second = ((5.0 * z2 + 16.0) * z2 + 3.0) * Z / 96.0;
    let third = (((3.0 * z2 + 19.0) * z2 + 17.0) * z2 - 15.0) * Z / 384.0;
    let fourth = ((((79.0 * z2 + 776.0) * z2 + 1482.0) * z2 - 1920.0) * z2 - 945.0) * Z / 92_160.0;
    Z + (first + (second + (third + fourth / freedom) / freedom) / freedom) / freedom
}

/// How likely a standard normal is to lie at least `z`, which is not negative, from zero, to either side.
pub(super) fn normal_beyond(z: f64) -> f64 {
    erfc(z / std::f64::consts::SQRT_2)
}

/// How likely a Student's t with `freedom` degrees of freedom, at least 1, is to lie at least `t`, which is not negative, from
/// zero, to either side (Abramowitz and Stegun, 26.7.1 and 26.5.27).
pub(super) fn student_t_beyond(t: f64, freedom: u64) -> f64 {
    let freedom = freedom as f64;
    if t == 0.0 { 1.0 } else { beta_below(freedom / (freedom + t * t), freedom / 2.0, 0.5) }
}

/// Above this, in both parameters, the continued fraction in `statrs` 0.19 stops before it has converged; the normal with
/// its skew corrected is within 1e-5 there.
const BETA_NORMAL_FROM: f64 = 50_000.0;

/// P(X < x) for X from Beta(a, b); `a` and `b` positive, `x` strictly between 0 and 1.
pub(super) fn beta_below(x: f64, a: f64, b: f64) -> f64 {
    if a.min(b) >= BETA_NORMAL_FROM {
        return beta_below_skewed_normal(x, a, b);
    }
    // Cannot fail for such arguments. If it did, the normal is what is left.
    checked_beta_reg(a, b, x).map_or_else(|_| beta_below_skewed_normal(x, a, b), |below| below.clamp(0.0, 1.0))
}

/// The first Edgeworth correction of the normal with the same mean and variance.
fn beta_below_skewed_normal(x: f64, a: f64, b: f64) -> f64 {
    let n = a + b;
    let mean = a / n;
    let variance = mean * (b / n) / (n + 1.0);
    let skewness = 2.0 * (b - a) * (n + 1.0).sqrt() / ((n + 2.0) * (a * b).sqrt());
    let z = (x - mean) / variance.sqrt();
    let density = (-z * z / 2.0).exp() / std::f64::consts::TAU.sqrt();
    let normal = erfc(-z / std::f64::consts::SQRT_2) / 2.0;
    (normal - density * skewness / 6.0 * (z * z - 1.0)).clamp(0.0, 1.0)
}

/// ln Γ with its first and second derivative; also differences and sums of such.
#[derive(Clone, Copy, Default, Debug)]
pub(super) struct LnGamma {
    pub value: f64,
    pub slope: f64,
    pub bend: f64,
}

impl LnGamma {
    /// At a positive `x`.
    pub fn at(x: f64) -> Self {
        Self { value: ln_gamma(x), slope: digamma(x), bend: trigamma(x) }
    }

    /// ln Γ(x+k) − ln Γ(x) = ln(x (x+1) … (x+k−1)), factor by factor: the more exact way, and the quicker for small `k`.
    pub fn rise(x: f64, k: u64) -> Self {
        let mut product = 1.0;
        let mut rise = Self::default();
        for factor in (0..k).map(|step| x + step as f64) {
            product *= factor;
            rise.slope += 1.0 / factor;
            rise.bend -= 1.0 / (factor * factor);
        }
        Self { value: product.ln(), ..rise }
    }

    pub fn minus(self, other: Self) -> Self {
        self.plus(-1.0, other)
    }

    /// `self + times · other`.
    pub fn plus(self, times: f64, other: Self) -> Self {
        Self {
            value: self.value + times * other.value,
            slope: self.slope + times * other.slope,
            bend: self.bend + times * other.bend,
        }
    }
}

/// The derivative of digamma, for positive `x`: recurrence up to 12, from there the asymptotic series (Abramowitz and
/// Stegun, 6.4.12).
fn trigamma(mut x: f64) -> f64 {
    let mut sum = 0.0;
    while x < 12.0 {
        sum += 1.0 / (x * x);
        x += 1.0;
    }
    let r = 1.0 / (x * x);
    let series = 1.0 / 6.0 - r * (1.0 / 30.0 - r * (1.0 / 42.0 - r * (1.0 / 30.0 - r * (5.0 / 66.0))));
    sum + (1.0 + (0.5 + series / x) / x) / x
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn close(got: f64, expected: f64, relative: f64) {
        assert!((got / expected - 1.0).abs() < relative, "{got} is not {expected}");
    }

    #[test]
    fn the_t_quantile_agrees_with_scipy_from_one_to_a_million_degrees_of_freedom() {
        close(student_t_975(1), 12.706204736174694, 1e-12);
        close(student_t_975(2), 4.302652729749462, 1e-12);
        close(student_t_975(9), 2.262157162798205, 1e-12);
        close(student_t_975(99), 1.9842169515864174, 1e-12);
        close(student_t_975(999), 1.9623414611334493, 1e-12);
        close(student_t_975(1000), 1.9623390808264083, 1e-12);
        close(student_t_975(100000), 1.9599877075346095, 1e-12);
        close(student_t_975(1000000), 1.959966356814107, 1e-12);
    }

    #[test]
    fn the_two_ways_to_the_t_quantile_meet() {
        let from = T_SERIES_FROM as u64;
        close(student_t_975(from), student_t_975(from - 1), 2e-6);
        for freedom in from / 2..from {
            close(student_t_975(freedom), student_t_975_series(freedom as f64), 1e-12);
        }
    }

    #[test]
    fn the_normals_tails_agree_with_pythons() {
        close(normal_beyond(Z), 0.05, 1e-9);
        close(normal_beyond(1.0), 0.31731050786291415, 1e-9);
        close(normal_beyond(3.0), 0.0026997960632601913, 1e-9);
        close(normal_beyond(6.0), 1.9731752900754024e-09, 1e-9);
        assert_eq!(normal_beyond(0.0), 1.0);
    }

    #[test]
    fn the_tails_of_student_agree_with_the_integral_of_his_density_and_with_the_quantile() {
        close(student_t_beyond(2.0, 1), 0.295_167_235_300_866_5, 1e-9);
        close(student_t_beyond(3.0, 5), 0.030099247897463, 1e-9);
        close(student_t_beyond(6.0, 12), 6.216738864858e-05, 1e-9);
        close(student_t_beyond(5.0, 999), 6.7683618958e-07, 1e-8);
        close(student_t_beyond(5.0, 1_000_000), 5.7339978677e-07, 1e-6);
        assert_eq!(student_t_beyond(0.0, 7), 1.0);
        for freedom in [1, 2, 9, 99, 998, 1_000, 5_000, 100_000, 10_000_000] {
            close(student_t_beyond(student_t_975(freedom), freedom), 0.05, 1e-7);
        }
    }

    #[test]
    fn beta_agrees_with_scipy_on_small_and_on_huge_pages() {
        close(beta_below(0.3, 3.0, 4.0), 0.2556899999999999, 1e-9);
        close(beta_below(0.4, 0.001, 0.002), 0.6663974416099036, 1e-9);
        close(beta_below(0.9, 800.5, 120.2), 0.9983637155414712, 1e-9);
        close(beta_below(0.69, 45000.0, 20000.0), 0.10131737983066419, 1e-6);
        close(beta_below(0.0005, 49999.0, 1e8), 0.5468762096911453, 1e-5);
        close(beta_below(0.0005, 50001.0, 1e8), 0.5433319750582999, 1e-4);
        close(beta_below(0.54, 70000.0, 60000.0), 0.8670881830848157, 1e-4);
        close(beta_below(0.7, 70000000.0, 30000000.0), 0.49998839248729315, 1e-4);
        close(beta_below(0.69995, 70000000.0, 30000000.0), 0.13761798074369144, 1e-4);
    }

    #[test]
    fn trigamma_agrees_with_scipy() {
        close(trigamma(0.01), 10001.621213528311, 1e-12);
        close(trigamma(0.5), 4.93480220054468, 1e-12);
        close(trigamma(1.0), 1.6449340668482266, 1e-12);
        close(trigamma(11.9), 0.08766320119000418, 1e-12);
        close(trigamma(30.0), 0.033895060357739946, 1e-12);
        close(trigamma(100000.0), 1.0000050000166665e-05, 1e-12);
    }

    #[test]
    fn the_two_ways_to_a_rise_of_ln_gamma_meet() {
        for x in [0.01, 0.7, 3.0, 250.0, 1e6] {
            let (factors, gamma) = (LnGamma::rise(x, 16), LnGamma::at(x + 16.0).minus(LnGamma::at(x)));
            close(gamma.value, factors.value, 1e-9);
            close(gamma.slope, factors.slope, 1e-8);
            close(gamma.bend, factors.bend, 1e-6);
        }
    }
}
