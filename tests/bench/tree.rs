use std::collections::BTreeSet;
use std::path::PathBuf;

use rustix::process::Pid;
use waterskin_tests::Ours;

/// Ticks of the processor's time per second in `/proc` (`USER_HZ` of Linux, on all its current
/// architectures; see `time(7)`).
pub const TICKS: f64 = 100.0;

/// The processes of one side: those that carry a sandbox's mark, and their children, since Chromium
/// writes its children's titles over the environment with the mark.
#[derive(Clone, Debug)]
pub struct Tree {
    ours: Ours,
    root: Option<i32>,
}

/// One process of a tree.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Member {
    /// Its id.
    pub id: i32,
    /// Its session's id.
    pub session: i32,
    /// Whether its parent is of the tree too.
    pub has_parent: bool,
    /// Its program's file.
    pub executable: PathBuf,
    /// Its proportional set size in kB of 1024 bytes.
    pub pss: u64,
    /// What it has used of the processor, in ticks.
    pub ticks: u64,
}

#[derive(Clone, Copy, Debug)]
struct Stat {
    id: i32,
    parent: i32,
    session: i32,
    ticks: u64,
}

impl Tree {
    /// The tree of what is marked as `ours`.
    pub fn of(ours: Ours) -> Self {
        Self { ours, root: None }
    }

    /// The tree below the process `root`, itself included: for programs that write their title
    /// over the environment with the mark.
    pub fn below(root: Pid) -> Self {
        Self { ours: Ours::default(), root: Some(root.as_raw_nonzero().get()) }
    }

    /// Its processes, as they are now.
    pub fn members(&self) -> Vec<Member> {
        let all = everything();
        let mut ids: BTreeSet<i32> =
            self.ours.alive().iter().map(|process| process.id.as_raw_nonzero().get()).collect();
        ids.extend(self.root);
        // Until no more children are found; nobody has ids in order of age.
        loop {
            let before = ids.len();
            ids.extend(
                all.iter()
                    .filter(|stat| ids.contains(&stat.parent))
                    .map(|stat| stat.id)
                    .collect::<Vec<_>>(),
            );
            if ids.len() == before {
                break;
            }
        }
        all.iter()
            .filter(|stat| ids.contains(&stat.id))
            .filter_map(|stat| member(*stat, &ids))
            .collect()
    }

    /// What its processes have used of the processor so far, in ticks.
    pub fn ticks(&self) -> u64 {
        self.members().iter().map(|member| member.ticks).sum()
    }
}

fn everything() -> Vec<Stat> {
    let Ok(entries) = std::fs::read_dir("/proc") else { return Vec::new() };
    let ids = entries.filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok());
    ids.filter_map(|id| stat(id, &std::fs::read_to_string(format!("/proc/{id}/stat")).ok()?))
        .collect()
}

/// See `proc_pid_stat(5)`: the name in brackets may hold anything. Counted from the state behind it,
/// parent and session are 1 and 3, time in the program and in the kernel 11 and 12.
fn stat(id: i32, text: &str) -> Option<Stat> {
    let fields: Vec<&str> = text.rsplit_once(')')?.1.split_whitespace().collect();
    let ticks = fields.get(11)?.parse::<u64>().ok()? + fields.get(12)?.parse::<u64>().ok()?;
    Some(Stat {
        id,
        parent: fields.get(1)?.parse().ok()?,
        session: fields.get(3)?.parse().ok()?,
        ticks,
    })
}

/// The whole of it, unless it has ended meanwhile.
fn member(stat: Stat, ids: &BTreeSet<i32>) -> Option<Member> {
    let Stat { id, parent, session, ticks } = stat;
    let executable = std::fs::read_link(format!("/proc/{id}/exe")).ok()?;
    let pss = pss(&std::fs::read_to_string(format!("/proc/{id}/smaps_rollup")).ok()?)?;
    Some(Member { id, session, has_parent: ids.contains(&parent), executable, pss, ticks })
}

fn pss(rollup: &str) -> Option<u64> {
    let line = rollup.lines().find_map(|line| line.strip_prefix("Pss:"))?;
    line.trim().strip_suffix(" kB")?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_kernels_tables_are_understood() {
        let text = "12 (a) b (c) S 7 12 9 0 -1 4194560 1 0 0 0 30 12 5 6 20 0 1 0 100 1 1";
        let found = stat(12, text).unwrap();
        assert_eq!((found.parent, found.session, found.ticks), (7, 9, 42));
        let rollup = "00400000-7fff ---p 00000000 00:00 0 [rollup]\nRss:  900 kB\nPss:   321 kB\n";
        assert_eq!(pss(rollup), Some(321));
    }

    #[test]
    fn this_process_is_among_all() {
        let me = std::process::id().cast_signed();
        let found = everything().into_iter().find(|stat| stat.id == me).unwrap();
        let member = member(found, &BTreeSet::from([found.parent])).unwrap();
        assert_eq!(member.executable, std::env::current_exe().unwrap());
        assert!(member.has_parent && member.pss > 100, "{member:?}");
    }
}
