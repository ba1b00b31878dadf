//! The packages of an export, as pip in the image gets them.

use std::collections::BTreeSet;
use std::fs::File;
use std::io;

use camino::{Utf8Path, Utf8PathBuf};
use percent_encoding::percent_decode_str;
use toml::{Table, Value};
use waterskin_bundle::Digest;
use waterskin_project::without_password;

use super::app;
use super::error::ExportError;
use crate::build::settled::Settled;
use crate::own::WheelFiles;
use crate::plan::BuildPlan;

/// The folder of wheels and archives that no index has.
const WHEELS: &str = "wheels";
/// Where the app's files are in the image.
const APP: &str = "/srv/app";
const REQUIREMENTS: &str = "requirements.txt";
const REPOSITORIES: &str = "repositories.txt";

/// The lists, and what the author should know of them.
#[derive(Debug, Default)]
pub(super) struct Lists {
    requirements: String,
    /// What comes from repositories, whose revision stands for a hash; empty for nothing.
    repositories: String,
    /// Names of the files in [`WHEELS`].
    wheels: BTreeSet<String>,
    /// Whether an index asks for a name and a password, which are in none of the lists.
    pub credentials: bool,
    pub notes: Vec<String>,
}

impl Lists {
    /// Writes the lists, and puts into `folder` what no index has.
    pub fn make(
        plan: &BuildPlan,
        settled: &Settled,
        folder: &Utf8Path,
    ) -> Result<Self, ExportError> {
        let resolved = &settled.resolution.resolved;
        let mut lists = Self::default();
        let own_names = settled.own.names();
        let others = resolved.without(&own_names);
        let hashes = others.hashes();
        let mut options = Vec::new();
        for source in sources(plan) {
            options.extend(lists.option(&source, &hashes, folder)?);
        }
        let insecure = plan.requirements.given.insecure.iter();
        options.extend(insecure.map(|host| format!("--trusted-host {host}")));
        options.push("--only-binary :all:".to_owned());
        let built = settled.resolution.allowance.built.iter();
        options.extend(built.map(|name| format!("--no-binary {name}")));
        let settled_lines =
            others.without_repositories().with_files(|place| lists.file(place, folder))?;
        let mut own = Vec::new();
        for wheel in settled.own.folders() {
            own.extend(lists.own(wheel, folder)?);
        }
        own.sort();
        lists.requirements = format!(
            "# By `waterskin export`: every package in its version, with the digests that its archive may have.\n{}\n{}{}",
            options.join("\n"),
            settled_lines.to_public_text(),
            own.concat()
        );
        lists.repositories = others.repositories().to_public_text();
        if others.repositories().to_text() != lists.repositories {
            lists.credentials = true;
        }
        if lists.credentials {
            lists.notes.push("an index or a repository asks for a name and a password, which are in no file of the export: `docker build --secret id=netrc,src=$HOME/.netrc` has them for the time of the build".to_owned());
        }
        Ok(lists)
    }

    /// The lists by their names.
    pub fn texts(&self) -> impl Iterator<Item = (&'static str, &str)> {
        let both = [(REQUIREMENTS, &self.requirements), (REPOSITORIES, &self.repositories)];
        both.into_iter().filter(|(_, text)| !text.is_empty()).map(|(name, text)| (name, &**text))
    }

    pub fn has_wheels(&self) -> bool {
        !self.wheels.is_empty()
    }

    pub fn has_repositories(&self) -> bool {
        !self.repositories.is_empty()
    }

    /// An option of pip's for a place that packages come from.
    fn option(
        &mut self,
        source: &Place,
        hashes: &BTreeSet<String>,
        folder: &Utf8Path,
    ) -> Result<Option<String>, ExportError> {
        let (option, place) = (source.option, &source.place);
        let Some(local) = local(place) else {
            let public = without_password(place);
            self.credentials |= public != *place;
            return Ok(Some(format!("{option} {public}").trim_end().to_owned()));
        };
        if option != FIND_LINKS {
            self.notes.push(format!(
                "the index `{local}` is a folder of this machine, which the image's build can't reach"
            ));
            return Ok(None);
        }
        for file in files_in(&local) {
            let digest = File::open(&file).and_then(Digest::of_reader);
            let digest = digest.map_err(ExportError::write(&file))?;
            if hashes.contains(digest.as_str()) {
                self.take(&file, folder)?;
            }
        }
        Ok(self.has_wheels().then(|| format!("{FIND_LINKS} ./{WHEELS}")))
    }

    /// The requirement for a file of this machine, which comes along.
    fn file(&mut self, place: &str, folder: &Utf8Path) -> Result<String, ExportError> {
        let plain = place.split('#').next().unwrap_or(place);
        let Some(path) = local(plain) else { return Ok(place.to_owned()) };
        let name = self.take(&path, folder)?;
        Ok(format!("./{WHEELS}/{name}"))
    }

    /// The requirement for the author's own wheel in the folder `from`, which comes along. Its modules
    /// that are among the app's files are found where these are in the image.
    fn own(&mut self, from: &Utf8Path, folder: &Utf8Path) -> Result<Option<String>, ExportError> {
        let is_wheel = |path: &Utf8PathBuf| path.extension() == Some("whl");
        let Some(path) = files_in(from).into_iter().find(is_wheel) else { return Ok(None) };
        let mut files = WheelFiles::read(&path).map_err(ExportError::write(&path))?;
        let links = files.0.iter_mut().filter(|(name, _)| name.starts_with("__editable__."));
        for (_, file) in links {
            let text = String::from_utf8_lossy(&file.content);
            let lines = text.lines().map(|line| match line.strip_prefix("../app") {
                Some(rest) => format!("{APP}{rest}\n"),
                None => format!("{line}\n"),
            });
            file.content = lines.collect::<String>().into_bytes();
        }
        let name = path.file_name().unwrap_or_default();
        let to = self.place(name, folder)?;
        files.write(&to).and_then(|()| app::plain_file(&to)).map_err(ExportError::write(&to))?;
        let digest =
            File::open(&to).and_then(Digest::of_reader).map_err(ExportError::write(&to))?;
        Ok(Some(format!("./{WHEELS}/{name} \\\n    --hash={}\n", digest.as_str())))
    }

    /// Copies a file, and gives its name.
    fn take(&mut self, file: &Utf8Path, folder: &Utf8Path) -> Result<String, ExportError> {
        let name = file.file_name().unwrap_or_default();
        let to = self.place(name, folder)?;
        fs_err::copy(file, &to)
            .and_then(|_| app::plain_file(&to))
            .map_err(ExportError::write(&to))?;
        Ok(name.to_owned())
    }

    fn place(&mut self, name: &str, folder: &Utf8Path) -> Result<Utf8PathBuf, ExportError> {
        let wheels = folder.join(WHEELS);
        fs_err::create_dir_all(&wheels).map_err(ExportError::write(&wheels))?;
        self.wheels.insert(name.to_owned());
        Ok(wheels.join(name))
    }
}

/// A place that packages come from, with pip's option for it.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Place {
    option: &'static str,
    /// An address or a path; empty where the option says it all.
    place: String,
}

const FIND_LINKS: &str = "--find-links";
const INDEX: &str = "--index-url";
const MORE: &str = "--extra-index-url";
const NONE: &str = "--no-index";

/// Every place that the project's lists and its settings for uv name, each once.
fn sources(plan: &BuildPlan) -> Vec<Place> {
    let given = &plan.requirements.given;
    let mut found: Vec<Place> = given.indexes.iter().filter_map(|line| of_line(line)).collect();
    found.extend(of_settings(&given.settings.for_settled()));
    let mut each: Vec<Place> = Vec::new();
    for place in found {
        if !each.contains(&place) {
            each.push(place);
        }
    }
    each
}

/// A line of a list: an option and its value.
fn of_line(line: &str) -> Option<Place> {
    let (option, place) = line.trim().split_once([' ', '=']).unwrap_or((line.trim(), ""));
    let option = match option {
        "-f" => FIND_LINKS,
        "-i" => INDEX,
        other => [FIND_LINKS, INDEX, MORE, NONE].into_iter().find(|known| *known == other)?,
    };
    Some(Place { option, place: place.trim().to_owned() })
}

/// The same in uv's own words.
fn of_settings(table: &Table) -> Vec<Place> {
    let place = |option, value: &Value| Some(Place { option, place: value.as_str()?.to_owned() });
    let list = |key: &str| table.get(key).and_then(Value::as_array).into_iter().flatten();
    let mut found = Vec::new();
    found.extend(table.get("index-url").and_then(|value| place(INDEX, value)));
    found.extend(list("index").filter_map(|index| {
        let is_default = index.get("default").and_then(Value::as_bool) == Some(true);
        place(if is_default { INDEX } else { MORE }, index.get("url")?)
    }));
    found.extend(list("extra-index-url").filter_map(|value| place(MORE, value)));
    found.extend(list("find-links").filter_map(|value| place(FIND_LINKS, value)));
    if table.get("no-index").and_then(Value::as_bool) == Some(true) {
        found.push(Place { option: NONE, place: String::new() });
    }
    found
}

/// The path that a place is, if it is one of this machine.
fn local(place: &str) -> Option<Utf8PathBuf> {
    let path = match place.strip_prefix("file://") {
        Some(path) => percent_decode_str(path).decode_utf8().ok()?.into_owned(),
        None if place.is_empty() || place.contains("://") => return None,
        None => place.to_owned(),
    };
    // As in `file:///C:/wheels`.
    let path = if cfg!(windows) { path.trim_start_matches('/') } else { &path };
    Some(Utf8PathBuf::from(path))
}

/// The files in a folder, sorted; none where it can't be read, which uv has said before.
fn files_in(folder: &Utf8Path) -> Vec<Utf8PathBuf> {
    let entries = folder.read_dir_utf8().into_iter().flatten().filter_map(io::Result::ok);
    let mut files: Vec<Utf8PathBuf> =
        entries.map(|entry| entry.into_path()).filter(|path| path.is_file()).collect();
    files.sort();
    files
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_pips_own_words() {
        let place = |option, place: &str| Some(Place { option, place: place.to_owned() });
        assert_eq!(of_line("--index-url https://x/simple"), place(INDEX, "https://x/simple"));
        assert_eq!(of_line("--extra-index-url=https://x"), place(MORE, "https://x"));
        assert_eq!(of_line("--no-index"), place(NONE, ""));
        assert_eq!(of_line("--pre"), None);
        let text = "index-url = 'https://a'\nfind-links = ['/w é']\nno-index = true\n\
            index = [{ url = 'https://b', default = true }, { name = 'c', url = 'https://c' }]\n";
        let found = of_settings(&text.parse().unwrap());
        let expected = [
            (INDEX, "https://a"),
            (INDEX, "https://b"),
            (MORE, "https://c"),
            (FIND_LINKS, "/w é"),
            (NONE, ""),
        ];
        assert!(found.iter().map(|it| (it.option, &*it.place)).eq(expected), "{found:?}");
    }

    #[test]
    fn no_password_is_in_a_list() {
        let dir = tempfile::tempdir().unwrap();
        let folder = Utf8Path::from_path(dir.path()).unwrap();
        let mut lists = Lists::default();
        let place = of_line("--index-url https://ann:secret@x.example/simple").unwrap();
        let option = lists.option(&place, &BTreeSet::new(), folder).unwrap();
        assert_eq!(option.as_deref(), Some("--index-url https://x.example/simple"));
        assert!(lists.credentials);
    }

    #[test]
    fn files_of_this_machine_come_along() {
        let dir = tempfile::tempdir().unwrap();
        let root = Utf8Path::from_path(dir.path()).unwrap();
        let (from, to) = (root.join("räder"), root.join("out"));
        fs_err::create_dir_all(&from).unwrap();
        fs_err::write(from.join("a-1-py3-none-any.whl"), "1").unwrap();
        fs_err::write(from.join("b-1-py3-none-any.whl"), "2").unwrap();
        let mut lists = Lists::default();
        let place = Place { option: FIND_LINKS, place: from.to_string() };
        let hashes = BTreeSet::from([Digest::of(b"2").as_str().to_owned()]);
        let option = lists.option(&place, &hashes, &to).unwrap();
        assert_eq!(option.as_deref(), Some("--find-links ./wheels"));
        assert!(to.join("wheels/b-1-py3-none-any.whl").is_file());
        assert!(!to.join("wheels/a-1-py3-none-any.whl").exists(), "the app does not need it");
        let address = format!(
            "{}#sha256=aa",
            waterskin_project::file_address(&from.join("a-1-py3-none-any.whl"))
        );
        assert_eq!(lists.file(&address, &to).unwrap(), "./wheels/a-1-py3-none-any.whl");
        assert!(to.join("wheels/a-1-py3-none-any.whl").is_file());
    }
}
