use camino::{Utf8Path, Utf8PathBuf};
use waterskin_project::DEFAULT_VERSION;

use super::{interpreter, interpreter::Interpreter, minor};
use crate::plan::inside::is_inside;

/// The minor versions that Streamlit runs on, the best known first.
const MINORS: [&str; 6] = ["3.12", "3.13", "3.11", "3.14", "3.10", "3.9"];

/// The first interpreter of this machine that starts and has the wanted version.
///
/// A name on `PATH` proves nothing: pyenv's shims fail for versions that are not selected, so
/// each candidate is started and asked. One in the project is not: see [`apart`].
pub(super) fn find(
    version: Option<&str>,
    project: &Utf8Path,
) -> Option<(Utf8PathBuf, Interpreter)> {
    let wanted = version.unwrap_or("3");
    let good = |python: Utf8PathBuf| {
        let interpreter = Interpreter::ask(&python).ok()?;
        let known = version.is_some() || MINORS.contains(&minor(&interpreter.version).as_str());
        (known
            && interpreter.lacks().is_none()
            && interpreter::matches(&interpreter.version, wanted))
        .then_some((python, interpreter))
    };
    let on_path = names(version).into_iter().flat_map(|name| {
        which::which_all(name).into_iter().flatten().filter_map(|path| path.try_into().ok())
    });
    // `matches` wants every part that was named; where nobody has exactly this patch release,
    // another one of the same minor version serves, since they are compatible.
    on_path
        .chain(pyenv(version))
        .filter_map(|python| apart(python, project))
        .find_map(good)
        .or_else(|| {
            let minor = minor(version?);
            (Some(minor.as_str()) != version).then(|| find(Some(&minor), project)).flatten()
        })
}

/// An interpreter that is no part of the project, in place of `python`.
///
/// What an environment in the project has is whatever the project's author put there, and an
/// activated one is first on `PATH`. Its `pyvenv.cfg` says which interpreter it was made from (PEP
/// 405), and that one is as good.
fn apart(python: Utf8PathBuf, project: &Utf8Path) -> Option<Utf8PathBuf> {
    if !is_inside(project, &python) {
        return Some(python);
    }
    let environment = python.parent()?.parent()?;
    let settings = fs_err::read_to_string(environment.join("pyvenv.cfg")).ok()?;
    let home = settings.lines().find_map(|line| {
        let (name, value) = line.split_once('=')?;
        (name.trim() == "home").then(|| Utf8PathBuf::from(value.trim()))
    })?;
    let base = home.join(python.file_name()?);
    (base.is_absolute() && !is_inside(project, &base)).then_some(base)
}

/// The names of executables to try, in order.
fn names(version: Option<&str>) -> Vec<String> {
    let plain = ["python3".to_owned(), "python".to_owned()];
    match version {
        Some(version) => {
            std::iter::once(format!("python{}", minor(version))).chain(plain).collect()
        }
        // Unasked, the default is best: for it there are wheels of everything.
        None => std::iter::once(format!("python{DEFAULT_VERSION}"))
            .chain(plain)
            .chain(MINORS.iter().map(|minor| format!("python{minor}")))
            .collect(),
    }
}

/// The interpreters that pyenv installed, selected or not.
fn pyenv(version: Option<&str>) -> Vec<Utf8PathBuf> {
    let root = std::env::var("PYENV_ROOT")
        .map(Utf8PathBuf::from)
        .or_else(|_| std::env::var("HOME").map(|home| Utf8PathBuf::from(home).join(".pyenv")));
    let Ok(root) = root else { return Vec::new() };
    let Ok(entries) = root.join("versions").read_dir_utf8() else { return Vec::new() };
    let mut installed: Vec<_> = entries
        .flatten()
        .filter(|entry| {
            version.is_none_or(|wanted| interpreter::matches(entry.file_name(), wanted))
        })
        .map(|entry| entry.path().join("bin").join("python"))
        .filter(|python| python.is_file())
        .collect();
    installed.sort();
    installed.reverse();
    installed
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_wanted_minor_version_is_looked_for_first() {
        assert_eq!(names(Some("3.11.7")), ["python3.11", "python3", "python"]);
        assert_eq!(names(None)[..3], ["python3.12", "python3", "python"]);
    }

    #[test]
    fn of_an_environment_in_the_project_only_the_base_is_started() {
        let folder = tempfile::tempdir().unwrap();
        let project = Utf8Path::from_path(folder.path()).unwrap().join("p é");
        let python = project.join(".venv/bin/python3");
        fs_err::create_dir_all(python.parent().unwrap()).unwrap();
        fs_err::write(&python, "").unwrap();
        let settings = project.join(".venv/pyvenv.cfg");
        let apart = || apart(python.clone(), &project);
        assert_eq!(apart(), None);
        for (home, base) in [
            ("home = /opt/python/bin", Some("/opt/python/bin/python3")),
            ("version = 3.12.1\nhome=/opt/python/bin\n", Some("/opt/python/bin/python3")),
            ("home = tools", None),
            (&*format!("home = {project}/tools"), None),
            (&*format!("home = {project}/../p é/tools"), None),
            ("homes = /opt", None),
        ] {
            fs_err::write(&settings, home).unwrap();
            assert_eq!(apart().as_deref(), base.map(Utf8Path::new), "{home}");
        }
        assert_eq!(
            super::apart("/usr/bin/python3".into(), &project),
            Some("/usr/bin/python3".into())
        );
    }
}
