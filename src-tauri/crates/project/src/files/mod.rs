pub(crate) mod keys;
pub(crate) mod left_out;
pub(crate) mod notes;

use std::collections::BTreeSet;
use std::io;

use camino::{Utf8Path, Utf8PathBuf};
use ignore::gitignore::{Gitignore, GitignoreBuilder};
use serde::Serialize;
use walkdir::{DirEntry, WalkDir};

use left_out::{LeftOut, Reason};

/// What of a project comes along, and what does not.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct ProjectFiles {
    /// Every file and link that comes along, in the order of their paths.
    pub files: Vec<ProjectFile>,
    /// Folders in which nothing comes along, and that come along empty: an app may look into them.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub folders: Vec<Utf8PathBuf>,
    /// Everything that stays behind, in the order of the paths. Of a folder that stays behind
    /// only the folder is named.
    pub left_out: Vec<LeftOut>,
}

/// One file that comes along.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct ProjectFile {
    /// Path relative to the project.
    pub path: Utf8PathBuf,
    /// Size of the content.
    pub bytes: u64,
    /// For a link to something else of the project: the target, relative to the link's folder.
    /// Such a link stays a link. `None` for a file with content.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub link: Option<Utf8PathBuf>,
    /// Where the content is, when it comes from outside of the project by a link; absolute and
    /// without links. `None` for a file of the project.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from: Option<Utf8PathBuf>,
}

/// Where to look, and what the author wants in and out.
#[derive(Debug)]
pub(crate) struct Selection<'a> {
    /// The project's folder.
    pub root: &'a Utf8Path,
    /// The folders that the build writes to; they may be in the project.
    pub outputs: &'a [&'a Utf8Path],
    /// Patterns, as in a `.gitignore`, that bring back what would stay behind.
    pub include: &'a [String],
    /// Patterns, as in a `.gitignore`, of what stays behind.
    pub exclude: &'a [String],
    /// Whether links to files outside of the project are followed. Only the person who builds can
    /// say so: a project of somebody else's could pick any of that person's files.
    pub follow_links: bool,
}

/// Why it could not be found out what comes along.
#[derive(Debug, thiserror::Error)]
pub enum FilesError {
    /// A folder or file can't be read.
    #[error("could not read `{path}`")]
    Read {
        /// The folder or file.
        path: Utf8PathBuf,
        /// What the system said.
        #[source]
        source: io::Error,
    },
    /// A pattern of `include` or `exclude` is none.
    #[error("`{pattern}` in `{setting}` is not a pattern")]
    Pattern {
        /// `include` or `exclude`.
        setting: &'static str,
        /// The pattern.
        pattern: String,
        /// What is wrong with it.
        #[source]
        source: Box<ignore::Error>,
    },
}

impl ProjectFiles {
    /// Looks through the project's folder.
    ///
    /// A link to something else of the project stays a link. One that leads out of the project is
    /// left out, since nobody would expect a file from elsewhere in an installer, unless links are
    /// followed: then the content of the file comes along, if it is none that may hold secrets.
    pub(crate) fn select(selection: &Selection<'_>) -> Result<Self, FilesError> {
        Self::select_within(selection, LINKED_DEPTH)
    }

    /// `depth` is how many links to folders may lead on from here.
    fn select_within(selection: &Selection<'_>, depth: usize) -> Result<Self, FilesError> {
        let walk = Walk {
            selection,
            include: patterns(selection.root, "include", selection.include)?,
            exclude: patterns(selection.root, "exclude", selection.exclude)?,
            real_root: real(selection.root)?,
            outputs: selection
                .outputs
                .iter()
                .filter_map(|output| output.canonicalize_utf8().ok())
                .collect(),
        };
        let mut found = Self::default();
        let mut entries = WalkDir::new(selection.root).min_depth(1).sort_by_file_name().into_iter();
        while let Some(entry) = entries.next() {
            let entry = entry.map_err(|error| read_error(selection.root, error))?;
            let folder = entry.file_type().is_dir();
            match walk.judge(&entry)? {
                Verdict::Descend => found.folders.extend(walk.own_folder(&entry)),
                Verdict::Reach => {}
                Verdict::Take(file) => found.files.push(file),
                Verdict::Follow(path, target) => found.add_linked(&path, &target, &walk, depth)?,
                Verdict::Leave(left_out) => {
                    found.left_out.push(left_out);
                    if folder {
                        entries.skip_current_dir();
                    }
                }
            }
        }
        found.drop_dangling_links();
        found.keep_empty_folders();
        found.files.sort();
        found.folders.sort();
        found.left_out.sort();
        Ok(found)
    }

    /// Adds a folder from outside of the project, to which the link `path` leads.
    fn add_linked(
        &mut self,
        path: &Utf8Path,
        target: &Utf8Path,
        walk: &Walk<'_>,
        depth: usize,
    ) -> Result<(), FilesError> {
        // One that has the project in it would have no end.
        let Some(depth) = depth.checked_sub(1).filter(|_| !walk.real_root.starts_with(target))
        else {
            self.left_out.push(left_out(path, false, Reason::LinkOutside));
            return Ok(());
        };
        let selection = Selection { root: target, include: &[], exclude: &[], ..*walk.selection };
        let inner = Self::select_within(&selection, depth)?;
        for file in inner.files {
            let from = target.join(&file.path);
            if let Some(reason) = left_out::by_target(&from) {
                self.left_out.push(left_out(&path.join(&file.path), false, reason));
                continue;
            }
            let from = if file.link.is_some() { None } else { file.from.or(Some(from)) };
            self.files.push(ProjectFile { path: path.join(file.path), from, ..file });
        }
        self.folders.extend(inner.folders.iter().map(|folder| path.join(folder)));
        let below = |it: LeftOut| LeftOut { path: path.join(it.path).into_string(), ..it };
        self.left_out.extend(inner.left_out.into_iter().map(below));
        Ok(())
    }

    fn paths(&self) -> impl Iterator<Item = &Utf8Path> {
        let files = self.files.iter().map(|file| file.path.as_path());
        files.chain(self.folders.iter().map(Utf8PathBuf::as_path))
    }

    /// The sum of the sizes.
    pub fn bytes(&self) -> u64 {
        self.files.iter().map(|file| file.bytes).sum()
    }

    /// Folders with something in them are there by that.
    fn keep_empty_folders(&mut self) {
        let above = self.paths().flat_map(|path| path.ancestors().skip(1));
        let full: BTreeSet<Utf8PathBuf> = above.map(Into::into).collect();
        self.folders.retain(|folder| !full.contains(folder));
    }

    /// A link whose target stays behind would lead to nothing, so it stays behind, too. Links may
    /// lead to links, hence the repetition.
    fn drop_dangling_links(&mut self) {
        loop {
            let there: BTreeSet<Utf8PathBuf> =
                self.paths().flat_map(Utf8Path::ancestors).map(Into::into).collect();
            let (keep, drop): (Vec<_>, Vec<_>) =
                self.files.drain(..).partition(|file| match &file.link {
                    None => true,
                    Some(target) => {
                        let folder = file.path.parent().unwrap_or(Utf8Path::new(""));
                        there.contains(&normalised(&folder.join(target)))
                    }
                });
            self.files = keep;
            if drop.is_empty() {
                return;
            }
            self.left_out.extend(drop.into_iter().map(|file| LeftOut {
                path: file.path.into_string(),
                reason: Reason::LinkToNothing,
            }));
        }
    }
}

/// The file by which a folder that the app was exported to is known.
pub const EXPORT: &str = ".waterskin-export.json";

/// How many links to folders outside of the project are followed, one after the other.
const LINKED_DEPTH: usize = 4;

enum Verdict {
    Descend,
    /// The folder itself stays behind, and something in it may not.
    Reach,
    Take(ProjectFile),
    /// A link and the folder outside of the project to which it leads.
    Follow(Utf8PathBuf, Utf8PathBuf),
    Leave(LeftOut),
}

struct Walk<'a> {
    selection: &'a Selection<'a>,
    include: Gitignore,
    exclude: Gitignore,
    /// The project's folder without links in its path.
    real_root: Utf8PathBuf,
    outputs: Vec<Utf8PathBuf>,
}

impl Walk<'_> {
    fn judge(&self, entry: &DirEntry) -> Result<Verdict, FilesError> {
        let kind = entry.file_type();
        let folder = kind.is_dir();
        let Some(full) = Utf8Path::from_path(entry.path()) else {
            let shown = entry.path().strip_prefix(self.selection.root).unwrap_or(entry.path());
            let path = shown.to_string_lossy().into_owned();
            return Ok(Verdict::Leave(LeftOut { path, reason: Reason::Name }));
        };
        let path = full.strip_prefix(self.selection.root).unwrap_or(full);
        let leave = |reason| Ok(Verdict::Leave(left_out(path, folder, reason)));
        let wanted = self.include.matched_path_or_any_parents(path, folder).is_ignore();
        let named = kind.is_file() && left_out::is_named(path, self.selection.include);
        if let Some(reason) = self.stays(full, path, folder)?
            && !(wanted && reason.can_be_overruled())
            && !(named && reason == Reason::Environment)
        {
            // A folder that `include` reaches into is entered, and judged file by file.
            let reached = folder && reason.can_be_overruled() && self.reaches_into(path);
            return if reached { Ok(Verdict::Reach) } else { leave(reason) };
        }
        if folder {
            return Ok(Verdict::Descend);
        }
        if kind.is_symlink() {
            return self.judge_link(full, path);
        }
        if !kind.is_file() {
            return leave(Reason::Special);
        }
        let bytes = entry.metadata().map_err(|error| read_error(full, error))?.len();
        if left_out::worth_reading(bytes) {
            let content = fs_err::read(full)
                .map_err(|source| FilesError::Read { path: full.to_owned(), source })?;
            if let Some(reason) = left_out::by_content(path, &content)
                && !(wanted && reason.can_be_overruled())
            {
                return leave(reason);
            }
        }
        Ok(Verdict::Take(ProjectFile { path: path.to_owned(), bytes, link: None, from: None }))
    }

    /// The folder's path, relative to the project.
    fn own_folder(&self, entry: &DirEntry) -> Option<Utf8PathBuf> {
        let path = Utf8Path::from_path(entry.path())?;
        Some(path.strip_prefix(self.selection.root).unwrap_or(path).to_owned())
    }

    /// Whether the path stays behind by its name or by what kind of folder it is.
    fn stays(
        &self,
        full: &Utf8Path,
        path: &Utf8Path,
        folder: bool,
    ) -> Result<Option<Reason>, FilesError> {
        if let Some(reason) = left_out::by_name(path, folder)
            && !(reason == Reason::Cache && !folder && is_module_without_source(full))
        {
            return Ok(Some(reason));
        }
        if folder {
            // Conda's environments have no `pyvenv.cfg` (PEP 405) but a `conda-meta`.
            if full.join("pyvenv.cfg").is_file() || full.join("conda-meta").is_dir() {
                return Ok(Some(Reason::VirtualEnvironment));
            }
            if full.join(EXPORT).is_file() || self.outputs.contains(&real(full)?) {
                return Ok(Some(Reason::Output));
            }
        }
        let excluded = self.exclude.matched_path_or_any_parents(path, folder).is_ignore();
        Ok(excluded.then_some(Reason::Excluded))
    }

    /// Whether a pattern of `include` begins with this folder.
    fn reaches_into(&self, folder: &Utf8Path) -> bool {
        self.selection
            .include
            .iter()
            .any(|pattern| Utf8Path::new(pattern.trim_start_matches('/')).starts_with(folder))
    }

    fn judge_link(&self, full: &Utf8Path, path: &Utf8Path) -> Result<Verdict, FilesError> {
        let leave = |reason| Ok(Verdict::Leave(left_out(path, false, reason)));
        let Ok(target) = full.canonicalize_utf8() else {
            return leave(Reason::LinkToNothing);
        };
        let error = |source| FilesError::Read { path: target.clone(), source };
        let metadata = fs_err::metadata(&target).map_err(error)?;
        let path = path.to_owned();
        if let Ok(inside) = target.strip_prefix(&self.real_root) {
            let folder = path.parent().unwrap_or(Utf8Path::new(""));
            let link = Some(relative(folder, inside));
            return Ok(Verdict::Take(ProjectFile { path, bytes: 0, link, from: None }));
        }
        if !(self.selection.follow_links && (metadata.is_file() || metadata.is_dir())) {
            return leave(Reason::LinkOutside);
        }
        // Neither `include` nor anything else in the project excuses a file from elsewhere.
        // What is said of a folder is said of what is in it.
        let inner = if metadata.is_dir() { target.join("file") } else { target.clone() };
        if let Some(reason) = left_out::by_target(&inner) {
            return leave(reason);
        }
        if metadata.is_dir() {
            return Ok(Verdict::Follow(path, target));
        }
        let bytes = metadata.len();
        if left_out::worth_reading(bytes) {
            let content = fs_err::read(&target).map_err(error)?;
            let by_content = left_out::by_content(&target, &content);
            if let Some(reason) = by_content.or_else(|| left_out::by_content(&path, &content)) {
                return leave(reason);
            }
        }
        Ok(Verdict::Take(ProjectFile { path, bytes, link: None, from: Some(target) }))
    }
}

/// Whether this is bytecode that an import takes: in the place of a source that is not there.
fn is_module_without_source(path: &Utf8Path) -> bool {
    let cached = path.parent().is_some_and(|folder| folder.file_name() == Some("__pycache__"));
    path.extension() == Some("pyc") && !cached && !path.with_extension("py").exists()
}

fn left_out(path: &Utf8Path, folder: bool, reason: Reason) -> LeftOut {
    let mut path = path.as_str().replace('\\', "/");
    if folder {
        path.push('/');
    }
    LeftOut { path, reason }
}

fn patterns(
    root: &Utf8Path,
    setting: &'static str,
    patterns: &[String],
) -> Result<Gitignore, FilesError> {
    let mut builder = GitignoreBuilder::new(root);
    let error = |pattern: &str, source| FilesError::Pattern {
        setting,
        pattern: pattern.to_owned(),
        source: Box::new(source),
    };
    for pattern in patterns {
        builder.add_line(None, pattern).map_err(|source| error(pattern, source))?;
    }
    builder.build().map_err(|source| error(&patterns.join(", "), source))
}

fn real(path: &Utf8Path) -> Result<Utf8PathBuf, FilesError> {
    path.canonicalize_utf8().map_err(|source| FilesError::Read { path: path.to_owned(), source })
}

fn read_error(path: &Utf8Path, error: walkdir::Error) -> FilesError {
    let path = error.path().and_then(Utf8Path::from_path).unwrap_or(path).to_owned();
    let source = error.into_io_error().unwrap_or_else(|| io::Error::other("a loop of links"));
    FilesError::Read { path, source }
}

/// The way from `folder` to `target`, both relative to the same root.
fn relative(folder: &Utf8Path, target: &Utf8Path) -> Utf8PathBuf {
    let shared = folder
        .components()
        .zip(target.components())
        .take_while(|(one, other)| one == other)
        .count();
    let up = folder.components().skip(shared).map(|_| "..");
    let down = target.components().skip(shared).map(|part| part.as_str());
    let way: Utf8PathBuf = up.chain(down).collect();
    if way.as_str().is_empty() { ".".into() } else { way }
}

/// The path without `.` and `..`, which are resolved by their names alone.
fn normalised(path: &Utf8Path) -> Utf8PathBuf {
    let mut parts: Vec<&str> = Vec::new();
    for part in path.components() {
        match part.as_str() {
            "." => {}
            ".." => {
                parts.pop();
            }
            name => parts.push(name),
        }
    }
    parts.into_iter().collect()
}

#[cfg(test)]
mod tests;
