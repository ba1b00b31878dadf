use std::fmt;

/// How a process ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ExitStatus {
    /// The code that it exited with; `None` when a signal ended it.
    pub code: Option<u32>,
    /// The number of the signal that ended it (Unix).
    pub signal: Option<i32>,
}

impl ExitStatus {
    /// The system did not say how the process ended.
    pub const UNKNOWN: Self = Self { code: None, signal: None };

    /// An exit with `code`.
    pub fn exited(code: u32) -> Self {
        Self { code: Some(code), signal: None }
    }

    /// The end by signal `number`.
    pub fn signalled(number: i32) -> Self {
        Self { code: None, signal: Some(number) }
    }

    /// Whether the process exited with code 0.
    pub fn success(&self) -> bool {
        self.code == Some(0)
    }
}

/// Above this a code is a Windows status such as `0xC0000005`, which people look up in hex.
const LARGEST_DECIMAL: u32 = 0xFFFF;

impl fmt::Display for ExitStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.code, self.signal) {
            (Some(code), _) if code > LARGEST_DECIMAL => write!(f, "exited with code {code:#010X}"),
            (Some(code), _) => write!(f, "exited with code {code}"),
            (None, Some(number)) => match signal_name(number) {
                Some(name) => write!(f, "was ended by signal {number} ({name})"),
                None => write!(f, "was ended by signal {number}"),
            },
            (None, None) => f.write_str("ended, and the system did not say how"),
        }
    }
}

#[cfg(unix)]
fn signal_name(number: i32) -> Option<&'static str> {
    // The numbers differ between systems, so the names are asked of `libc`.
    Some(match number {
        libc::SIGHUP => "SIGHUP",
        libc::SIGINT => "SIGINT",
        libc::SIGQUIT => "SIGQUIT",
        libc::SIGILL => "SIGILL",
        libc::SIGTRAP => "SIGTRAP",
        libc::SIGABRT => "SIGABRT",
        libc::SIGBUS => "SIGBUS",
        libc::SIGFPE => "SIGFPE",
        libc::SIGKILL => "SIGKILL",
        libc::SIGUSR1 => "SIGUSR1",
        libc::SIGSEGV => "SIGSEGV",
        libc::SIGUSR2 => "SIGUSR2",
        libc::SIGPIPE => "SIGPIPE",
        libc::SIGALRM => "SIGALRM",
        libc::SIGTERM => "SIGTERM",
        libc::SIGXCPU => "SIGXCPU",
        libc::SIGXFSZ => "SIGXFSZ",
        libc::SIGSYS => "SIGSYS",
        _ => return None,
    })
}

#[cfg(windows)]
fn signal_name(_number: i32) -> Option<&'static str> {
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn says_how_a_process_ended() {
        assert_eq!(ExitStatus::exited(0).to_string(), "exited with code 0");
        assert_eq!(ExitStatus::exited(1).to_string(), "exited with code 1");
        assert_eq!(ExitStatus::exited(0xC000_0005).to_string(), "exited with code 0xC0000005");
        assert_eq!(
            ExitStatus::UNKNOWN.to_string(),
            "ended, and the system did not say how",
            "no claim without knowledge"
        );
        assert!(ExitStatus::exited(0).success());
        assert!(!ExitStatus::exited(3).success());
    }

    #[cfg(unix)]
    #[test]
    fn names_the_signal() {
        let killed = ExitStatus::signalled(9);
        assert_eq!(killed.to_string(), "was ended by signal 9 (SIGKILL)");
        assert_eq!(ExitStatus::signalled(63).to_string(), "was ended by signal 63");
        assert!(!killed.success());
    }
}
