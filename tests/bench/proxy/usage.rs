use waterskin_tests::Result;

use crate::tree::{TICKS, Tree};

/// What a proxy's processes use while something is done.
#[derive(Debug)]
pub struct Usage<'a> {
    tree: &'a Tree,
    ticks: u64,
}

impl<'a> Usage<'a> {
    /// Begins to measure.
    pub fn of(tree: &'a Tree) -> Result<Self> {
        for member in tree.members() {
            // Sets the peak to what is resident now: `proc_pid_clear_refs(5)`.
            fs_err::write(format!("/proc/{}/clear_refs", member.id), "5")?;
        }
        Ok(Self { tree, ticks: tree.ticks() })
    }

    /// Seconds of the processor since the beginning.
    pub fn processor(&self) -> f64 {
        self.tree.ticks().saturating_sub(self.ticks) as f64 / TICKS
    }

    /// The most that was resident since the beginning, in MB of 1024 kB; shared pages count for
    /// each process.
    pub fn peak(&self) -> f64 {
        let peaks = self.tree.members().into_iter().filter_map(|member| {
            let status = std::fs::read_to_string(format!("/proc/{}/status", member.id)).ok()?;
            let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
            line.trim().strip_suffix(" kB")?.parse::<f64>().ok()
        });
        peaks.sum::<f64>() / 1024.0
    }
}
