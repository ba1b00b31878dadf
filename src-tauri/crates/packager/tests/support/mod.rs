//! Projects and settings for the tests.

use camino::{Utf8Path, Utf8PathBuf};
use waterskin_installers::{Compression, FormatOptions, deb::DebOptions, format_named};
use waterskin_packager::Settings;
use waterskin_streamlit::NEWEST_TESTED;

/// A folder that is removed at the end. Its name has what breaks careless code.
pub struct Folder {
    _dir: tempfile::TempDir,
    pub path: Utf8PathBuf,
}

pub fn folder() -> Folder {
    let dir = tempfile::Builder::new().prefix("it's a \"Test\" é ").tempdir().unwrap();
    let path = Utf8PathBuf::from_path_buf(dir.path().to_owned()).unwrap();
    Folder { path: path.canonicalize_utf8().unwrap(), _dir: dir }
}

impl Folder {
    /// Writes files, with the folders that they need. `[STREAMLIT]` in them stands for the newest that
    /// is tested.
    pub fn write(&self, files: &[(&str, &str)]) -> &Self {
        for (name, text) in files {
            let path = self.path.join(name);
            fs_err::create_dir_all(path.parent().unwrap()).unwrap();
            fs_err::write(path, text.replace("[STREAMLIT]", NEWEST_TESTED)).unwrap();
        }
        self
    }

    /// Copies a project of the tests, `tests/apps/NAME`.
    pub fn copy_app(&self, name: &str) -> &Self {
        let from = Utf8PathBuf::from(std::env::var("CARGO_MANIFEST_DIR").unwrap())
            .join("../../../tests/apps")
            .join(name);
        let mut left = vec![(from, self.path.join(name))];
        while let Some((from, to)) = left.pop() {
            fs_err::create_dir_all(&to).unwrap();
            for entry in from.read_dir_utf8().unwrap() {
                let (entry, to) = (entry.unwrap(), to.clone());
                let to = to.join(entry.file_name());
                if entry.file_type().unwrap().is_dir() {
                    left.push((entry.into_path(), to));
                } else {
                    fs_err::copy(entry.path(), to).unwrap();
                }
            }
        }
        self
    }

    /// Settings for the project in `project`, with the output beside it.
    pub fn settings(&self, project: &str) -> Settings {
        Settings {
            path: self.path.join(project),
            output: self.path.join("out put"),
            shell: Some(shell()),
            cache_dir: Some(Utf8PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("cache é")),
            // The quickest: most tests look at the payload alone.
            formats: vec![format_named("deb").unwrap()],
            format_options: FormatOptions {
                deb: DebOptions { compression: Compression::Zstd(1) },
                ..FormatOptions::default()
            },
            no_try: true,
            ..Settings::default()
        }
    }
}

/// Any program serves as the shell, since it is only copied.
pub fn shell() -> Utf8PathBuf {
    let program = std::env::current_exe().unwrap();
    Utf8PathBuf::from_path_buf(program).unwrap()
}

/// An error with its causes and its hint, as the command line shows it.
pub fn report(error: &dyn std::error::Error, hint: Option<String>) -> String {
    let mut text = format!("error: {error}\n");
    let mut cause = error.source();
    while let Some(error) = cause {
        let error_text = error.to_string();
        text.push_str(&format!("  caused by: {}\n", error_text.trim_end()));
        cause = error.source();
    }
    if let Some(hint) = hint {
        text.push_str(&format!("hint: {hint}\n"));
    }
    text
}

/// The names in a folder, sorted.
pub fn names(folder: &Utf8Path) -> Vec<String> {
    let mut names: Vec<String> = folder
        .read_dir_utf8()
        .unwrap()
        .map(|entry| entry.unwrap().file_name().to_owned())
        .collect();
    names.sort();
    names
}
