//! Lists of pages and plugins that an app reads from a file that is no code: YAML, JSON, TOML, a table.

use std::collections::BTreeSet;

use camino::{Utf8Path, Utf8PathBuf};

/// Files of settings are small; a bigger one is data.
const LARGEST: usize = 64 * 1024;
const ENDINGS: [&str; 8] = ["yaml", "yml", "json", "jsonc", "toml", "csv", "ini", "cfg"];

/// The project's files that may list pages of a script in `folder`, each with the Python files that it
/// names. What can't be read lists nothing that Python would find.
pub(crate) fn all(
    folder: &Utf8Path,
    files: &BTreeSet<Utf8PathBuf>,
    mut read: impl FnMut(&Utf8Path) -> std::io::Result<String>,
) -> Vec<(Utf8PathBuf, Vec<Utf8PathBuf>)> {
    let lists = files.iter().filter(|file| may_list(file));
    let named = lists.filter_map(|list| {
        let found = named(&read(list).ok()?, list, &[folder, Utf8Path::new("")], files);
        (!found.is_empty()).then(|| (list.clone(), found))
    });
    named.collect()
}

/// Whether a file is of a kind that may list an app's pages.
fn may_list(file: &Utf8Path) -> bool {
    let name = file.file_name().unwrap_or_default();
    let of_project = matches!(name, "pyproject.toml" | "waterskin.toml" | "setup.cfg" | "tox.ini");
    !of_project && file.extension().is_some_and(|ending| ENDINGS.contains(&ending))
}

/// The Python files among `files` that the text of `list` names: by a path, with or without its ending,
/// that counts from the list's own folder or one of `bases`, or as a module with dots.
fn named(
    text: &str,
    list: &Utf8Path,
    bases: &[&Utf8Path],
    files: &BTreeSet<Utf8PathBuf>,
) -> Vec<Utf8PathBuf> {
    if text.len() > LARGEST {
        return Vec::new();
    }
    let text = text.replace("\\\\", "/").replace('\\', "/");
    let here = list.parent().unwrap_or(Utf8Path::new(""));
    let starts: BTreeSet<&Utf8Path> = bases.iter().copied().chain([here]).collect();
    let is_named = |file: &&Utf8PathBuf| {
        file.extension() == Some("py")
            && starts
                .iter()
                .any(|start| file.strip_prefix(start).is_ok_and(|path| says(&text, path.as_str())))
    };
    files.iter().filter(is_named).cloned().collect()
}

/// Whether a text names this file in one of the ways.
fn says(text: &str, path: &str) -> bool {
    let Some(stem) = path.strip_suffix(".py") else { return false };
    let module = stem.strip_suffix("/__init__").unwrap_or(stem);
    if has_word(text, path) {
        return true;
    }
    // One word alone is a file's name only where it is a value by itself.
    match module.contains('/') {
        true => has_word(text, module) || has_word(text, &module.replace('/', ".")),
        false => ['"', '\''].iter().any(|sign| text.contains(&format!("{sign}{module}{sign}"))),
    }
}

/// Whether `word` stands in a text and is no part of a longer name.
fn has_word(text: &str, word: &str) -> bool {
    let part = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | '.');
    text.match_indices(word).any(|(at, _)| {
        let before = &text[..at];
        let before = before.strip_suffix("./").unwrap_or(before);
        let after = &text[at + word.len()..];
        !before.ends_with(|c| part(c) || c == '/') && !after.starts_with(|c| part(c) || c == '/')
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_that_a_list_names() {
        let files = ["views/first.py", "views/zwei é.py", "views/third.py", "sales.py", "app.py"];
        let files: BTreeSet<Utf8PathBuf> = files.iter().map(Utf8PathBuf::from).collect();
        for (list, text, expected) in [
            (
                "pages.yaml",
                "pages:\n  - path: views/first.py\n  - {path: views/zwei é.py, x: 1}\n",
                &["views/first.py", "views/zwei é.py"][..],
            ),
            (
                "nav.json",
                r#"{"a": "./views/first.py", "b": "views\\third.py"}"#,
                &["views/first.py", "views/third.py"],
            ),
            (
                "nav.json",
                r#"{"a": "views.first", "b": "views/third"}"#,
                &["views/first.py", "views/third.py"],
            ),
            ("nav.toml", "[[page]]\nfile = 'sales'\n", &["sales.py"]),
            ("nav.csv", "file,title\nsales.py,Sales\n", &["sales.py"]),
            ("views/nav.yml", "- first.py\n", &["views/first.py"]),
            (
                "nav.yaml",
                "sales: 3\ntitle: my sales.py.bak, other/sales.py, views.first.x, pre-sales.py\n",
                &[],
            ),
        ] {
            let found = named(text, list.into(), &["".into()], &files);
            assert_eq!(found, expected, "{list}: {text}");
        }
        assert_eq!(named(&"sales.py ".repeat(9000), "a.csv".into(), &["".into()], &files), [""; 0]);
    }

    #[test]
    fn files_that_may_be_lists() {
        for (file, right) in [
            ("a/nav.yml", true),
            ("n.json", true),
            ("pyproject.toml", false),
            ("a.py", false),
            ("json", false),
        ] {
            assert_eq!(may_list(file.into()), right, "{file}");
        }
    }
}
