use rustix::io::Errno;
use rustix::process::{Pid, PidfdFlags, Signal, kill_process, pidfd_open, pidfd_send_signal};

use super::members::Process;

/// Every process that can be seen.
pub(crate) fn processes() -> Vec<Process> {
    let Ok(entries) = std::fs::read_dir("/proc") else { return Vec::new() };
    entries.filter_map(|entry| process(entry.ok()?.file_name().to_str()?.parse().ok()?)).collect()
}

/// Sends `signal` to `process`, and to no other that has its number by now.
pub(crate) fn signal(process: &Process, signal: Signal) {
    let Some(id) = Pid::from_raw(process.id) else { return };
    let sent = match pidfd_open(id, PidfdFlags::empty()) {
        // The number belonged to this process before and after, so the descriptor is of it.
        Ok(descriptor) => match self::process(process.id) {
            Some(now) if now.is(process) => pidfd_send_signal(&descriptor, signal),
            _ => return,
        },
        // Before Linux 5.3, and in some sandboxes.
        Err(Errno::NOSYS | Errno::PERM) => kill_process(id, signal),
        Err(_) => return,
    };
    if let Err(error) = sent
        && error != Errno::SRCH
    {
        tracing::warn!(process = process.id, %error, "could not signal a process");
    }
}

fn process(id: i32) -> Option<Process> {
    parse(&std::fs::read_to_string(format!("/proc/{id}/stat")).ok()?)
}

/// Reads `/proc/ID/stat` (proc_pid_stat(5)). The name in parentheses may hold anything, closing
/// parentheses and line breaks too, so the fields are counted from the last parenthesis.
fn parse(stat: &str) -> Option<Process> {
    let id = stat.split_once(' ')?.0.parse().ok()?;
    let fields: Vec<&str> = stat.rsplit_once(')')?.1.split_whitespace().collect();
    Some(Process {
        id,
        ended: matches!(*fields.first()?, "Z" | "X"),
        parent: fields.get(1)?.parse().ok()?,
        group: fields.get(2)?.parse().ok()?,
        session: fields.get(3)?.parse().ok()?,
        started: fields.get(19)?.parse().ok()?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_a_name_with_spaces_and_parentheses() {
        let stat = "4242 (a) R 1 (b) S 17 4240 4239 34816 4240 4194304 1 0 0 0 1 2 0 0 20 0 1 0 \
                    987654 1000000 100 18446744073709551615";
        let expected = Process {
            id: 4242,
            parent: 17,
            group: 4240,
            session: 4239,
            started: 987_654,
            ended: false,
        };
        assert_eq!(parse(stat), Some(expected));
        assert_eq!(parse("4242 (cut of"), None);
    }

    #[test]
    fn sees_this_process() {
        let own = rustix::process::getpid().as_raw_nonzero().get();
        let found = processes().into_iter().find(|process| process.id == own);
        let group = rustix::process::getpgrp().as_raw_nonzero().get();
        assert_eq!(found.map(|process| (process.group, process.ended)), Some((group, false)));
    }
}
