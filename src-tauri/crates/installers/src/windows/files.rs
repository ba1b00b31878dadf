use std::collections::{BTreeMap, BTreeSet};

use camino::{Utf8Path, Utf8PathBuf};
use waterskin_bundle::Layout;

use super::names::unfit;
use crate::archive::{Entries, Entry};
use crate::{FormatError, InstallTree};

/// What is installed beside a program on Windows, the payload sorted by path. Windows makes no symbolic links for
/// everybody, so a link is the file that it leads to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Files {
    /// The files.
    pub files: Vec<InstalledFile>,
    /// The folders, each after the one that it is in. The payload's own is the first.
    pub folders: Vec<String>,
}

/// A file that is installed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct InstalledFile {
    /// Its path beside the program, with `/`: `payload/manifest.json`.
    pub path: String,
    /// Where it is now.
    pub source: Utf8PathBuf,
    /// Its length in bytes.
    pub size: u64,
}

impl Files {
    /// What `tree` installs beside its program.
    ///
    /// # Errors
    ///
    /// A file can't be read, or Windows can't hold its name.
    pub fn of(tree: &InstallTree<'_>) -> Result<Self, FormatError> {
        let root = tree.payload.layout.root();
        let mut entries = Entries::default();
        entries.add_tree(Layout::PAYLOAD, root)?;
        let mut all = Self::default();
        for (path, entry) in entries.iter() {
            match entry {
                Entry::Folder => all.folders.push(path.to_owned()),
                Entry::File { source, size, .. } => {
                    let (path, source) = (path.to_owned(), source.clone());
                    all.files.push(InstalledFile { path, source, size: *size });
                }
                Entry::Link(_) => {
                    let below = path.strip_prefix(Layout::PAYLOAD).unwrap_or(path);
                    let source = root.join(below.trim_start_matches('/'));
                    let target = fs_err::metadata(&source).map_err(FormatError::read(&source))?;
                    if !target.is_file() {
                        let reason = "a link to a folder is none there";
                        return Err(FormatError::OnWindows { path: source, reason });
                    }
                    let (path, size) = (path.to_owned(), target.len());
                    all.files.push(InstalledFile { path, source, size });
                }
                // A folder gives none of these.
                Entry::Bytes(_) => {}
            }
        }
        all.check()?;
        Ok(all)
    }

    /// Adds what comes with the app to be read, which stands beside the program; it is written into
    /// `folder` for that.
    pub fn add_documents(
        &mut self,
        tree: &InstallTree<'_>,
        folder: &Utf8Path,
    ) -> Result<(), FormatError> {
        for (path, text) in tree.documents.files() {
            let source = folder.join(&path);
            fs_err::write(&source, text).map_err(FormatError::write(&source))?;
            self.files.push(InstalledFile { path, source, size: text.len() as u64 });
        }
        Ok(())
    }

    /// The sum of all files in bytes.
    pub fn bytes(&self) -> u64 {
        self.files.iter().map(|file| file.size).sum()
    }

    /// The folders with neither files nor folders in them.
    pub fn empty_folders(&self) -> impl Iterator<Item = &str> {
        let paths = self.files.iter().map(|file| &file.path).chain(&self.folders);
        let used: BTreeSet<&str> =
            paths.filter_map(|path| path.rsplit_once('/')).map(|(folder, _)| folder).collect();
        self.folders.iter().map(String::as_str).filter(move |folder| !used.contains(folder))
    }

    /// Windows knows no two names in a folder that differ in their case alone.
    fn check(&self) -> Result<(), FormatError> {
        let mut known: BTreeMap<String, &str> = BTreeMap::new();
        for path in self.files.iter().map(|file| &file.path).chain(&self.folders) {
            let name = path.rsplit('/').next().unwrap_or(path);
            let twin = known.insert(path.to_lowercase(), path);
            let reason =
                unfit(name).or(
                    twin.map(|_| "another name in its folder differs in the case of letters alone")
                );
            if let Some(reason) = reason {
                return Err(FormatError::OnWindows { path: path.into(), reason });
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn files(paths: &[&str], folders: &[&str]) -> Files {
        let file =
            |path: &&str| InstalledFile { path: (*path).to_owned(), source: "x".into(), size: 2 };
        let folders = folders.iter().map(|&folder| folder.to_owned()).collect();
        Files { files: paths.iter().map(file).collect(), folders }
    }

    #[test]
    fn names_that_differ_in_case_alone_are_refused() {
        let error = |paths: &[&str], folders: &[&str]| {
            files(paths, folders).check().err().map(|error| error.to_string())
        };
        assert_eq!(error(&["payload/É.py", "payload/e/É.py"], &["payload", "payload/e"]), None);
        insta::assert_snapshot!(
            error(&["payload/Été.py", "payload/été.py"], &[]).unwrap(),
            @"Windows can't hold `payload/été.py`: another name in its folder differs in the case of letters alone"
        );
        insta::assert_snapshot!(
            error(&["payload/a?.py"], &[]).unwrap(),
            @r#"Windows can't hold `payload/a?.py`: a name there has none of `< > : " / \ | ? *` and no control characters"#
        );
    }

    #[test]
    fn a_folder_without_anything_in_it_is_known() {
        let all = files(&["payload/a/b.py"], &["payload", "payload/a", "payload/c", "payload/c/d"]);
        assert_eq!(all.empty_folders().collect::<Vec<_>>(), ["payload/c/d"]);
        assert_eq!(all.bytes(), 2);
    }
}
