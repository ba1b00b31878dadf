use camino::{Utf8Path, Utf8PathBuf};

use crate::config::Declaration;
use crate::settings::Overrides;

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
            Self::Kind { .. } => "give a square SVG, PNG, JPEG or ICO".to_owned(),
        })
    }
}

/// The picture to make the app's icon from: as named, or one with a usual name. `None` when there
/// is none, and one must be drawn.
pub(crate) fn find(
    root: &Utf8Path,
    declaration: &Declaration,
    overrides: &Overrides,
) -> Result<Option<Utf8PathBuf>, IconError> {
    let named = match (&overrides.icon, &declaration.config.icon) {
        (Some(path), _) => Some(camino::absolute_utf8(path).unwrap_or_else(|_| path.clone())),
        (None, Some(path)) => Some(root.join(path)),
        (None, None) => None,
    };
    if let Some(path) = named {
        let ending = path.extension().unwrap_or_default().to_lowercase();
        return match (path.is_file(), ENDINGS.contains(&ending.as_str())) {
            (true, true) => Ok(Some(path)),
            (true, false) => Err(IconError::Kind { path }),
            (false, _) => Err(IconError::Missing { path }),
        };
    }
    let usual = FOLDERS.iter().flat_map(|folder| {
        NAMES.iter().flat_map(move |name| {
            ENDINGS.iter().map(move |ending| root.join(folder).join(format!("{name}.{ending}")))
        })
    });
    Ok(usual.into_iter().find(|path| path.is_file()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Config;

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
}
