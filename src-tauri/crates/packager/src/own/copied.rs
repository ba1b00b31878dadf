use camino::{Utf8Path, Utf8PathBuf};
use waterskin_project::Copied;

use super::wheel::{WheelFile, WheelFiles};

/// The wheel of the source in `folder`, with those of `files` that are its modules.
pub(super) fn wheel(
    copied: &Copied,
    folder: &Utf8Path,
    files: &[Utf8PathBuf],
) -> std::io::Result<WheelFiles> {
    let mut made = WheelFiles::default();
    for file in files {
        let Some(name) = copied.module(file) else { continue };
        let path = folder.join(file);
        if path.is_file() {
            let file = WheelFile { content: fs_err::read(path)?, executable: false };
            made.0.insert(name.as_str().to_owned(), file);
        }
    }
    let info = format!("{}-{}.dist-info", copied.name, copied.version);
    let wheel =
        "Wheel-Version: 1.0\nGenerator: waterskin\nRoot-Is-Purelib: true\nTag: py3-none-any\n";
    let texts = [
        ("METADATA", copied.metadata.as_str()),
        ("WHEEL", wheel),
        ("entry_points.txt", &copied.entry_points),
    ];
    for (name, text) in texts.into_iter().filter(|(_, text)| !text.is_empty()) {
        let file = WheelFile { content: text.into(), executable: false };
        made.0.insert(format!("{info}/{name}"), file);
    }
    Ok(made)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_source_that_needs_no_build_is_copied_with_its_metadata() {
        let text = "[project]\nname = 'Har-bour'\nversion = '1.0.0-rc1'\ndependencies = ['tabulate>=0.9']\n\
             [project.optional-dependencies]\nx = [\"six ; os_name == 'nt'\"]\n[project.scripts]\nhar = 'har:main'\n\
             [project.entry-points.'har.plugins']\none = 'har.one'\n";
        let files = ["src/har/__init__.py", "src/har/x.csv", "README.md"];
        let dir = tempfile::tempdir().unwrap();
        let root = Utf8Path::from_path(dir.path()).unwrap();
        fs_err::create_dir_all(root.join("src/har")).unwrap();
        files.iter().for_each(|file| fs_err::write(root.join(file), "1").unwrap());
        fs_err::write(root.join("pyproject.toml"), text).unwrap();
        let copied = Copied::read(root).unwrap();
        assert_eq!(copied.file_name(), "har_bour-1.0.0rc1-py3-none-any.whl");
        let paths: Vec<Utf8PathBuf> = files.iter().map(|file| (*file).into()).collect();
        let wheel = wheel(&copied, root, &paths).unwrap();
        let text = |name: &str| String::from_utf8_lossy(&wheel.0[name].content).into_owned();
        let info = "har_bour-1.0.0rc1.dist-info";
        assert_eq!(
            text(&format!("{info}/METADATA")),
            "Metadata-Version: 2.1\nName: Har-bour\nVersion: 1.0.0rc1\nRequires-Dist: tabulate>=0.9\n\
             Provides-Extra: x\nRequires-Dist: six ; (os_name == 'nt') and extra == 'x'\n"
        );
        assert_eq!(
            text(&format!("{info}/entry_points.txt")),
            "[console_scripts]\nhar = har:main\n[har.plugins]\none = har.one\n"
        );
        let names: Vec<&str> =
            wheel.0.keys().map(String::as_str).filter(|it| !it.starts_with(info)).collect();
        assert_eq!(names, ["har/__init__.py", "har/x.csv"]);
    }
}
