use std::borrow::Cow;
use std::fmt;

use serde::Serialize;

/// What is between the names of one package, as between alternatives in a field of a Debian package
/// (Debian Policy 7.1).
const OR: &str = " | ";

/// A package of the system's, by all names that Debian's and Ubuntu's releases have for it, the newest
/// first: `libgl1 | libgl1-mesa-glx`.
///
/// These are the names in which projects speak: `packages.txt` is a list for Debian, as Streamlit's
/// hosting reads it. What another system calls the same is known to that system's format.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct SystemPackage(Cow<'static, str>);

impl SystemPackage {
    /// The package of this name, or of these names with ` | ` between them.
    pub fn new(names: impl Into<Cow<'static, str>>) -> Self {
        Self(names.into())
    }

    /// The package of this name that newer releases call `newer`.
    pub fn renamed(name: &str, newer: &str) -> Self {
        Self(format!("{newer}{OR}{name}").into())
    }

    /// The names, the newest first.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.0.split(OR).map(str::trim)
    }

    /// The newest of the names.
    pub fn newest(&self) -> &str {
        self.names().next().unwrap_or_default()
    }

    /// Whether both are one package: one name of theirs is the same.
    pub fn is(&self, other: &Self) -> bool {
        self.names().any(|name| other.names().any(|its| its == name))
    }

    /// All names, as a field of a Debian package has them.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for SystemPackage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl PartialEq<&str> for SystemPackage {
    fn eq(&self, other: &&str) -> bool {
        self.0 == *other
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_package_is_the_same_by_each_of_its_names() {
        let gl = SystemPackage::renamed("libgl1-mesa-glx", "libgl1");
        assert_eq!(gl, "libgl1 | libgl1-mesa-glx");
        assert_eq!(gl.newest(), "libgl1");
        assert_eq!(gl.names().collect::<Vec<_>>(), ["libgl1", "libgl1-mesa-glx"]);
        assert!(gl.is(&SystemPackage::new("libgl1-mesa-glx")));
        assert!(!gl.is(&SystemPackage::new("libgl")));
    }
}
