use camino::{Utf8Component, Utf8Path, Utf8PathBuf};

/// A path as far as code says it without being run: `Path(__file__).parent / "views" / f"{name}.py"` is
/// one level above the file, and `views/*.py` from there.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct CodePath {
    /// How many levels above the file itself it begins; `None` where nothing but the text is known.
    pub up: Option<usize>,
    /// What follows, with `/`. `*` stands for what is not known within a name, `**` for any folders.
    pub text: String,
}

impl CodePath {
    /// A text of the code, with whichever separators.
    pub fn text(text: &str) -> Self {
        Self { up: None, text: text.replace('\\', "/") }
    }

    /// The file itself.
    pub fn file() -> Self {
        Self { up: Some(0), text: String::new() }
    }

    /// The folder that it is in.
    pub fn parent(&self) -> Self {
        let text = self.text.trim_end_matches('/');
        match (text.rsplit_once('/'), self.up) {
            (Some((folder, _)), up) => Self { up, text: folder.to_owned() },
            (None, Some(up)) if text.is_empty() => Self { up: Some(up + 1), text: String::new() },
            (None, None) if text.is_empty() => Self { up: None, text: "..".to_owned() },
            (None, up) => Self { up, text: String::new() },
        }
    }

    /// What `other` is when it is counted from here. An absolute path stays what it is.
    pub fn join(&self, other: &Self) -> Self {
        let other_text = other.text.as_str();
        if other.up.is_some() || other_text.starts_with('/') {
            return other.clone();
        }
        let text = match (self.text.trim_end_matches('/'), other_text) {
            ("", text) | (text, "" | ".") => text.to_owned(),
            (folder, text) => format!("{folder}/{text}"),
        };
        Self { up: self.up, text }
    }

    /// The text of `other` behind this one's, as `+` does it.
    pub fn concat(&self, other: &Self) -> Self {
        match other.up {
            Some(_) if self.up.is_none() && self.text.is_empty() => other.clone(),
            Some(_) => Self { up: self.up, text: format!("{}*", self.text) },
            None => Self { up: self.up, text: format!("{}{}", self.text, other.text) },
        }
    }

    /// Whether it is a Python file for all that is known.
    pub fn is_script(&self) -> bool {
        self.text.strip_suffix(".py").is_some_and(|name| !name.is_empty() && !name.ends_with('/'))
    }

    /// The same as a pattern relative to the project, for code in `file`. What is not anchored counts
    /// from each of `bases`. Paths that leave the project have none.
    pub fn patterns(&self, file: &Utf8Path, bases: &[&Utf8Path]) -> Vec<Utf8PathBuf> {
        let starts: Vec<Utf8PathBuf> = match self.up {
            Some(up) => file.ancestors().nth(up).map(Utf8Path::to_owned).into_iter().collect(),
            None if self.text.starts_with('/') => Vec::new(),
            None => bases.iter().map(|base| (*base).to_owned()).collect(),
        };
        let mut patterns: Vec<_> = starts
            .iter()
            .filter_map(|start| within(start, self.text.trim_start_matches('/')))
            .collect();
        patterns.dedup();
        patterns
    }
}

/// `start` and `text` as one path without `..`; `None` when it leads out.
fn within(start: &Utf8Path, text: &str) -> Option<Utf8PathBuf> {
    let mut path = start.to_owned();
    for part in Utf8Path::new(text).components() {
        match part {
            Utf8Component::Normal(name) => path.push(name),
            Utf8Component::CurDir => {}
            Utf8Component::ParentDir => {
                if !path.pop() {
                    return None;
                }
            }
            Utf8Component::RootDir | Utf8Component::Prefix(_) => return None,
        }
    }
    Some(path)
}

/// Whether `path` is one that `pattern` stands for.
pub(crate) fn matches(pattern: &Utf8Path, path: &Utf8Path) -> bool {
    let pattern: Vec<&str> = pattern.iter().collect();
    let path: Vec<&str> = path.iter().collect();
    parts_match(&pattern, &path)
}

fn parts_match(pattern: &[&str], path: &[&str]) -> bool {
    match (pattern, path) {
        ([], []) => true,
        (["**", rest @ ..], _) => (0..=path.len()).any(|skip| parts_match(rest, &path[skip..])),
        ([first, rest @ ..], [name, names @ ..]) => {
            name_matches(first, name) && parts_match(rest, names)
        }
        _ => false,
    }
}

/// `*` within one name; no other sign of a pattern is told from a name's own.
fn name_matches(pattern: &str, name: &str) -> bool {
    let Some((before, after)) = pattern.split_once('*') else { return pattern == name };
    let Some(rest) = name.strip_prefix(before) else { return false };
    let after = after.trim_start_matches('*');
    if !after.contains('*') {
        return rest.ends_with(after);
    }
    rest.char_indices().any(|(at, _)| name_matches(after, &rest[at..]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_put_together_as_python_does_it() {
        let here = CodePath::file().parent();
        let views = here.join(&CodePath::text("views"));
        assert_eq!(views.join(&CodePath::text("*.py")).text, "views/*.py");
        let patterns =
            |place: &CodePath| place.patterns("src/app.py".into(), &["".into(), "src".into()]);
        assert_eq!(patterns(&views), ["src/views"]);
        assert_eq!(patterns(&here.parent().join(&CodePath::text("a"))), ["a"]);
        assert_eq!(patterns(&CodePath::file().join(&CodePath::text("../../b.py"))), ["b.py"]);
        assert_eq!(patterns(&CodePath::text("./c.py")), ["c.py", "src/c.py"]);
        assert_eq!(patterns(&CodePath::text("../../c.py")), [""; 0]);
        assert_eq!(patterns(&CodePath::text("/etc/c.py")), [""; 0]);
    }

    #[test]
    fn patterns_stand_for_files() {
        for (pattern, path, right) in [
            ("views/*.py", "views/a é.py", true),
            ("views/*.py", "views/sub/a.py", false),
            ("views/**/*.py", "views/sub/a.py", true),
            ("views/**/*.py", "views/a.py", true),
            ("views/page_*_x.py", "views/page_1_x.py", true),
            ("views/page_*_x.py", "views/page_1.py", false),
            ("*/*", "a/b", true),
            ("a", "a/b", false),
            ("é*é", "é", false),
        ] {
            assert_eq!(matches(pattern.into(), path.into()), right, "{pattern} {path}");
        }
    }
}
