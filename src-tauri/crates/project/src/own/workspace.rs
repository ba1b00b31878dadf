use std::collections::BTreeMap;

use camino::{Utf8Path, Utf8PathBuf};
use ignore::gitignore::GitignoreBuilder;
use toml::{Table, Value};
use walkdir::WalkDir;

use super::folder::{SourceFolder, read_pyproject};
use crate::guess::distributions::normalized;
use crate::script::locate::holds_everything;

/// How deep below a workspace its members are looked for.
const DEPTH: usize = 5;

/// A workspace of uv (its documentation, "Using workspaces").
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Workspace {
    /// Its folder.
    pub root: Utf8PathBuf,
    /// Where its root says that single packages come from.
    pub sources: Table,
    patterns: Vec<String>,
    excluded: Vec<String>,
}

impl Workspace {
    /// The workspace that `folder` is the root or a member of.
    pub fn of(folder: &Utf8Path) -> Option<Self> {
        folder
            .ancestors()
            .take_while(|above| *above == folder || !holds_everything(above))
            .find_map(|above| Self::rooted(above).filter(|it| it.has(folder)))
    }

    fn rooted(folder: &Utf8Path) -> Option<Self> {
        let pyproject = read_pyproject(folder)?;
        let uv = pyproject.get("tool")?.get("uv")?;
        let workspace = uv.get("workspace")?;
        let list = |key: &str| -> Vec<String> {
            let list = workspace.get(key).and_then(Value::as_array).into_iter().flatten();
            list.filter_map(Value::as_str).map(str::to_owned).collect()
        };
        let sources = uv.get("sources").and_then(Value::as_table).cloned().unwrap_or_default();
        let root = folder.to_owned();
        Some(Self { root, sources, patterns: list("members"), excluded: list("exclude") })
    }

    /// Whether `folder` is the root or a member.
    pub fn has(&self, folder: &Utf8Path) -> bool {
        let Ok(path) = folder.strip_prefix(&self.root) else { return false };
        path.as_str().is_empty()
            || (matches(&self.patterns, path) && !matches(&self.excluded, path))
    }

    /// The lock of the project in `folder`: its own, or that of its workspace.
    pub fn lock_for(folder: &Utf8Path) -> Option<Utf8PathBuf> {
        let own = Some(folder.join("uv.lock")).filter(|lock| lock.is_file());
        own.or_else(|| {
            read_pyproject(folder)?;
            Some(Self::of(folder)?.root.join("uv.lock")).filter(|lock| lock.is_file())
        })
    }

    /// The folders of the members by their normalized names.
    pub fn members(&self) -> BTreeMap<String, Utf8PathBuf> {
        let hidden = |entry: &walkdir::DirEntry| {
            entry.depth() > 0 && entry.file_name().to_string_lossy().starts_with('.')
        };
        let walk = WalkDir::new(&self.root).max_depth(DEPTH).sort_by_file_name().into_iter();
        let folders = walk.filter_entry(|entry| entry.file_type().is_dir() && !hidden(entry));
        let folders = folders.flatten().filter_map(|it| Utf8PathBuf::try_from(it.into_path()).ok());
        let members = folders.filter(|folder| self.has(folder)).map(SourceFolder::read);
        members.filter_map(|it| Some((normalized(it.name.as_deref()?), it.folder))).collect()
    }
}

fn matches(patterns: &[String], path: &Utf8Path) -> bool {
    let mut builder = GitignoreBuilder::new("");
    for pattern in patterns {
        // From the workspace's root, and a folder itself: `packages/*` has no `packages/a/b`.
        let pattern = pattern.trim_start_matches("./").trim_end_matches('/');
        // One that is no pattern has no members.
        let _ = builder.add_line(None, &format!("/{pattern}"));
    }
    builder.build().is_ok_and(|globs| globs.matched(path, true).is_ignore())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_member_finds_its_workspace_and_the_others() {
        let dir = tempfile::tempdir().unwrap();
        let root = Utf8PathBuf::from_path_buf(dir.path().canonicalize().unwrap()).unwrap();
        let write = |path: &str, text: &str| {
            let path = root.join(path);
            fs_err::create_dir_all(path.parent().unwrap()).unwrap();
            fs_err::write(path, text).unwrap();
        };
        let workspace =
            "[tool.uv.workspace]\nmembers = ['packages/*', './ap é']\nexclude = ['packages/old']\n";
        write("pyproject.toml", workspace);
        write("uv.lock", "");
        for folder in ["packages/one", "ap é", "packages/old", "packages/one/deep", "else"] {
            let name = folder.rsplit('/').next().unwrap();
            write(&format!("{folder}/pyproject.toml"), &format!("[project]\nname = 'My_{name}'\n"));
        }
        let of = |folder: &str| Workspace::of(&root.join(folder)).map(|it| it.root);
        for (folder, member) in [
            ("", true),
            ("packages/one", true),
            ("ap é", true),
            ("packages/old", false),
            ("packages/one/deep", false),
            ("else", false),
        ] {
            assert_eq!(of(folder).is_some(), member, "{folder}");
        }
        let found = Workspace::of(&root.join("ap é")).unwrap();
        assert_eq!(Workspace::lock_for(&root.join("ap é")), Some(root.join("uv.lock")));
        assert_eq!(Workspace::lock_for(&root.join("else")), None);
        let members = found.members();
        let names: Vec<&str> = members.keys().map(String::as_str).collect();
        assert_eq!(names, ["my-ap é", "my-one"]);
        assert_eq!(members["my-one"], root.join("packages/one"));
    }
}
