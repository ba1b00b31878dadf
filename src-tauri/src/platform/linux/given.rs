//! The files that a person gives the page at a time, some of them in folders.

use std::path::{Path, PathBuf};

use walkdir::WalkDir;

/// How much goes to the page at a time. It reads all of it.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Files and folders.
    pub entries: usize,
    /// Bytes of all files.
    pub bytes: u64,
}

/// What a page can well bear.
pub const LIMITS: Limits = Limits { entries: 2_000, bytes: 1_000_000_000 };

/// A file.
#[derive(Debug, PartialEq, Eq)]
pub struct Given {
    /// Where it is.
    pub path: PathBuf,
    /// Its path from the folder that was given on, as web pages write it; empty for a file that was
    /// given by itself.
    pub relative: String,
}

/// It is more than the limits allow.
#[derive(Debug, PartialEq, Eq)]
pub struct TooMuch;

/// The files among these paths and in their folders, in the order of their names.
///
/// A folder gives the files that lie in it, and none that a link in it leads to: whoever made the
/// folder is not always the person who gives it, and a link may lead to a key. What the person chose
/// may itself be a link. What can't be read is left out, as browsers do. A file that was given by
/// itself has no limit, as in a dialog for files.
pub fn files(paths: &[PathBuf], limits: Limits) -> Result<Vec<Given>, TooMuch> {
    let (mut found, mut entries, mut bytes) = (Vec::new(), 0, 0_u64);
    for path in paths {
        if !path.is_dir() {
            if path.is_file() {
                found.push(Given { path: path.clone(), relative: String::new() });
            }
            continue;
        }
        for entry in WalkDir::new(path).sort_by_file_name().into_iter().flatten() {
            entries += 1;
            // A link is no file here.
            if entry.file_type().is_file() {
                bytes = bytes.saturating_add(entry.metadata().map_or(0, |file| file.len()));
                let relative = relative(path, entry.path());
                found.push(Given { path: entry.into_path(), relative });
            }
            if entries > limits.entries || bytes > limits.bytes {
                return Err(TooMuch);
            }
        }
    }
    Ok(found)
}

fn relative(folder: &Path, file: &Path) -> String {
    let from = folder.parent().unwrap_or(folder);
    file.strip_prefix(from).unwrap_or(file).to_string_lossy().into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tree() -> tempfile::TempDir {
        let place = tempfile::tempdir().unwrap();
        let folder = place.path().join("Ördner 1");
        fs_err::create_dir_all(folder.join("below")).unwrap();
        fs_err::write(folder.join("one.txt"), "eins").unwrap();
        fs_err::write(folder.join("below/two.bin"), [7; 30]).unwrap();
        std::os::unix::fs::symlink(&folder, folder.join("below/round")).unwrap();
        fs_err::write(place.path().join("alone"), [7; 500]).unwrap();
        place
    }

    #[test]
    fn a_folder_gives_its_files_with_their_places() {
        let place = tree();
        let paths = [place.path().join("Ördner 1"), place.path().join("alone"), "/nowhere".into()];
        let found = files(&paths, LIMITS).unwrap();
        let found: Vec<_> = found.iter().map(|it| it.relative.as_str()).collect();
        assert_eq!(found, ["Ördner 1/below/two.bin", "Ördner 1/one.txt", ""]);
    }

    #[test]
    fn a_folder_gives_no_file_that_a_link_leads_to() {
        use std::os::unix::fs::symlink;
        let place = tree();
        let folder = place.path().join("Ördner 1");
        fs_err::write(place.path().join("id_ed25519"), "a secret").unwrap();
        symlink(place.path().join("id_ed25519"), folder.join("notes.txt")).unwrap();
        symlink("../../id_ed25519", folder.join("below/notes.txt")).unwrap();
        symlink(folder.join("one.txt"), folder.join("inside.txt")).unwrap();
        let limits = Limits { entries: 8, bytes: 34 };
        let names = |paths: &[PathBuf]| -> Vec<String> {
            files(paths, limits).unwrap().into_iter().map(|it| it.relative).collect()
        };
        assert_eq!(
            names(std::slice::from_ref(&folder)),
            ["Ördner 1/below/two.bin", "Ördner 1/one.txt"]
        );
        // What the person gave is theirs to give, be it by a link.
        let link = place.path().join("link");
        symlink(&folder, &link).unwrap();
        assert_eq!(names(&[link]), ["link/below/two.bin", "link/one.txt"]);
        assert_eq!(names(&[folder.join("notes.txt")]), [""]);
    }

    #[test]
    fn too_much_is_not_begun_with() {
        let place = tree();
        let paths = [place.path().join("Ördner 1"), place.path().join("alone")];
        // The folder, the one below it, the link, and two files.
        for (entries, bytes, fits) in [(5, 34, true), (4, 34, false), (5, 33, false)] {
            let found = files(&paths, Limits { entries, bytes });
            assert_eq!(found.is_ok(), fits, "{entries} entries, {bytes} bytes: {found:?}");
        }
    }
}
