use std::fmt;

use serde::{Deserialize, Serialize};

/// The system that a payload is for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Target {
    triple: String,
}

/// The systems that apps are made for: what people call them, and the triple.
const NAMED: [(&str, &str); 5] = [
    ("linux-x86_64", "x86_64-unknown-linux-gnu"),
    ("linux-aarch64", "aarch64-unknown-linux-gnu"),
    ("windows-x86_64", "x86_64-pc-windows-msvc"),
    ("macos-arm64", "aarch64-apple-darwin"),
    ("macos-x86_64", "x86_64-apple-darwin"),
];

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
    pub fn program_ending(self) -> &'static str {
        match self {
            Self::Windows => ".exe",
            Self::Linux | Self::MacOs => "",
        }
    }
}

impl Target {
    /// The target with this name, such as `x86_64-unknown-linux-gnu`.
    pub fn of(triple: &str) -> Self {
        Self { triple: triple.to_owned() }
    }

    /// Each system that apps are made for.
    pub fn all() -> [Self; 5] {
        NAMED.map(|(_, triple)| Self::of(triple))
    }

    /// The names of [`Target::all`], such as `macos-arm64`.
    pub fn names() -> [&'static str; 5] {
        NAMED.map(|(name, _)| name)
    }

    /// The one of [`Target::all`] that people call so.
    pub fn named(name: &str) -> Option<Self> {
        let (_, triple) = NAMED.iter().find(|(known, _)| *known == name)?;
        Some(Self::of(triple))
    }

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

    /// What people call it, also in the names of files: `linux-x86_64`, `macos-arm64`.
    pub fn name(&self) -> String {
        let known = NAMED.iter().find(|(_, triple)| *triple == self.triple);
        known.map_or_else(
            || format!("{}-{}", self.system().name(), self.processor()),
            |(name, _)| (*name).to_owned(),
        )
    }

    /// The kind of system.
    pub fn system(&self) -> System {
        System::of(&self.triple)
    }

    /// The kind of processor, as the triple names it: `x86_64`, `aarch64`.
    pub fn processor(&self) -> &str {
        self.triple.split('-').next().unwrap_or_default()
    }
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.triple)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_triple_says_system_and_processor() {
        for (triple, system, processor) in [
            ("x86_64-unknown-linux-gnu", System::Linux, "x86_64"),
            ("x86_64-pc-windows-msvc", System::Windows, "x86_64"),
            ("aarch64-apple-darwin", System::MacOs, "aarch64"),
        ] {
            let target = Target::of(triple);
            assert_eq!((target.system(), target.processor()), (system, processor));
        }
        assert!(!Target::host().processor().is_empty());
    }

    #[test]
    fn each_target_is_found_by_its_name() {
        for (target, name) in Target::all().into_iter().zip(Target::names()) {
            assert_eq!((Target::named(name), target.name().as_str()), (Some(target), name));
        }
        for unknown in ["linux", "x86_64-unknown-linux-gnu", "macos-aarch64", "", "all"] {
            assert_eq!(Target::named(unknown), None, "{unknown}");
        }
        assert_eq!(Target::of("riscv64gc-unknown-linux-gnu").name(), "linux-riscv64gc");
    }
}
