use std::fmt;

use camino::{Utf8Path, Utf8PathBuf};
use serde::{Serialize, Serializer};
use waterskin_bundle::Target;

use crate::binary::BuiltFor;
use crate::plan::tools::{self, SHELL, ToolsError};

/// Where the program comes from that opens the app.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Shell {
    /// It is on this machine.
    File {
        /// Where.
        path: Utf8PathBuf,
    },
    /// It is in a wheel, which a build fetches.
    Wheel {
        /// Its version: that of the packager, and no other.
        version: &'static str,
        /// The system that it is for.
        target: Target,
    },
    /// There is none: what is made opens no window.
    None,
}

impl Shell {
    /// Where it is, if that is on this machine.
    pub fn path(&self) -> Option<&Utf8Path> {
        match self {
            Self::File { path } => Some(path),
            Self::Wheel { .. } | Self::None => None,
        }
    }

    /// The shell for `target`, which is one of `targets`: what was given, where it is for that; that
    /// beside the running program on this system; and the wheel for any other.
    pub(crate) fn choose(
        given: Option<&Utf8Path>,
        target: &Target,
        targets: &[Target],
    ) -> Result<Self, ToolsError> {
        if let Some(path) = given {
            let path = tools::find_shell(Some(path))?;
            let built_for = BuiltFor::of_file(&path);
            let serves = |target: &Target| match &built_for {
                Some(built_for) => built_for.serves(target),
                // Whoever has something else in its place knows what it is for.
                None => targets.len() == 1,
            };
            if serves(target) {
                return Ok(Self::File { path });
            }
            if !targets.iter().any(serves) {
                let found = built_for.map(|it| it.to_string());
                return Err(ToolsError::OtherShell {
                    path,
                    found: found.unwrap_or_else(|| "no system that can be told".to_owned()),
                    targets: targets.iter().map(Target::name).collect::<Vec<_>>().join(", "),
                });
            }
        }
        if *target == Target::host() {
            return Ok(Self::File { path: tools::find_shell(None)? });
        }
        Ok(Self::Wheel { version: env!("CARGO_PKG_VERSION"), target: target.clone() })
    }
}

impl fmt::Display for Shell {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File { path } => f.write_str(path.as_str()),
            Self::Wheel { version, target } => {
                write!(f, "{SHELL}=={version} for {}", target.name())
            }
            Self::None => f.write_str("none"),
        }
    }
}

/// As people read it: a path, or what is fetched.
impl Serialize for Shell {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::binary::tests::mac_program;

    fn target(name: &str) -> Target {
        Target::named(name).unwrap()
    }

    #[test]
    fn the_shell_that_is_given_serves_the_system_that_it_is_for() {
        let dir = tempfile::tempdir().unwrap();
        let path = Utf8Path::from_path(dir.path()).unwrap().join("shell é");
        let mac = mac_program(object::macho::CPU_TYPE_ARM64);
        fs_err::write(&path, mac).unwrap();
        let (mac, windows) = (target("macos-arm64"), target("windows-x86_64"));
        let file = Shell::File { path: path.clone() };
        let wheel = |target: &Target| Shell::Wheel {
            version: env!("CARGO_PKG_VERSION"),
            target: target.clone(),
        };
        let both = [mac.clone(), windows.clone()];
        assert_eq!(Shell::choose(Some(&path), &mac, &both).unwrap(), file);
        assert_eq!(Shell::choose(Some(&path), &windows, &both).unwrap(), wheel(&windows));
        assert_eq!(Shell::choose(None, &mac, &both).unwrap(), wheel(&mac));

        let error = Shell::choose(Some(&path), &windows, &both[1..]).unwrap_err();
        assert!(
            error.to_string().ends_with("is for macos-arm64, and the app is for windows-x86_64")
        );
        assert!(error.hint().unwrap().contains("leave `--shell` out"));
        // A stand-in serves where there is no choice.
        fs_err::write(&path, "stand-in").unwrap();
        assert_eq!(Shell::choose(Some(&path), &mac, &both[..1]).unwrap(), file);
        let error = Shell::choose(Some(&path), &mac, &both).unwrap_err();
        assert!(error.to_string().contains("is for no system that can be told"), "{error}");
        assert!(Shell::choose(Some(dir.path().try_into().unwrap()), &mac, &both).is_err());
    }
}
