use camino::{Utf8Path, Utf8PathBuf};

use crate::settings::config::Declaration;
use crate::settings::overrides::Overrides;

/// Kinds of pictures that an icon can be made from.
const ENDINGS: [&str; 5] = ["svg", "png", "ico", "jpg", "jpeg"];
/// Where an icon usually is, when nobody says where.
const FOLDERS: [&str; 3] = ["", "assets", "static"];
const NAMES: [&str; 2] = ["icon", "favicon"];

/// Why there is no icon.
#[derive(Debug, thiserror::Error)]
pub enum IconError {
    /// The picture that was named is not there.
    #[error("there is no icon at `{path}`")]
    Missing {
        /// The path.
        path: Utf8PathBuf,
    },
    /// The project leads to a file outside of it.
    #[error("the icon `{path}` is outside of the project")]
    Outside {
        /// The path.
        path: Utf8PathBuf,
    },
    /// A file that no icon can be made from.
    #[error("no icon can be made from `{path}`")]
    Kind {
        /// The path.
        path: Utf8PathBuf,
    },
}

impl IconError {
    /// What the author can do about it.
    pub fn hint(&self) -> Option<String> {
        Some(match self {
            Self::Missing { .. } => {
                "`icon` counts from the project's folder, and `--icon` from the current one"
                    .to_owned()
            }
            Self::Outside { .. } => {
                "put the picture into the project, or give its path with `--icon`".to_owned()
            }
            Self::Kind { .. } => "give a square SVG, PNG, JPEG or ICO".to_owned(),
        })
    }
}

/// The picture to make the app's icon from: as named, or one with a usual name. `None` when there
/// is none, and one must be drawn. The project itself names only what is in it, links followed: its
/// icon is seen by whoever has the app.
pub(crate) fn find(
    root: &Utf8Path,
    declaration: &Declaration,
    overrides: &Overrides,
) -> Result<Option<Utf8PathBuf>, IconError> {
    let real_root = root.canonicalize_utf8();
    let inside = |path: &Utf8Path| match (path.canonicalize_utf8(), &real_root) {
        (Ok(real), Ok(root)) => real.starts_with(root),
        _ => false,
    };
    let named = match (&overrides.icon, &declaration.config.icon) {
        (Some(path), _) => {
            Some((camino::absolute_utf8(path).unwrap_or_else(|_| path.clone()), true))
        }
        (None, Some(path)) => Some((root.join(path), false)),
        (None, None) => None,
    };
    if let Some((path, by_the_author)) = named {
        let ending = path.extension().unwrap_or_default().to_lowercase();
        return if !path.is_file() {
            Err(IconError::Missing { path })
        } else if !(by_the_author || inside(&path)) {
            Err(IconError::Outside { path })
        } else if !ENDINGS.contains(&ending.as_str()) {
            Err(IconError::Kind { path })
        } else {
            Ok(Some(path))
        };
    }
    let usual = FOLDERS.iter().flat_map(|folder| {
        NAMES.iter().flat_map(move |name| {
            ENDINGS.iter().map(move |ending| root.join(folder).join(format!("{name}.{ending}")))
        })
    });
    Ok(usual.into_iter().find(|path| path.is_file() && inside(path)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::config::Config;

    #[test]
    fn an_icon_is_named_or_found_or_drawn() {
        let dir = tempfile::tempdir().unwrap();
        let root = Utf8Path::from_path(dir.path()).unwrap();
        let find = |icon: Option<&str>| {
            let config = Config { icon: icon.map(Into::into), ..Config::default() };
            let declaration = Declaration { config, project: None };
            super::find(root, &declaration, &Overrides::default())
        };
        assert_eq!(find(None).unwrap(), None);
        fs_err::create_dir(root.join("assets")).unwrap();
        fs_err::write(root.join("assets/icon.png"), "x").unwrap();
        fs_err::write(root.join("mein é.SVG"), "x").unwrap();
        fs_err::write(root.join("icon.txt"), "x").unwrap();
        assert_eq!(find(None).unwrap().unwrap(), root.join("assets/icon.png"));
        assert_eq!(find(Some("mein é.SVG")).unwrap().unwrap(), root.join("mein é.SVG"));
        assert!(matches!(find(Some("icon.txt")), Err(IconError::Kind { .. })));
        assert!(matches!(find(Some("none.png")), Err(IconError::Missing { .. })));
    }

    #[cfg(unix)]
    #[test]
    fn the_projects_icon_is_in_the_project() {
        let dir = tempfile::tempdir().unwrap();
        let outside = Utf8Path::from_path(dir.path()).unwrap();
        let root = outside.join("project");
        fs_err::create_dir(&root).unwrap();
        let picture = outside.join("picture.png");
        fs_err::write(&picture, "x").unwrap();
        fs_err::os::unix::fs::symlink("../picture.png", root.join("icon.png")).unwrap();
        let find = |icon: Option<&str>, given: Option<&Utf8Path>| {
            let config = Config { icon: icon.map(Into::into), ..Config::default() };
            let overrides = Overrides { icon: given.map(Into::into), ..Overrides::default() };
            super::find(&root, &Declaration { config, project: None }, &overrides)
        };
        assert_eq!(find(None, None).unwrap(), None, "a link out is none");
        for named in ["icon.png", "../picture.png", picture.as_str()] {
            let error = find(Some(named), None).unwrap_err();
            assert!(matches!(error, IconError::Outside { .. }), "{named}: {error}");
        }
        assert_eq!(find(None, Some(&picture)).unwrap(), Some(picture), "the author may");
    }
}
