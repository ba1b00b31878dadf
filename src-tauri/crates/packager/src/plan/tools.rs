use camino::{Utf8Path, Utf8PathBuf};
use waterskin_bundle::Target;
use waterskin_process as process;

/// The name of the prebuilt shell, without what programs of its system end in, and of its wheel.
pub(crate) const SHELL: &str = "waterskin-shell";
/// The name of the program that AppImages begin with.
pub(crate) const APPIMAGE: &str = "waterskin-appimage";
/// The name of `uv`, which runs here.
const UV: &str = if cfg!(windows) { "uv.exe" } else { "uv" };

/// Why a program that a build needs is missing.
#[derive(Debug, thiserror::Error)]
pub enum ToolsError {
    /// `uv` is nowhere.
    #[error("could not find `uv`, which installs the app's packages")]
    Uv,
    /// The path that was given for `uv` is no file.
    #[error("there is no `uv` at `{path}`")]
    UvPath {
        /// The path.
        path: Utf8PathBuf,
    },
    /// The prebuilt shell is nowhere.
    #[error("could not find the prebuilt shell `{name}`")]
    Shell {
        /// Its file name.
        name: String,
    },
    /// The shell that was given is for none of the systems that the app is for.
    #[error("the shell at `{path}` is for {found}, and the app is for {targets}")]
    OtherShell {
        /// The path.
        path: Utf8PathBuf,
        /// The system that it is for, or that nobody knows it.
        found: String,
        /// The systems.
        targets: String,
    },
    /// The program that AppImages begin with is nowhere.
    #[error("could not find `waterskin-appimage` for `{target}`, which AppImages begin with")]
    AppImage {
        /// The system.
        target: Target,
    },
    /// The path that was given for it is no file.
    #[error("there is no file at `{path}` for AppImages to begin with")]
    AppImagePath {
        /// The path.
        path: Utf8PathBuf,
    },
    /// The path that was given for the shell is no file.
    #[error("there is no shell at `{path}`")]
    ShellPath {
        /// The path.
        path: Utf8PathBuf,
    },
}

impl ToolsError {
    /// What the author can do about it.
    pub fn hint(&self) -> Option<String> {
        Some(match self {
            Self::Uv | Self::UvPath { .. } => {
                "install it with `pip install uv`, or give its path with `--uv`".to_owned()
            }
            Self::Shell { .. } | Self::ShellPath { .. } => format!(
                "`{SHELL}` comes with Waterskin and stands beside it; give its path with `--shell`"
            ),
            Self::AppImage { .. } | Self::AppImagePath { .. } => format!(
                "`{APPIMAGE}` comes with Waterskin and stands beside it; give its path with `--appimage-runtime`, or leave the AppImage out with `--format`"
            ),
            Self::OtherShell { .. } => format!(
                "give the `{SHELL}` of Waterskin for one of these systems, or leave `--shell` out: then its wheel is fetched"
            ),
        })
    }
}

/// `uv`: as given, beside the running program, or on `PATH`.
pub fn find_uv(given: Option<&Utf8Path>) -> Result<Utf8PathBuf, ToolsError> {
    match given {
        Some(path) => file(path).ok_or_else(|| ToolsError::UvPath { path: path.to_owned() }),
        None => beside(UV)
            .or_else(|| process::find("uv").and_then(|path| Utf8PathBuf::from_path_buf(path).ok()))
            .ok_or(ToolsError::Uv),
    }
}

/// The prebuilt shell for this system: as given, or beside the running program.
pub fn find_shell(given: Option<&Utf8Path>) -> Result<Utf8PathBuf, ToolsError> {
    match given {
        Some(path) => file(path).ok_or_else(|| ToolsError::ShellPath { path: path.to_owned() }),
        None => {
            let name = shell_name(&Target::host());
            beside(&name).ok_or(ToolsError::Shell { name })
        }
    }
}

/// The file name of the prebuilt shell for a system.
pub(crate) fn shell_name(target: &Target) -> String {
    format!("{SHELL}{}", target.system().program_ending())
}

/// The program that AppImages begin with, for a system: as given, beside the shell, or beside the
/// running program, where that of this system stands.
pub fn find_appimage(
    given: Option<&Utf8Path>,
    shell: Option<&Utf8Path>,
    target: &Target,
) -> Result<Utf8PathBuf, ToolsError> {
    if let Some(path) = given {
        return file(path).ok_or_else(|| ToolsError::AppImagePath { path: path.to_owned() });
    }
    let of_shell = || shell?.parent().and_then(|folder| file(&folder.join(APPIMAGE)));
    let own = if *target == Target::host() { beside(APPIMAGE) } else { None };
    own.or_else(of_shell).ok_or_else(|| ToolsError::AppImage { target: target.clone() })
}

fn file(path: &Utf8Path) -> Option<Utf8PathBuf> {
    camino::absolute_utf8(path).ok().filter(|path| path.is_file())
}

fn beside(name: &str) -> Option<Utf8PathBuf> {
    let program = std::env::current_exe().ok()?.canonicalize().ok()?;
    let program = Utf8PathBuf::from_path_buf(program).ok()?;
    file(&program.parent()?.join(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_that_is_given_is_the_only_one_tried() {
        let dir = tempfile::tempdir().unwrap();
        let path = Utf8Path::from_path(dir.path()).unwrap().join("mein uv é");
        let error = find_uv(Some(&path)).unwrap_err();
        assert!(error.to_string().contains(path.as_str()), "{error}");
        assert!(error.hint().unwrap().contains("--uv"));
        fs_err::write(&path, "").unwrap();
        assert_eq!(find_uv(Some(&path)).unwrap(), path);
        let folder = Utf8Path::from_path(dir.path()).unwrap();
        assert!(find_shell(Some(folder)).is_err(), "a folder is no shell");
    }

    #[test]
    fn what_appimages_begin_with_stands_beside_the_shell_of_their_system() {
        let dir = tempfile::tempdir().unwrap();
        let folder = Utf8Path::from_path(dir.path()).unwrap();
        let (shell, target) = (folder.join("shell é"), Target::of("riscv64gc-unknown-linux-gnu"));
        let error = find_appimage(None, Some(&shell), &target).unwrap_err();
        let text = "could not find `waterskin-appimage` for `riscv64gc-unknown-linux-gnu`, which AppImages begin with";
        assert_eq!(error.to_string(), text);
        assert!(error.hint().unwrap().contains("--appimage-runtime"));
        let path = folder.join("waterskin-appimage");
        assert!(find_appimage(Some(&path), Some(&shell), &target).is_err());
        fs_err::write(&path, "").unwrap();
        assert_eq!(find_appimage(None, Some(&shell), &target).unwrap(), path);
        assert_eq!(find_appimage(Some(&path), Some(&shell), &Target::host()).unwrap(), path);
    }
}
