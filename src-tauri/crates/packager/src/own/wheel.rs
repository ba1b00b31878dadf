use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::io::{self, Read as _, Write as _};

use camino::{Utf8Path, Utf8PathBuf};
use waterskin_bundle::{Digest, Layout, Recorded, Target};
use waterskin_project::module_of;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, ZipArchive, ZipWriter};

use crate::elf::{Elf, Native};

/// The files of a wheel by their names in it, its record apart.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct WheelFiles(pub BTreeMap<String, WheelFile>);

/// One of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct WheelFile {
    pub content: Vec<u8>,
    pub executable: bool,
}

/// The source of a distribution.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Source<'a> {
    /// Its folder, absolute.
    pub folder: &'a Utf8Path,
    /// The files in it that come along, relative to the folder.
    pub files: &'a [Utf8PathBuf],
    /// The folder's own path in the project, when it is there.
    pub in_project: Option<&'a Utf8Path>,
}

impl WheelFiles {
    /// Tells these files from any others.
    pub fn digest(&self) -> Digest {
        let mut text = String::new();
        for (name, file) in &self.0 {
            let content = Digest::of(&file.content);
            text.push_str(&format!("{name} {} {}\n", file.executable, content.as_str()));
        }
        Digest::of(text.as_bytes())
    }

    /// Reads a wheel.
    pub fn read(path: &Utf8Path) -> io::Result<Self> {
        let mut archive = ZipArchive::new(File::open(path)?).map_err(io::Error::other)?;
        let mut files = BTreeMap::new();
        for index in 0..archive.len() {
            let mut file = archive.by_index(index).map_err(io::Error::other)?;
            // What leads out of the archive has no name here.
            if file.is_dir() || file.enclosed_name().is_none() {
                continue;
            }
            let executable = file.unix_mode().is_some_and(|mode| mode & 0o111 != 0);
            let name = file.name().map_err(io::Error::other)?.into_owned();
            let mut content = Vec::new();
            file.read_to_end(&mut content)?;
            if !is_record(&name) {
                files.insert(name, WheelFile { content, executable });
            }
        }
        Ok(Self(files))
    }

    /// Writes a wheel, the same bytes for the same files.
    pub fn write(&self, path: &Utf8Path) -> io::Result<()> {
        let mut archive = ZipWriter::new(File::create(path)?);
        let options = SimpleFileOptions::default()
            .compression_method(CompressionMethod::Stored)
            .last_modified_time(DateTime::default());
        for (name, file) in &self.0 {
            let mode = if file.executable { 0o755 } else { 0o644 };
            let large = u32::try_from(file.content.len()).is_err();
            let options = options.unix_permissions(mode).large_file(large);
            archive.start_file(name.as_str(), options).map_err(io::Error::other)?;
            archive.write_all(&file.content)?;
        }
        let record = format!("{}/{}", self.info(), Layout::RECORD);
        let with_hash = |(name, file): (&String, &WheelFile)| {
            let quoted = name.replace('"', "\"\"");
            let line = Recorded::parse(&format!("\"{quoted}\",sha256=,\n")).into_iter().next();
            line.map(|line| line.with(&file.content))
        };
        let mut lines: Vec<Recorded> = self.0.iter().filter_map(with_hash).collect();
        lines.extend(Recorded::parse(&format!("{record},,\n")));
        archive.start_file(record, options.unix_permissions(0o644)).map_err(io::Error::other)?;
        archive.write_all(Recorded::to_text(lines).as_bytes())?;
        archive.finish().map_err(io::Error::other)?.sync_all()
    }

    /// What the compiled code in it asks of a system.
    pub fn native(&self, target: &Target) -> Native {
        let files = self.0.iter().filter(|(name, _)| Native::may_be(name.as_str().into()));
        let read = files.filter_map(|(name, file)| {
            Some((Utf8Path::new(name.as_str()), Elf::of(&file.content)?))
        });
        Native::of(read, target)
    }

    /// The folder of the metadata.
    fn info(&self) -> &str {
        let tops = self.0.keys().filter_map(|name| name.split_once('/'));
        tops.map(|(top, _)| top).find(|top| top.ends_with(".dist-info")).unwrap_or_default()
    }

    /// The modules that can be imported once it is installed.
    pub fn modules(&self) -> BTreeSet<String> {
        let tops = self.0.keys().filter(|name| is_code(name)).filter_map(|name| top_module(name));
        tops.map(str::to_owned).collect()
    }

    /// The same as an editable install has it, in which a package finds all that lies beside its
    /// modules, declared or not.
    ///
    /// Where the source is in the project and has all of the modules, these stay in the app's own
    /// files and are only put on the path: then what a package looks for above itself is there too.
    /// Else what lies beside them in the source is added.
    pub fn as_editable(&self, name: &str, source: &Source<'_>) -> io::Result<Self> {
        let roots = roots(self.0.keys().map(String::as_str), source.files);
        let mut made = self.clone();
        if let Some(folder) = source.in_project
            && self.is_all_in(source, &roots)?
        {
            made.0.retain(|name, _| !is_code(name));
            let places: BTreeSet<Utf8PathBuf> =
                roots.values().map(|root| folder.join(root)).collect();
            let lines: String = places.iter().map(|place| path_line(place)).collect();
            let file = WheelFile { content: lines.into_bytes(), executable: false };
            made.0.insert(format!("__editable__.{name}.pth"), file);
            return Ok(made);
        }
        for (name, path) in beside(&roots, source.files) {
            let path = source.folder.join(path);
            if path.is_file() && !made.0.contains_key(&name) {
                let executable = is_executable(&path);
                made.0.insert(name, WheelFile { content: fs_err::read(path)?, executable });
            }
        }
        Ok(made)
    }

    /// Whether each module of the wheel is in the source as it is, so that nothing was made of it.
    fn is_all_in(
        &self,
        source: &Source<'_>,
        roots: &BTreeMap<String, Utf8PathBuf>,
    ) -> io::Result<bool> {
        for (name, file) in self.0.iter().filter(|(name, _)| is_code(name)) {
            let Some(root) = roots.get(first(name)) else { return Ok(false) };
            let path = root.join(name);
            if !source.files.contains(&path)
                || fs_err::read(source.folder.join(path))? != file.content
            {
                return Ok(false);
            }
        }
        Ok(!roots.is_empty())
    }
}

/// A line of a `.pth` file in `site-packages` that leads to a folder of the app. A line that began
/// with `import` would be run.
fn path_line(place: &Utf8Path) -> String {
    format!(
        "{}\n",
        Utf8Path::new("..").join(Layout::APP).join(place).as_str().trim_end_matches('/')
    )
}

fn is_record(name: &str) -> bool {
    name.split_once('/').is_some_and(|(top, file)| {
        top.ends_with(".dist-info") && file.starts_with(Layout::RECORD) && !file.contains('/')
    })
}

/// Whether the file is neither metadata nor one for a place of its own (PEP 427).
fn is_code(name: &str) -> bool {
    let top = first(name);
    !(top.ends_with(".dist-info") || top.ends_with(".data"))
}

fn first(name: &str) -> &str {
    name.split('/').next().unwrap_or(name)
}

fn top_module(name: &str) -> Option<&str> {
    let top = first(name);
    if top.len() < name.len() { Some(top) } else { module_of(top.into()) }
}

/// The folder in the source, relative to it, from which each package and module of a wheel came:
/// the one in which most of its files are found.
fn roots<'n>(
    names: impl Iterator<Item = &'n str>,
    files: &[Utf8PathBuf],
) -> BTreeMap<String, Utf8PathBuf> {
    let names: BTreeSet<&str> = names.filter(|name| is_code(name)).collect();
    let mut counts: BTreeMap<(&str, &Utf8Path), usize> = BTreeMap::new();
    for file in files {
        for root in file.ancestors().skip(1) {
            let name = file.strip_prefix(root).unwrap_or(file).as_str();
            if let Some(name) = names.get(name) {
                *counts.entry((first(name), root)).or_default() += 1;
            }
        }
    }
    let mut best: BTreeMap<String, (usize, Utf8PathBuf)> = BTreeMap::new();
    for ((top, root), count) in counts {
        let known = best.entry(top.to_owned()).or_insert((0, Utf8PathBuf::new()));
        if count > known.0 {
            *known = (count, root.to_owned());
        }
    }
    best.into_iter().map(|(top, (_, root))| (top, root)).collect()
}

/// What lies beside the modules in the source, with the name that it gets in the wheel: all of a
/// package's folder, and of a folder that is there for packages alone, such as `src`, its modules.
fn beside(
    roots: &BTreeMap<String, Utf8PathBuf>,
    files: &[Utf8PathBuf],
) -> Vec<(String, Utf8PathBuf)> {
    let mut found = Vec::new();
    for file in files {
        for (top, root) in roots {
            let Ok(name) = file.strip_prefix(root) else { continue };
            let own = first(name.as_str()) == top.as_str() && name.as_str() != top.as_str();
            let for_packages = !root.as_str().is_empty() && top_module(name.as_str()).is_some();
            if own || for_packages {
                found.push((name.as_str().to_owned(), file.clone()));
            }
        }
    }
    found
}

#[cfg(unix)]
fn is_executable(path: &Utf8Path) -> bool {
    use std::os::unix::fs::PermissionsExt as _;
    fs_err::metadata(path).is_ok_and(|about| about.permissions().mode() & 0o100 != 0)
}

#[cfg(not(unix))]
fn is_executable(_: &Utf8Path) -> bool {
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wheel(files: &[(&str, &str)]) -> WheelFiles {
        let file = |text: &str| WheelFile { content: text.into(), executable: false };
        WheelFiles(files.iter().map(|(name, text)| ((*name).to_owned(), file(text))).collect())
    }

    fn source(files: &[(&str, &str)]) -> (tempfile::TempDir, Utf8PathBuf, Vec<Utf8PathBuf>) {
        let dir = tempfile::tempdir().unwrap();
        let root = Utf8PathBuf::from_path_buf(dir.path().to_owned()).unwrap();
        for (name, text) in files {
            let path = root.join(name);
            fs_err::create_dir_all(path.parent().unwrap()).unwrap();
            fs_err::write(path, text).unwrap();
        }
        let files = files.iter().map(|(name, _)| Utf8PathBuf::from(*name)).collect();
        (dir, root, files)
    }

    const WHEEL: [(&str, &str); 4] = [
        ("har/__init__.py", "1"),
        ("har/tides.py", "2"),
        ("har-1.0.dist-info/METADATA", "Name: har"),
        ("har-1.0.data/scripts/har", "3"),
    ];
    const SOURCE: [(&str, &str); 5] = [
        ("src/har/__init__.py", "1"),
        ("src/har/tides.py", "2"),
        ("src/har/data/é.csv", "3"),
        ("src/other.py", "4"),
        ("data/all.csv", "5"),
    ];

    #[test]
    fn a_wheel_is_written_and_read_the_same() {
        let (_dir, root, _) = source(&[]);
        let wheel = wheel(&[("a \"b\",é/x.py", "1"), ("a-1.dist-info/METADATA", "Name: a")]);
        let (one, two) = (root.join("1.whl"), root.join("2.whl"));
        wheel.write(&one).unwrap();
        wheel.write(&two).unwrap();
        assert_eq!(fs_err::read(&one).unwrap(), fs_err::read(&two).unwrap());
        assert_eq!(WheelFiles::read(&one).unwrap(), wheel);
        let mut archive = ZipArchive::new(File::open(&one).unwrap()).unwrap();
        let mut text = String::new();
        archive.by_name("a-1.dist-info/RECORD").unwrap().read_to_string(&mut text).unwrap();
        let hash = "a4ayc_80_OGda4BO_1o_V0etpOqiLx1JwB5S3beHW0s";
        assert!(text.contains(&format!("\"a \"\"b\"\",é/x.py\",sha256={hash},1\n")), "{text}");
    }

    #[test]
    fn modules_of_the_project_stay_where_they_are() {
        let (_dir, root, files) = source(&SOURCE);
        let in_project = Some(Utf8Path::new("libs/har bour"));
        let source = Source { folder: &root, files: &files, in_project };
        let made = wheel(&WHEEL).as_editable("har", &source).unwrap();
        let names: Vec<&str> = made.0.keys().map(String::as_str).collect();
        let kept =
            ["__editable__.har.pth", "har-1.0.data/scripts/har", "har-1.0.dist-info/METADATA"];
        assert_eq!(names, kept);
        let text = String::from_utf8_lossy(&made.0["__editable__.har.pth"].content).into_owned();
        assert_eq!(text, "../app/libs/har bour/src\n");
        assert_eq!(path_line("".into()), "../app\n");
    }

    #[test]
    fn what_is_made_of_a_source_comes_along_with_all_that_lies_beside() {
        let (_dir, root, files) = source(&SOURCE);
        let mut with_version = wheel(&WHEEL);
        with_version.0.extend(wheel(&[("har/_version.py", "made")]).0);
        let expected = [
            "har-1.0.data/scripts/har",
            "har-1.0.dist-info/METADATA",
            "har/__init__.py",
            "har/_version.py",
            "har/data/é.csv",
            "har/tides.py",
            "other.py",
        ];
        let in_project = Some(Utf8Path::new(""));
        for in_project in [in_project, None] {
            let source = Source { folder: &root, files: &files, in_project };
            let made = with_version.as_editable("har", &source).unwrap();
            assert_eq!(made.0.keys().map(String::as_str).collect::<Vec<_>>(), expected);
            assert_eq!(made.modules().into_iter().collect::<Vec<_>>(), ["har", "other"]);
        }
    }

    #[test]
    fn of_a_flat_source_only_the_packages_come_along() {
        let (_dir, root, files) = source(&[
            ("har/__init__.py", "1"),
            ("har/tides.py", "2"),
            ("har/x.txt", "3"),
            ("setup.py", "4"),
            ("tests/har/__init__.py", "1"),
        ]);
        let source = Source { folder: &root, files: &files, in_project: None };
        let made = wheel(&WHEEL[..3]).as_editable("har", &source).unwrap();
        let names: Vec<&str> = made.0.keys().map(String::as_str).collect();
        let expected =
            ["har-1.0.dist-info/METADATA", "har/__init__.py", "har/tides.py", "har/x.txt"];
        assert_eq!(names, expected);
    }
}
