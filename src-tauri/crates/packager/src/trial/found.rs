//! Where the project has what a trial start did not find.

use camino::{Utf8Path, Utf8PathBuf};
use waterskin_bundle::Payload;
use waterskin_project::ProjectFiles;

use crate::trial::TrialCause;

impl TrialCause {
    /// What is known of a module that is not there. `entry` is the script, relative to the project.
    pub fn missing(module: String, entry: &Utf8Path, files: &ProjectFiles) -> Self {
        let own = files
            .files
            .iter()
            .filter_map(|file| module_in(&module, &file.path))
            .min_by_key(|path| path.components().count())
            .map(|path| {
                let folder = path.parent().unwrap_or("".into());
                let text = from_script(entry, folder);
                (path, text)
            });
        Self::Missing { module, own }
    }

    /// What is known of a file that was not there, from what comes along of the project. `path` is
    /// the payload's, where it begins there.
    pub fn absent(
        path: &Utf8Path,
        payload: &Payload,
        project: &Utf8Path,
        entry: &Utf8Path,
        files: &ProjectFiles,
    ) -> Self {
        let app = payload.layout.app();
        if let Some(above) = above(path, &app, project, entry, Utf8Path::exists) {
            return above;
        }
        let own = super::of_project(path.as_str(), payload, project);
        let paths: Vec<&Utf8Path> = files.files.iter().map(|file| &*file.path).collect();
        let left_out: Vec<&str> = files.left_out.iter().map(|it| &*it.path).collect();
        Self::absent_of(own.as_str().into(), project, &paths, &left_out)
    }

    pub(crate) fn absent_of(
        path: &Utf8Path,
        root: &Utf8Path,
        files: &[&Utf8Path],
        left_out: &[&str],
    ) -> Self {
        let path = path.strip_prefix(root).unwrap_or(path);
        let path: Utf8PathBuf = path.components().filter(|part| part.as_str() != ".").collect();
        let parts: Vec<&str> = path.iter().collect();
        // The file that has the most of the path's end.
        let found = (0..parts.len()).find_map(|skip| {
            let end: Utf8PathBuf = parts[skip..].iter().collect();
            files.iter().find(|file| file.ends_with(&end)).map(|file| (*file).to_owned())
        });
        let left_out = left_out.iter().any(|it| path.starts_with(it.trim_end_matches('/')));
        Self::Absent { path, found, left_out }
    }

    /// What is known of a variable that the environment lacks. A file that can't be read has none.
    pub fn variable(name: String, project: &Utf8Path) -> Self {
        let entries = project.read_dir_utf8().into_iter().flatten().flatten();
        let names = entries.map(|entry| Utf8PathBuf::from(entry.file_name()));
        let mut files: Vec<Utf8PathBuf> = names.filter(|name| sets(name)).collect();
        // `.env` goes before all others.
        files.sort();
        let found = files.into_iter().find_map(|file| {
            let text = fs_err::read_to_string(project.join(&file)).ok()?;
            let line = text.lines().position(|line| is_set_in(line, &name))?;
            Some((file, line + 1))
        });
        Self::Variable { name, found }
    }
}

/// Where a file of the project is that is, or belongs to, a module of this name.
fn module_in(module: &str, file: &Utf8Path) -> Option<Utf8PathBuf> {
    // Of one in a package the package was found.
    if module.contains('.') || file.extension() != Some("py") {
        return None;
    }
    let is_it = |path: &&Utf8Path| match path.extension() {
        Some("py") => path.file_stem() == Some(module),
        _ => path.file_name() == Some(module),
    };
    file.ancestors().find(is_it).map(Utf8Path::to_owned)
}

/// The expression for a folder of the project in the script `entry`.
fn from_script(entry: &Utf8Path, folder: &Utf8Path) -> String {
    let here = entry.parent().unwrap_or("".into());
    let (up, rest) = match folder.strip_prefix(here) {
        Ok(rest) => (0, rest),
        Err(_) => (here.components().count(), folder),
    };
    let from = match up {
        0 => "Path(__file__).parent".to_owned(),
        up => format!("Path(__file__).parents[{up}]"),
    };
    if rest.as_str().is_empty() { from } else { format!("{from} / \"{rest}\"") }
}

/// The file of the author's that a path leads to which goes up from the payload's `app` as the code
/// goes up from the project, where there is one.
fn above(
    path: &Utf8Path,
    app: &Utf8Path,
    project: &Utf8Path,
    entry: &Utf8Path,
    exists: impl Fn(&Utf8Path) -> bool,
) -> Option<TrialCause> {
    let (folder, root) = app
        .ancestors()
        .zip(project.ancestors())
        .find(|(folder, _)| path.starts_with(folder))
        .filter(|(folder, root)| *folder != app && root.parent().is_some())?;
    let path = root.join(path.strip_prefix(folder).ok()?);
    let entry = project.strip_prefix(root).ok()?.join(entry);
    exists(&path).then(|| TrialCause::Above { path, root: root.to_owned(), entry })
}

/// Whether a file holds variables for `load_dotenv`.
pub(crate) fn is_settings(file: &Utf8Path) -> bool {
    file.file_name().is_some_and(|name| name == ".env" || name.starts_with(".env."))
}

/// Whether a file of the project may set variables of the environment.
fn sets(file: &Utf8Path) -> bool {
    let name = file.file_name().unwrap_or_default().to_lowercase();
    let containers = ["dockerfile", "containerfile", "docker-compose", "compose."];
    is_settings(file) || containers.iter().any(|start| name.starts_with(start))
}

/// Whether a line sets a variable: `NAME=x`, `ENV A=1 NAME=x`, `ENV NAME x`, `- NAME=x`, `NAME: x`.
fn is_set_in(line: &str, name: &str) -> bool {
    let line = line.trim_start();
    let mut words = line.split_whitespace();
    let of_env = line.get(..4).is_some_and(|start| start.eq_ignore_ascii_case("env "))
        && words.nth(1) == Some(name);
    let given = line
        .split_whitespace()
        .filter_map(|word| word.trim_matches(['"', '\'']).strip_prefix(name))
        .any(|rest| rest.starts_with(['=', ':']));
    !line.starts_with('#') && (of_env || given)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_module_of_the_project_is_found_wherever_it_is() {
        let found = |module: &str, entry: &str, files: &[&str]| {
            let file = |path: &&str| waterskin_project::ProjectFile {
                path: (*path).into(),
                bytes: 1,
                link: None,
                from: None,
            };
            let files = ProjectFiles {
                files: files.iter().map(file).collect(),
                folders: Vec::new(),
                left_out: Vec::new(),
            };
            match TrialCause::missing(module.to_owned(), entry.into(), &files) {
                TrialCause::Missing { own, .. } => {
                    own.map(|(path, text)| (path.into_string(), text))
                }
                _ => None,
            }
        };
        let some = |path: &str, text: &str| Some((path.to_owned(), text.to_owned()));
        let files = ["app.py", "ui/app.py", "lib/core/__init__.py", "ui/parts/b.py", "old/x/b.py"];
        let lib = some("lib/core", "Path(__file__).parent / \"lib\"");
        assert_eq!(found("core", "app.py", &files), lib);
        let lib = some("lib/core", "Path(__file__).parents[1] / \"lib\"");
        assert_eq!(found("core", "ui/app.py", &files), lib);
        let parts = some("ui/parts/b.py", "Path(__file__).parent / \"parts\"");
        assert_eq!(found("b", "ui/app.py", &files), parts);
        assert_eq!(found("core.more", "app.py", &files), None);
        assert_eq!(found("cor", "app.py", &files), None);
    }

    #[test]
    fn what_is_above_the_project_is_found_there() {
        let of = |path: &str| {
            let app = "/c/t/payload/app".into();
            let exists = |path: &Utf8Path| path == "/m/config/a.json";
            above(path.into(), app, "/m/apps/sales".into(), "app.py".into(), exists)
        };
        let (path, root) = ("/m/config/a.json".into(), "/m".into());
        let entry = "apps/sales/app.py".into();
        assert_eq!(of("/c/t/config/a.json"), Some(TrialCause::Above { path, root, entry }));
        for other in ["/c/t/payload/config/a.json", "/c/t/payload/app/config/a.json", "/x", "a"] {
            assert_eq!(of(other), None, "{other}");
        }
    }

    #[test]
    fn a_line_that_sets_a_variable() {
        for line in
            ["A=1", "export A=1", " A='x y'", "ENV A=1", "ENV B=1 A=2", "ENV A x", "- A=1", "A: 1"]
        {
            assert!(is_set_in(line, "A"), "{line}");
        }
        for line in ["# A=1", "AB=1", "B=A", "ENV B A", "run A"] {
            assert!(!is_set_in(line, "A"), "{line}");
        }
    }
}
