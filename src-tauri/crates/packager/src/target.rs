use serde::Serialize;

/// The system that a payload is for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Target {
    triple: String,
}

/// A kind of system.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum System {
    /// Any distribution of Linux.
    Linux,
    /// Windows.
    Windows,
    /// macOS.
    MacOs,
}

impl System {
    /// The system that a triple names.
    pub fn of(triple: &str) -> Self {
        if triple.contains("-windows") {
            Self::Windows
        } else if triple.contains("-darwin") {
            Self::MacOs
        } else {
            Self::Linux
        }
    }

    /// The name in file names: `linux`, `windows`, `macos`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Linux => "linux",
            Self::Windows => "windows",
            Self::MacOs => "macos",
        }
    }

    /// What the name of a program ends in.
    pub(crate) fn program_ending(self) -> &'static str {
        match self {
            Self::Windows => ".exe",
            Self::Linux | Self::MacOs => "",
        }
    }
}

/// The GNU C library that wheels for Linux may ask for (PEP 600): what the major distributions of
/// 2019 and later have, and what nearly every distribution publishes wheels for.
pub(crate) const WHEEL_GLIBC: (u32, u32) = (2, 28);

impl Target {
    /// This machine.
    pub fn host() -> Self {
        let architecture = std::env::consts::ARCH;
        let rest = match std::env::consts::OS {
            "windows" => "pc-windows-msvc",
            "macos" => "apple-darwin",
            _ => "unknown-linux-gnu",
        };
        Self { triple: format!("{architecture}-{rest}") }
    }

    /// The triple, such as `x86_64-unknown-linux-gnu`.
    pub fn triple(&self) -> &str {
        &self.triple
    }

    /// The kind of system.
    pub fn system(&self) -> System {
        System::of(&self.triple)
    }

    /// What uv calls it in `--python-platform`, where wheels may ask for this GNU C library.
    pub(crate) fn uv_platform(&self, (major, minor): (u32, u32)) -> String {
        match self.triple.strip_suffix("-unknown-linux-gnu") {
            Some(architecture) => {
                format!("{architecture}-manylinux_{major}_{minor}")
            }
            None => self.triple.clone(),
        }
    }

    /// The least GNU C library for a payload whose interpreter and packages ask for `asked` (such as
    /// `2.36`, or nothing): the greatest of these, and what any wheel may ask for.
    pub(crate) fn minimum_glibc(&self, asked: &[&str]) -> String {
        if !self.triple.ends_with("-linux-gnu") {
            return String::new();
        }
        let parse = |text: &str| {
            let (major, minor) = text.split_once('.')?;
            Some((major.parse().ok()?, minor.parse().ok()?))
        };
        let asked = asked.iter().filter_map(|text| parse(text));
        let (major, minor) = asked.fold(WHEEL_GLIBC, Ord::max);
        format!("{major}.{minor}")
    }
}

#[cfg(test)]
impl Target {
    /// A system that tests name.
    pub(crate) fn of(triple: &str) -> Self {
        Self { triple: triple.to_owned() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn platforms_and_the_least_c_library() {
        let linux = Target { triple: "x86_64-unknown-linux-gnu".into() };
        assert_eq!(linux.uv_platform(WHEEL_GLIBC), "x86_64-manylinux_2_28");
        for (runtime, least) in [("2.17", "2.28"), ("2.36", "2.36"), ("2.9", "2.28"), ("", "2.28")]
        {
            assert_eq!(linux.minimum_glibc(&["", runtime]), least);
        }
        let windows = Target { triple: "x86_64-pc-windows-msvc".into() };
        assert_eq!(windows.uv_platform((2, 34)), "x86_64-pc-windows-msvc");
        assert_eq!(windows.minimum_glibc(&["2.36"]), "");
    }
}
