use camino::{Utf8Path, Utf8PathBuf};

use super::workspace::Workspace;
use crate::script::locate::holds_everything;

/// What belongs to a project beside its own folder: the rest of the repository that it is in, and of
/// the workspace that counts it in. Whoever wrote a project could name any other folder of the
/// machine, and its files would be in the package.
#[derive(Debug)]
pub(super) struct Reach {
    folders: Vec<Utf8PathBuf>,
}

impl Reach {
    /// That of the project in `root`, which is absolute and without links.
    pub fn of(root: &Utf8Path) -> Self {
        let above = root.ancestors().take_while(|folder| !holds_everything(folder));
        let repository = above.into_iter().find(|folder| folder.join(".git").exists());
        let workspace = Workspace::of(root).map(|workspace| workspace.root);
        let folders = [Some(root.to_owned()), repository.map(Utf8Path::to_owned), workspace];
        Self { folders: folders.into_iter().flatten().collect() }
    }

    /// Whether a folder belongs to the project, by its name and by where links lead.
    pub fn has(&self, folder: &Utf8Path) -> bool {
        let real = folder.canonicalize_utf8().unwrap_or_else(|_| folder.to_owned());
        self.folders.iter().any(|one| real.starts_with(one))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(unix)]
    #[test]
    fn a_repository_and_a_workspace_are_within_reach_and_nothing_else() {
        let dir = tempfile::tempdir().unwrap();
        let root = Utf8PathBuf::from_path_buf(dir.path().canonicalize().unwrap()).unwrap();
        for folder in ["repo/app", "repo/libs", "work/app", "work/lib", "alone", "other"] {
            fs_err::create_dir_all(root.join(folder)).unwrap();
        }
        fs_err::os::unix::fs::symlink("../../other", root.join("repo/libs/out")).unwrap();
        let has =
            |project: &str, folder: &str| Reach::of(&root.join(project)).has(&root.join(folder));
        assert!(!has("repo/app", "repo/libs"));
        fs_err::write(root.join("repo/.git"), "gitdir: elsewhere").unwrap();
        let workspace = "[tool.uv.workspace]\nmembers = ['app']\n";
        fs_err::write(root.join("work/pyproject.toml"), workspace).unwrap();
        for (project, folder, reached) in [
            ("repo/app", "repo/libs", true),
            ("repo/app", "repo/libs/out", false),
            ("repo/app", "other", false),
            ("work/app", "work/lib", true),
            ("work/lib", "work/app", false),
            ("alone", "alone", true),
            ("alone", "other", false),
        ] {
            assert_eq!(has(project, folder), reached, "{project} {folder}");
        }
    }
}
