use std::fmt;

use camino::Utf8Path;
use serde::Serialize;
use walkdir::WalkDir;

use crate::size;

/// How far below the top [`Weight`]'s text goes, and the least part of all that it names.
const DEPTH: usize = 4;
const LEAST: u64 = 100;

/// A file or folder of an installed app and how long it is.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Weight {
    /// Its name.
    pub name: String,
    /// Its length in bytes, with all that is in it. Links count nothing.
    pub bytes: u64,
    /// What is in it, the longest first.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub parts: Vec<Weight>,
}

impl Weight {
    /// The whole of `parts`.
    pub(crate) fn new(name: impl Into<String>, mut parts: Vec<Self>) -> Self {
        // By name where they are of one length, so that the order is the same each time.
        parts.sort_by(|one, other| {
            other.bytes.cmp(&one.bytes).then_with(|| one.name.cmp(&other.name))
        });
        let bytes = parts.iter().map(|part| part.bytes).sum();
        Self { name: name.into(), bytes, parts }
    }

    /// A file.
    pub(crate) fn file(name: impl Into<String>, bytes: u64) -> Self {
        Self { name: name.into(), bytes, parts: Vec::new() }
    }

    /// A folder. What can't be read weighs nothing.
    pub(crate) fn of(name: impl Into<String>, folder: &Utf8Path) -> Self {
        let entries = WalkDir::new(folder).min_depth(1).max_depth(1).into_iter().flatten();
        let parts = entries.filter_map(|entry| {
            let path = Utf8Path::from_path(entry.path())?;
            let name = path.file_name()?;
            if entry.file_type().is_dir() {
                return Some(Self::of(name, path));
            }
            let bytes = entry.file_type().is_file().then(|| entry.metadata().ok())??.len();
            Some(Self::file(name, bytes))
        });
        Self::new(name, parts.collect())
    }

    fn lines(&self, formatter: &mut fmt::Formatter<'_>, depth: usize, least: u64) -> fmt::Result {
        let indent = 2 * depth;
        writeln!(formatter, "{:>9}  {:indent$}{}", size(self.bytes), "", self.name)?;
        if depth == DEPTH {
            return Ok(());
        }
        let named = self.parts.iter().take_while(|part| part.bytes >= least).count();
        for part in &self.parts[..named] {
            part.lines(formatter, depth + 1, least)?;
        }
        let rest = &self.parts[named..];
        let bytes: u64 = rest.iter().map(|part| part.bytes).sum();
        if named > 0 && bytes > 0 {
            let others = if rest.len() == 1 { "other" } else { "others" };
            let name = format!("{} {others}", rest.len());
            Self::file(name, bytes).lines(formatter, depth + 1, u64::MAX)?;
        }
        Ok(())
    }
}

/// A tree, down to the parts that are a hundredth of the whole.
impl fmt::Display for Weight {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.lines(formatter, 0, (self.bytes / LEAST).max(1))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longest_stand_first_and_the_small_ones_together() {
        let mut small: Vec<Weight> =
            (0..30).map(|number| Weight::file(format!("{number}.py"), 10)).collect();
        small.push(Weight::file("big.so", 50_000));
        let packages = Weight::new("site-packages", small);
        let all = Weight::new("App", vec![Weight::file("shell", 49_700), packages]);
        let expected = "   100 kB  App\n  50.3 kB    site-packages\n  50.0 kB      big.so\n\
                        \x20   300 B      30 others\n  49.7 kB    shell\n";
        assert_eq!(all.to_string(), expected);
    }

    #[test]
    fn a_folder_weighs_what_is_in_it() {
        let folder = tempfile::tempdir().unwrap();
        let root = Utf8Path::from_path(folder.path()).unwrap();
        fs_err::create_dir_all(root.join("a/b")).unwrap();
        fs_err::write(root.join("a/b/x"), [0; 7]).unwrap();
        fs_err::write(root.join("y"), [0; 3]).unwrap();
        let weight = Weight::of("top", root);
        assert_eq!(weight.bytes, 10);
        assert_eq!(weight.parts[0].parts[0].parts, [Weight::file("x", 7)]);
        assert_eq!(weight.parts[1], Weight::file("y", 3));
    }
}
