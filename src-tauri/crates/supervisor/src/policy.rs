use std::time::Duration;

/// How patient a supervisor is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Policy {
    /// How long a start may take until the program answers.
    pub ready_timeout: Duration,
    /// A program that has been ready for so long is healthy, even if nobody said so.
    pub settled: Duration,
    /// The wait before the first restart; every further failure doubles it.
    pub first_delay: Duration,
    /// The longest wait before a restart.
    pub longest_delay: Duration,
    /// So many failures with no healthy time between them are the last.
    pub give_up_after: u32,
    /// How long the program may take to end when it is asked to.
    pub grace: Duration,
    /// How long the system may take to end a killed program.
    pub kill_grace: Duration,
}

impl Default for Policy {
    fn default() -> Self {
        Self {
            ready_timeout: Duration::from_secs(60),
            settled: Duration::from_secs(10),
            first_delay: Duration::from_millis(100),
            longest_delay: Duration::from_secs(4),
            give_up_after: 5,
            grace: Duration::from_secs(2),
            kill_grace: Duration::from_millis(500),
        }
    }
}

impl Policy {
    /// The wait before the next start after `failures` failures.
    pub(crate) fn delay(&self, failures: u32) -> Duration {
        let factor = 2_u32.saturating_pow(failures.saturating_sub(1));
        self.first_delay.saturating_mul(factor).min(self.longest_delay)
    }

    /// How long to be gentle when everything is to be over after `budget`: killing and reading the
    /// last output need their time too.
    pub(crate) fn grace_within(&self, budget: Duration) -> Duration {
        self.grace.min(budget.saturating_sub(self.kill_grace * 2))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_delay_doubles_up_to_its_limit() {
        let policy = Policy::default();
        let delays = [0, 1, 2, 3, 6, 7, 100].map(|failures| policy.delay(failures).as_millis());
        assert_eq!(delays, [100, 100, 200, 400, 3200, 4000, 4000]);
    }

    #[test]
    fn the_grace_leaves_time_to_kill() {
        let policy = Policy::default();
        let seconds = [10.0, 3.0, 2.0, 1.0, 0.0].map(Duration::from_secs_f64);
        let graces = seconds.map(|budget| policy.grace_within(budget).as_millis());
        assert_eq!(graces, [2000, 2000, 1000, 0, 0]);
    }
}
