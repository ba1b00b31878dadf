/// What the system says about one process.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Process {
    pub(crate) id: i32,
    pub(crate) parent: i32,
    pub(crate) group: i32,
    pub(crate) session: i32,
    /// When it started, in a unit of the system: tells it from a later process of the same id.
    pub(crate) started: u64,
    /// It has ended and waits to be collected.
    pub(crate) ended: bool,
}

impl Process {
    /// Whether `other` is a look at the same process, maybe at another time.
    pub(crate) fn is(&self, other: &Self) -> bool {
        self.id == other.id && self.started == other.started
    }
}

/// The living processes of the tree that `leader` leads: its session, its group, those `known`
/// from an earlier look, and the descendants of all of these. Never `own`, whatever happens.
pub(crate) fn members(leader: i32, own: i32, known: &[Process], all: &[Process]) -> Vec<Process> {
    let belongs = |process: &Process| {
        process.id == leader
            || process.session == leader
            || process.group == leader
            || known.iter().any(|earlier| earlier.is(process))
    };
    let (mut tree, mut others): (Vec<Process>, Vec<Process>) =
        all.iter().copied().filter(|process| process.id != own).partition(belongs);
    loop {
        let is_child = |process: &Process| tree.iter().any(|parent| parent.id == process.parent);
        let (children, rest): (Vec<_>, Vec<_>) = others.into_iter().partition(is_child);
        others = rest;
        if children.is_empty() {
            tree.retain(|process| !process.ended);
            return tree;
        }
        tree.extend(children);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const OWN: i32 = 50;
    const LEADER: i32 = 100;

    fn process(id: i32, parent: i32, group: i32, session: i32) -> Process {
        Process { id, parent, group, session, started: 1000 + id as u64, ended: false }
    }

    fn ids(known: &[Process], all: &[Process]) -> Vec<i32> {
        let mut ids: Vec<_> =
            members(LEADER, OWN, known, all).iter().map(|process| process.id).collect();
        ids.sort_unstable();
        ids
    }

    #[test]
    fn takes_session_group_and_descendants_and_no_one_else() {
        let all = [
            process(1, 0, 1, 1),
            process(OWN, 1, OWN, 40),
            process(LEADER, OWN, LEADER, LEADER),
            process(101, LEADER, LEADER, LEADER), // an ordinary child
            process(102, 1, 102, LEADER),         // left the group, lost its parent
            process(104, 103, 104, 103),          // a grandchild, listed before its parent
            process(103, LEADER, 103, 103),       // a child with a session of its own
            process(200, OWN, OWN, 40),           // another child of ours
            process(201, 1, 201, 201),            // a stranger
        ];
        assert_eq!(ids(&[], &all), [100, 101, 102, 103, 104]);
    }

    #[test]
    fn remembers_a_session_of_its_own_after_its_parent_ended() {
        let daemon = process(103, LEADER, 103, 103);
        let orphan = Process { parent: 1, ..daemon };
        assert_eq!(ids(&[], &[orphan]), [] as [i32; 0], "nothing leads to it");
        assert_eq!(ids(&[daemon], &[orphan]), [103]);
        let stranger = Process { started: 5000, ..orphan };
        assert_eq!(ids(&[daemon], &[stranger]), [] as [i32; 0], "its number was given anew");
    }

    #[test]
    fn passes_over_the_ended_and_never_takes_ourselves() {
        let zombie = Process { ended: true, ..process(LEADER, OWN, LEADER, LEADER) };
        let own = process(OWN, LEADER, LEADER, LEADER);
        assert_eq!(ids(&[], &[zombie, own]), [] as [i32; 0]);
    }
}
