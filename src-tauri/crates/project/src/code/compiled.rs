//! Modules of a project without their source: extensions and bytecode.

use camino::{Utf8Path, Utf8PathBuf};

use crate::files::ProjectFiles;

/// Endings of files that an import takes: sources, extensions of Unix and Windows, bytecode.
const ENDINGS: [&str; 4] = ["py", "so", "pyd", "pyc"];

/// The name by which an import finds this file, such as `fast` for
/// `fast.cpython-311-x86_64-linux-gnu.so`.
pub fn module_of(file: &Utf8Path) -> Option<&str> {
    let ending = file.extension().is_some_and(|ending| ENDINGS.contains(&ending));
    let name = file.file_name().filter(|_| ending)?;
    name.split('.').next().filter(|name| !name.is_empty())
}

/// The minor version of CPython 3 that a file's name says it is for: `.cpython-311-…so` (PEP 3149),
/// `.cp311-win_amd64.pyd`. One with `abi3` is for many.
fn minor_of_name(file: &Utf8Path) -> Option<u8> {
    let tag = file.file_name()?.split('.').rev().nth(1)?;
    let version = tag.strip_prefix("cpython-").or_else(|| tag.strip_prefix("cp"))?;
    let digits = version.strip_prefix('3')?;
    digits[..digits.find(|c: char| !c.is_ascii_digit()).unwrap_or(digits.len())].parse().ok()
}

/// The minor version of CPython 3 that wrote this bytecode, by its first bytes
/// (`Include/internal/pycore_magic_number.h`; each minor version has fifty numbers from 3.11 on).
fn minor_of_bytecode(head: &[u8]) -> Option<u8> {
    let [low, high, b'\r', b'\n', ..] = head else { return None };
    match u16::from_le_bytes([*low, *high]) {
        3430..=3439 => Some(10),
        number @ 3450.. => u8::try_from(11 + (number - 3450) / 50).ok(),
        _ => None,
    }
}

/// Each compiled module among the files of the project in `root` that is for one version of Python
/// alone, and the minor one of that.
pub(crate) fn versions(root: &Utf8Path, files: &ProjectFiles) -> Vec<(Utf8PathBuf, u8)> {
    let minor = |path: &Utf8Path| match path.extension()? {
        "so" | "pyd" => minor_of_name(path),
        "pyc" => minor_of_bytecode(&fs_err::read(root.join(path)).ok()?),
        _ => None,
    };
    let paths = files.files.iter().map(|file| &file.path);
    paths.filter_map(|path| Some((path.clone(), minor(path)?))).collect()
}

/// The versions of Python that all of these modules are for, as in `requires-python`. `None` where
/// there are none, or of several versions.
pub(crate) fn requires(versions: &[(Utf8PathBuf, u8)]) -> Option<String> {
    let (_, first) = versions.first()?;
    let same = versions.iter().all(|(_, minor)| minor == first);
    same.then(|| format!("==3.{first}.*"))
}

/// What the author should know of modules that the chosen Python can't import.
pub(crate) fn note(versions: &[(Utf8PathBuf, u8)], minor: u8) -> Option<String> {
    // The same module may be there for several versions.
    let serves = |file: &Utf8Path| {
        let same = |other: &Utf8Path| {
            other.parent() == file.parent() && module_of(other) == module_of(file)
        };
        versions.iter().any(|(other, of)| *of == minor && same(other))
    };
    let (file, of) = versions.iter().find(|(file, of)| *of != minor && !serves(file))?;
    Some(format!(
        "`{file}` is compiled for Python 3.{of} and can't be imported by 3.{minor}; `--python-version 3.{of}` takes that one"
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn modules_and_the_versions_that_they_are_for() {
        for (file, module, minor) in [
            ("a/fast.cpython-311-x86_64-linux-gnu.so", Some("fast"), Some(11)),
            ("fast.cp312-win_amd64.pyd", Some("fast"), Some(12)),
            ("fast.cp313t-win_amd64.pyd", Some("fast"), Some(13)),
            ("fast.abi3.so", Some("fast"), None),
            ("fast.so", Some("fast"), None),
            ("plain.py", Some("plain"), None),
            ("old.pyc", Some("old"), None),
            ("data.csv", None, None),
            (".so", None, None),
        ] {
            assert_eq!(module_of(file.into()), module, "{file}");
            assert_eq!(minor_of_name(file.into()), minor, "{file}");
        }
        // What CPython 3.10 to 3.14 write (`importlib.util.MAGIC_NUMBER`).
        for (magic, minor) in [(3439, 10), (3495, 11), (3531, 12), (3571, 13), (3627, 14)] {
            let [low, high] = u16::to_le_bytes(magic);
            assert_eq!(minor_of_bytecode(&[low, high, 13, 10, 0]), Some(minor));
        }
        assert_eq!(minor_of_bytecode(b""), None);
        assert_eq!(minor_of_bytecode(&[0xff, 0x0d, 0, 0]), None);
    }

    #[test]
    fn compiled_modules_decide_about_python_and_those_of_another_are_named() {
        let of = |list: &[(&str, u8)]| -> Vec<(Utf8PathBuf, u8)> {
            list.iter().map(|(path, minor)| ((*path).into(), *minor)).collect()
        };
        let one = of(&[("a.cpython-311-x.so", 11), ("b.pyc", 11)]);
        assert_eq!(requires(&one).as_deref(), Some("==3.11.*"));
        assert_eq!(note(&one, 11), None);
        assert!(
            note(&one, 12).unwrap().starts_with("`a.cpython-311-x.so` is compiled for Python 3.11")
        );
        let several = of(&[("a.cpython-311-x.so", 11), ("a.cpython-312-x.so", 12)]);
        assert_eq!(requires(&several), None);
        assert_eq!(note(&several, 12), None);
        assert!(note(&several, 13).is_some());
        assert_eq!(requires(&[]), None);
    }
}
