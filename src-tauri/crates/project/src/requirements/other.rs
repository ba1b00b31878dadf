//! Lists of requirements under other names than the usual ones.

use camino::{Utf8Path, Utf8PathBuf};

use crate::requirements::line::name_of;
use crate::requirements::pip::PipList;

/// The lock of PEP 751 in `folder`: `pylock.toml`, or the only one with a name of its own, such as
/// `pylock.app.toml`.
pub(crate) fn pylock(folder: &Utf8Path) -> Option<Utf8PathBuf> {
    let usual = folder.join("pylock.toml");
    if usual.is_file() {
        return Some(usual);
    }
    let mut named = files(folder).into_iter().filter(|file| {
        let name = file.file_name().unwrap_or_default();
        let inner = name.strip_prefix("pylock.").and_then(|it| it.strip_suffix(".toml"));
        inner.is_some_and(|inner| !inner.is_empty() && !inner.contains('.'))
    });
    named.next().filter(|_| named.next().is_none())
}

/// What tells a list for running an app from others, best first. The last is any.
const WORDS: [&str; 11] = [
    "streamlit",
    "app",
    "prod",
    "deploy",
    "run",
    "main",
    "requirements",
    "base",
    "common",
    "core",
    "",
];
/// What a list for another purpose is called.
const OTHERS: [&str; 9] =
    ["test", "dev", "doc", "lint", "ci", "constraint", "build", "type", "old"];

/// The lists of pip's in `folder`, and in a folder of it that is there for them, that bring Streamlit:
/// such as `requirements-prod.txt` or `requirements/base.txt`. The one that is most likely for the
/// app comes first.
pub(crate) fn pip(root: &Utf8Path, folder: &Utf8Path) -> Vec<Utf8PathBuf> {
    let inner = ["requirements", "reqs", "requirement"].map(|name| folder.join(name));
    let inner = inner.iter().flat_map(|folder| files(folder));
    let beside = files(folder).into_iter().filter(|file| {
        let stem = file.file_stem().unwrap_or_default().to_lowercase();
        stem.contains("requirement") || stem.starts_with("reqs")
    });
    let mut found: Vec<(usize, Utf8PathBuf)> = beside
        .chain(inner)
        .filter(|file| file.extension().is_some_and(|it| it == "txt" || it == "in"))
        .filter_map(|file| Some((rank(file.file_stem()?)?, file)))
        .filter(|(_, file)| brings_streamlit(root, file))
        .collect();
    // Of `app.in` and `app.txt` the latter was made of the former.
    found.sort_by_key(|(rank, file)| (*rank, file.extension() != Some("txt"), file.clone()));
    found.into_iter().map(|(_, file)| file).collect()
}

/// How likely a list of this name is for running the app; `None` where it is for something else.
fn rank(stem: &str) -> Option<usize> {
    let stem = stem.to_lowercase();
    let words: Vec<&str> = stem.split(['-', '_', '.']).collect();
    if words.iter().any(|word| OTHERS.iter().any(|other| is_about(word, other))) {
        return None;
    }
    let own: Vec<&&str> = words.iter().filter(|word| **word != "requirements").collect();
    let own = if own.is_empty() { vec![&"requirements"] } else { own };
    WORDS.iter().position(|known| own.iter().any(|word| word.starts_with(known)))
}

/// `dev` and `ci` are whole words; `tests` and `docs` begin with the word.
fn is_about(word: &str, other: &str) -> bool {
    if other.len() > 2 { word.starts_with(other) && word != "deploy" } else { word == other }
}

fn brings_streamlit(root: &Utf8Path, file: &Utf8Path) -> bool {
    let text = PipList::text(file).unwrap_or_default();
    let list = PipList::of_text(root, file, &text);
    // One with a mistake is shown with it, where it names Streamlit itself.
    match list {
        Ok(list) => list.listed.iter().any(|it| name_of(it).is_some_and(|it| it == "streamlit")),
        Err(_) => text.lines().any(|it| name_of(it.trim()).is_some_and(|it| it == "streamlit")),
    }
}

fn files(folder: &Utf8Path) -> Vec<Utf8PathBuf> {
    let entries = folder.read_dir_utf8().into_iter().flatten().flatten();
    let paths = entries.map(camino::Utf8DirEntry::into_path).filter(|path| path.is_file());
    let mut paths: Vec<Utf8PathBuf> = paths.collect();
    paths.sort();
    paths
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder(files: &[(&str, &str)]) -> (tempfile::TempDir, Utf8PathBuf) {
        let dir = tempfile::tempdir().unwrap();
        let root = Utf8PathBuf::from_path_buf(dir.path().to_owned()).unwrap();
        for (name, text) in files {
            let path = root.join(name);
            fs_err::create_dir_all(path.parent().unwrap()).unwrap();
            fs_err::write(path, text).unwrap();
        }
        (dir, root)
    }

    #[test]
    fn lists_for_the_app_are_told_from_others() {
        let (_dir, root) = folder(&[
            ("requirements/base.txt", "streamlit\n"),
            ("requirements/production.txt", "-r base.txt\n"),
            ("requirements/production.in", "-r base.txt\n"),
            ("requirements/dev.txt", "-r base.txt\npytest\n"),
            ("requirements/tests.txt", "streamlit\n"),
            ("requirements-ci.txt", "streamlit\n"),
            ("requirements_win.txt", "pandas\n"),
            ("requirements_streamlit.txt", "streamlit==1.60\n-r nowhere.txt\n"),
            ("notes.txt", "streamlit\n"),
        ]);
        let found = pip(&root, &root);
        let names: Vec<&str> =
            found.iter().map(|file| file.strip_prefix(&root).unwrap().as_str()).collect();
        let expected = [
            "requirements_streamlit.txt",
            "requirements/production.txt",
            "requirements/production.in",
            "requirements/base.txt",
        ];
        assert_eq!(names, expected);
    }

    #[test]
    fn a_lock_with_a_name_of_its_own_counts_where_there_is_one_alone() {
        let (_dir, root) = folder(&[("pylock.app.toml", ""), ("pylock.a.b.toml", "")]);
        assert_eq!(pylock(&root), Some(root.join("pylock.app.toml")));
        fs_err::write(root.join("pylock.dev.toml"), "").unwrap();
        assert_eq!(pylock(&root), None, "either could be meant");
        fs_err::write(root.join("pylock.toml"), "").unwrap();
        assert_eq!(pylock(&root), Some(root.join("pylock.toml")));
    }
}
