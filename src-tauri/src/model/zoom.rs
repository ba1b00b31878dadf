/// The steps of the zoom in percent, as browsers have them.
const STEPS: &[u32] = &[50, 67, 75, 80, 90, 100, 110, 125, 150, 175, 200, 250, 300];

/// The page as it is.
pub const NORMAL: u32 = 100;

/// The next step up from `percent`.
pub fn larger(percent: u32) -> u32 {
    STEPS.iter().copied().find(|step| *step > percent).unwrap_or(STEPS[STEPS.len() - 1])
}

/// The next step down from `percent`.
pub fn smaller(percent: u32) -> u32 {
    STEPS.iter().rev().copied().find(|step| *step < percent).unwrap_or(STEPS[0])
}

/// As the factor that web views take. What is no sensible zoom counts as none.
pub fn factor(percent: u32) -> f64 {
    let sensible = (STEPS[0]..=STEPS[STEPS.len() - 1]).contains(&percent);
    f64::from(if sensible { percent } else { NORMAL }) / 100.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_go_up_and_down_and_end() {
        assert_eq!((larger(100), smaller(100)), (110, 90));
        assert_eq!((larger(300), smaller(50)), (300, 50));
        assert_eq!((larger(93), smaller(93)), (100, 90));
        for percent in [0, 1, 1_000_000] {
            assert!((factor(percent) - 1.0).abs() < f64::EPSILON);
        }
        assert!((factor(125) - 1.25).abs() < f64::EPSILON);
    }
}
