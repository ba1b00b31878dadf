use std::collections::BTreeSet;
use std::io;

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use camino::{Utf8Path, Utf8PathBuf};
use sha2::{Digest as _, Sha256};
use walkdir::WalkDir;

use crate::Layout;

/// A line of a `RECORD` (PyPA's "Recording installed projects"): CSV of a path, `sha256=...` and a
/// length. The record itself and a few other files have neither hash nor length there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recorded {
    path: String,
    hash: String,
    length: String,
}

impl Recorded {
    /// The lines of a record. What is no line of one is left out.
    pub fn parse(text: &str) -> Vec<Self> {
        let mut reader = csv::ReaderBuilder::new();
        let mut reader = reader.has_headers(false).flexible(true).from_reader(text.as_bytes());
        let column =
            |line: &csv::StringRecord, at| line.get(at).unwrap_or_default().trim().to_owned();
        let lines = reader.records().filter_map(Result::ok).filter(|line| line.len() > 1);
        lines
            .map(|line| Self {
                path: column(&line, 0),
                hash: column(&line, 1),
                length: column(&line, 2),
            })
            .collect()
    }

    /// The text of a record, sorted by the paths.
    pub fn to_text(mut lines: Vec<Self>) -> String {
        lines.sort_unstable_by(|one, other| one.path.cmp(&other.path));
        let mut writer = csv::Writer::from_writer(Vec::new());
        for line in &lines {
            // Writing to a vector can't fail.
            let _ = writer.write_record([&line.path, &line.hash, &line.length]);
        }
        String::from_utf8(writer.into_inner().unwrap_or_default()).unwrap_or_default()
    }

    /// The path, relative to the folder that the record is about.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// The hash, such as `sha256=...`; empty where none was recorded.
    pub fn hash(&self) -> &str {
        &self.hash
    }

    /// The same file with this content; one without a hash stays so.
    #[must_use]
    pub fn with(self, content: &[u8]) -> Self {
        if self.expected().is_none() {
            return self;
        }
        Self::of(self.path, content)
    }

    fn of(path: String, content: &[u8]) -> Self {
        let hash = format!("sha256={}", URL_SAFE_NO_PAD.encode(Sha256::digest(content)));
        Self { path, hash, length: content.len().to_string() }
    }

    fn expected(&self) -> Option<&str> {
        self.hash.strip_prefix("sha256=")
    }

    fn is_intact(&self, root: &Utf8Path) -> bool {
        let file = root.join(&self.path);
        match self.expected() {
            Some(_) => {
                fs_err::File::open(file).and_then(hash_of).is_ok_and(|hash| hash == self.hash)
            }
            None => file.symlink_metadata().is_ok(),
        }
    }
}

/// The hash of a file's content as a record has it.
pub(crate) fn hash_of(mut file: impl io::Read) -> io::Result<String> {
    let mut hasher = Sha256::new();
    io::copy(&mut file, &mut hasher)?;
    Ok(format!("sha256={}", URL_SAFE_NO_PAD.encode(hasher.finalize())))
}

/// Writes the record of every file below `folder` into `root`, which is `folder` or above it.
/// A tree's digest can't say which file was changed; this can.
pub fn write_record(root: &Utf8Path, folder: &Utf8Path) -> io::Result<()> {
    let mut lines = Vec::new();
    for entry in WalkDir::new(folder).min_depth(1) {
        let entry = entry?;
        let path = Utf8Path::from_path(entry.path())
            .ok_or_else(|| io::Error::other("a name that is not UTF-8"))?;
        let name = path.strip_prefix(root).unwrap_or(path).as_str().replace('\\', "/");
        if entry.file_type().is_symlink() {
            lines.push(Recorded { path: name, hash: String::new(), length: String::new() });
        } else if entry.file_type().is_file() {
            let hash = hash_of(fs_err::File::open(path)?)?;
            lines.push(Recorded { path: name, hash, length: entry.metadata()?.len().to_string() });
        }
    }
    fs_err::write(root.join(Layout::RECORD), Recorded::to_text(lines))
}

/// The first file in a payload's tree that is missing or not what its record says: of the
/// interpreter in its own record, of the app in the payload's, and of `site-packages` in those of
/// the distributions, which the packager writes anew when it has removed or shortened files.
///
/// What Python made of a source comes last: the name of the source tells more.
pub(crate) fn first_changed(layout: &Layout, tree: &str) -> Option<Utf8PathBuf> {
    let records = match tree {
        Layout::PYTHON => vec![(layout.python(), layout.python().join(Layout::RECORD))],
        Layout::SITE_PACKAGES => distributions(&layout.site_packages())?,
        _ => vec![(layout.root().to_owned(), layout.root().join(Layout::RECORD))],
    };
    let mut compiled = None;
    for (root, record) in records {
        let Ok(text) = fs_err::read_to_string(&record) else { return Some(record) };
        for line in Recorded::parse(&text) {
            if line.is_intact(&root) {
                continue;
            }
            let file = root.join(&line.path);
            if file.extension() != Some("pyc") {
                return Some(file);
            }
            compiled.get_or_insert(file);
        }
    }
    compiled
}

/// The files in the app's folder of which its record does not speak, in the order of their paths.
pub(crate) fn made(layout: &Layout) -> Vec<Utf8PathBuf> {
    let text = fs_err::read_to_string(layout.root().join(Layout::RECORD)).unwrap_or_default();
    let lines = Recorded::parse(&text);
    let known: BTreeSet<Utf8PathBuf> =
        lines.iter().map(|line| layout.root().join(line.path())).collect();
    let files = WalkDir::new(layout.app()).sort_by_file_name().into_iter().flatten();
    files
        .filter(|entry| !entry.file_type().is_dir())
        .filter_map(|entry| Utf8PathBuf::from_path_buf(entry.into_path()).ok())
        .filter(|path| !known.contains(path))
        .collect()
}

/// Whether Python runs such a file, or may: it is no data.
pub(crate) fn is_code(path: &Utf8Path) -> bool {
    matches!(path.extension(), Some("py" | "pyc" | "pyd" | "so" | "pth"))
}

/// The folder that the records of the distributions are about, and each of these.
fn distributions(site_packages: &Utf8Path) -> Option<Vec<(Utf8PathBuf, Utf8PathBuf)>> {
    let mut records: Vec<_> = site_packages
        .read_dir_utf8()
        .ok()?
        .filter_map(|entry| Some(entry.ok()?.into_path()))
        .filter(|folder| folder.extension() == Some("dist-info"))
        .map(|folder| (site_packages.to_owned(), folder.join(Layout::RECORD)))
        .collect();
    records.sort_unstable();
    Some(records)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Windows takes no quotes in a name.
    const PAGE: &str = if cfg!(windows) { "pages/1, één.py" } else { "pages/1, \"één\".py" };

    fn payload(files: &[(&str, &str)]) -> (tempfile::TempDir, Layout) {
        let folder = tempfile::tempdir().unwrap();
        let root = Utf8Path::from_path(folder.path()).unwrap();
        let layout = Layout::new(root);
        for (name, text) in files {
            let path = root.join(name);
            fs_err::create_dir_all(path.parent().unwrap()).unwrap();
            fs_err::write(path, text).unwrap();
        }
        (folder, layout)
    }

    #[test]
    fn a_record_is_read_and_written_in_its_form() {
        let text = "b.py,sha256=x,1\r\n\"a, \"\"q\"\".py\",sha256=z,9\nno line\nRECORD,,\n";
        let lines = Recorded::parse(text);
        let paths: Vec<_> = lines.iter().map(Recorded::path).collect();
        assert_eq!(paths, ["b.py", "a, \"q\".py", "RECORD"]);
        let expected = "RECORD,,\n\"a, \"\"q\"\".py\",sha256=z,9\nb.py,sha256=x,1\n";
        assert_eq!(Recorded::to_text(lines), expected);
        let anew = Recorded::parse(text).into_iter().map(|line| line.with(b"")).collect();
        let empty = "sha256=47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU,0";
        assert_eq!(
            Recorded::to_text(anew),
            format!("RECORD,,\n\"a, \"\"q\"\".py\",{empty}\nb.py,{empty}\n")
        );
    }

    #[test]
    fn the_changed_file_of_a_distribution_is_named() {
        let hash = URL_SAFE_NO_PAD.encode(Sha256::digest("x = 1\n"));
        let record = format!("\"a, b.py\",sha256={hash},6\nc.py,,\nx-1.dist-info/RECORD,,\n");
        let (_folder, layout) = payload(&[
            ("site-packages/x-1.dist-info/RECORD", &record),
            ("site-packages/a, b.py", "x = 1\n"),
            ("site-packages/c.py", ""),
        ]);
        let root = layout.site_packages();
        let changed = || first_changed(&layout, Layout::SITE_PACKAGES);
        assert_eq!(changed(), None);
        fs_err::write(root.join("a, b.py"), "x = 2\n").unwrap();
        assert_eq!(changed(), Some(root.join("a, b.py")));
        fs_err::write(root.join("a, b.py"), "x = 1\n").unwrap();
        fs_err::remove_file(root.join("c.py")).unwrap();
        assert_eq!(changed(), Some(root.join("c.py")));
    }

    #[test]
    fn the_changed_file_of_the_interpreter_or_the_app_is_named() {
        let (_folder, layout) = payload(&[
            ("python/bin/python3", "binary"),
            ("python/lib/python3.11/json/__pycache__/decoder.cpython-311.pyc", "code"),
            ("python/lib/python3.11/json/decoder.py", "source"),
            (&format!("app/{PAGE}"), "page"),
            ("elsewhere", ""),
        ]);
        let (python, app) = (layout.python(), layout.app());
        write_record(&python, &python).unwrap();
        write_record(layout.root(), &app).unwrap();
        assert_eq!(first_changed(&layout, Layout::PYTHON), None);
        assert_eq!(first_changed(&layout, Layout::APP), None);

        let page = app.join(PAGE);
        fs_err::write(&page, "").unwrap();
        assert_eq!(first_changed(&layout, Layout::APP), Some(page));
        let compiled = python.join("lib/python3.11/json/__pycache__/decoder.cpython-311.pyc");
        fs_err::remove_file(&compiled).unwrap();
        assert_eq!(first_changed(&layout, Layout::PYTHON), Some(compiled));
        let source = python.join("lib/python3.11/json/decoder.py");
        fs_err::write(&source, "sourcE").unwrap();
        assert_eq!(first_changed(&layout, Layout::PYTHON), Some(source));
        fs_err::remove_file(python.join(Layout::RECORD)).unwrap();
        assert_eq!(first_changed(&layout, Layout::PYTHON), Some(python.join(Layout::RECORD)));
    }

    #[cfg(unix)]
    #[test]
    fn a_link_is_recorded_as_being_there() {
        let (_folder, layout) = payload(&[("python/bin/python3.11", "binary")]);
        let python = layout.python();
        std::os::unix::fs::symlink("python3.11", python.join("bin/python3")).unwrap();
        write_record(&python, &python).unwrap();
        let text = fs_err::read_to_string(python.join(Layout::RECORD)).unwrap();
        assert!(text.starts_with("bin/python3,,\nbin/python3.11,sha256="), "{text}");
        fs_err::remove_file(python.join("bin/python3")).unwrap();
        let missing = Some(python.join("bin/python3"));
        assert_eq!(first_changed(&layout, Layout::PYTHON), missing);
    }
}
