//! The app's packages: which, and how they come into a folder. What is published as source only is
//! built on the way.

pub(crate) mod allowance;
pub(crate) mod error;
pub(crate) mod lacks;
pub(crate) mod locked;
pub(crate) mod manylinux;
pub(crate) mod resolve;
pub(crate) mod resolved;
pub(crate) mod source_build;
pub(crate) mod tags;
pub(crate) mod uv;

use std::collections::BTreeMap;
use std::io;

use camino::Utf8Path;
use toml::{Table, Value};
use waterskin_bundle::Target;
use waterskin_project::{NeededModule, Requirements, without_password};

use crate::own::OwnWheels;
use crate::wheels::allowance::Allowance;
use crate::wheels::error::WheelsError;
use crate::wheels::manylinux::uv_platform;
use crate::wheels::resolved::Resolved;
use crate::wheels::source_build::Apart;
use crate::wheels::uv::{Trouble, Uv, UvError, UvFolder};

/// The app's packages, on their way into a folder.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Wheels<'a> {
    /// What the app asks for.
    pub requirements: &'a Requirements,
    /// Modules that its code can't do without.
    pub needed: &'a [NeededModule],
    /// The system that they are for.
    pub target: &'a Target,
    /// The project's folder.
    pub root: &'a Utf8Path,
    /// Whether no build backend may be run.
    pub no_run: bool,
    pub uv: Uv<'a>,
    /// Full version of the payload's Python, such as `3.11.7`.
    pub python_version: &'a str,
    /// A folder of ours for files on the way.
    pub folder: &'a Utf8Path,
    /// The author's own.
    pub own: &'a OwnWheels,
}

impl Wheels<'_> {
    /// The error with what it takes to go on.
    pub(crate) fn named(&self, error: WheelsError) -> WheelsError {
        let python = self.minor();
        let (WheelsError::Resolve { source, .. } | WheelsError::Install { source }) = &error else {
            return error;
        };
        match source.trouble.clone() {
            Trouble::SourceOnly { package: Some(package), .. } => {
                WheelsError::NotAllowed { package, python }
            }
            Trouble::NotBuilt { package: Some(package) } => match error {
                WheelsError::Resolve { source, .. } | WheelsError::Install { source } => {
                    WheelsError::NotBuilt { package, python, source }
                }
                other => other,
            },
            _ => error,
        }
    }

    /// The app's Python without its last number.
    pub(crate) fn minor(&self) -> String {
        let parts: Vec<&str> = self.python_version.split('.').take(2).collect();
        parts.join(".")
    }

    /// Runs uv, apart from what is the author's where it may run build backends.
    pub(crate) fn run(
        &self,
        folder: &UvFolder,
        arguments: &[&str],
        allowance: &Allowance,
    ) -> Result<(), UvError> {
        if allowance.built.is_empty() {
            return self.uv.run(folder, arguments).map(drop);
        }
        self.run_apart(folder, arguments)
    }

    /// Runs uv apart from what is the author's.
    pub(crate) fn run_apart(&self, folder: &UvFolder, arguments: &[&str]) -> Result<(), UvError> {
        let temporary = folder.path().join("tmp");
        // Where it can't be made, uv says so.
        let _ = fs_err::create_dir_all(&temporary);
        let kept = self.variables();
        let apart = Apart { temporary: &temporary, kept: &kept, compilers: false };
        self.uv.run_apart(folder, &apart, arguments).map(drop)
    }

    /// Variables of the author's that getting the packages takes: those that the lists name, as in
    /// `https://${TOKEN}@example.org`, and the one that leads to the keys for repositories by ssh.
    fn variables(&self) -> Vec<String> {
        let requirements = self.requirements;
        let given = &requirements.given;
        let file = requirements.file.as_ref().and_then(|it| fs_err::read_to_string(it).ok());
        let text = text(&[&given.indexes, &given.lines, &given.constraints]);
        let text = text + &file.unwrap_or_default();
        let names = text.split("${").skip(1).filter_map(|rest| Some(rest.split_once('}')?.0));
        let mut names: Vec<String> = names.map(str::to_owned).collect();
        if text.contains("ssh://") {
            names.push("SSH_AUTH_SOCK".to_owned());
        }
        names
    }

    pub(crate) fn insecure(&self) -> impl Iterator<Item = &str> {
        let hosts = self.requirements.given.insecure.iter();
        hosts.flat_map(|host| ["--allow-insecure-host", host.as_str()])
    }

    /// Downloads what was resolved, checks every hash and unpacks everything into `destination`.
    /// What is published as source only is built on the way.
    pub fn install(
        &self,
        resolved: &Resolved,
        allowance: &Allowance,
        destination: &Utf8Path,
    ) -> Result<(), WheelsError> {
        let given = &self.requirements.given;
        let mut table = given.settings.for_settled();
        built_apart(allowance, &mut table);
        let folder = UvFolder::new(self.folder, None, table).map_err(write_error(self.folder))?;
        // uv does not repeat in what it resolves where packages come from, since that may hold a
        // password. The copy lives only as long as the folder.
        let indexes = text(&[&given.indexes]);
        folder.write("indexes.txt", indexes.as_bytes()).map_err(write_error(self.folder))?;
        let others = resolved.without(&self.own.names());
        // What comes from a repository has no hash: its revision is one.
        let parts = [
            ("install.txt", others.without_repositories(), true),
            ("repositories.txt", others.repositories(), false),
        ];
        let platform = uv_platform(self.target, allowance.glibc);
        for (list, part, hashes) in parts.iter().filter(|(_, part, _)| part.len() > 0) {
            folder.write(list, part.to_text().as_bytes()).map_err(write_error(self.folder))?;
            let mut arguments = vec!["pip", "install", "--target", destination.as_str()];
            if !indexes.is_empty() {
                arguments.extend(["-r", "indexes.txt"]);
            }
            arguments.extend(["-r", list, "--no-deps"]);
            arguments.extend(hashes.then_some("--require-hashes"));
            arguments.extend(ANY_INDEX);
            arguments.extend(self.insecure());
            arguments.extend(self.target(&platform, allowance));
            // Hard links into uv's cache: nothing in the tree is ever changed in place, only
            // removed, and uv copies where the cache is on another disk.
            arguments.extend(["--link-mode", "hardlink"]);
            self.run(&folder, &arguments, allowance)
                .map_err(|source| self.named(WheelsError::Install { source }))?;
        }
        for name in &allowance.built {
            let installed = tags::dist_info(destination, name);
            if installed.is_some_and(|it| !tags::is_for_any_platform(&it)) {
                let package = resolved.shown(name).unwrap_or_else(|| name.clone());
                return Err(WheelsError::Compiled { package, python: self.minor() });
            }
        }
        self.install_own(resolved, destination)?;
        forget_places(destination).map_err(write_error(destination))
    }

    /// Installs the author's own, as they are: no index is asked for anything of these names.
    fn install_own(&self, resolved: &Resolved, destination: &Utf8Path) -> Result<(), WheelsError> {
        let own = resolved.only(&self.own.names());
        if own.len() == 0 {
            return Ok(());
        }
        let folder =
            UvFolder::new(self.folder, None, Table::new()).map_err(write_error(self.folder))?;
        folder.write("own.txt", own.to_text().as_bytes()).map_err(write_error(self.folder))?;
        let mut arguments = vec!["pip", "install", "--target", destination.as_str()];
        arguments.extend(["--no-deps", "--no-index", "--require-hashes", "-r", "own.txt"]);
        arguments.extend(self.own.folders().flat_map(|it| ["--find-links", it.as_str()]));
        arguments.extend(["--only-binary", ":all:", "--link-mode", "hardlink"]);
        self.uv.run(&folder, &arguments).map_err(|source| WheelsError::Install { source })?;
        Ok(())
    }

    pub(crate) fn target<'s>(
        &'s self,
        platform: &'s str,
        allowance: &'s Allowance,
    ) -> Vec<&'s str> {
        let mut arguments = vec![
            "--python-version",
            self.python_version,
            "--python-platform",
            platform,
            "--only-binary",
            ":all:",
        ];
        arguments.extend(allowance.built.iter().flat_map(|name| ["--no-binary", name]));
        arguments
    }
}

/// Removes what an installer notes of where packages came from: folders of the author's machine, and
/// times. Their records forget it when they are written anew.
fn forget_places(site_packages: &Utf8Path) -> io::Result<()> {
    for entry in site_packages.read_dir_utf8()? {
        let folder = entry?.into_path();
        if folder.extension() != Some("dist-info") {
            continue;
        }
        for note in ["uv_cache.json", "direct_url.json"] {
            let note = folder.join(note);
            let is_local = |text: String| {
                let has_password = without_password(&text) != text;
                has_password || text.contains("\"file:") || note.ends_with("uv_cache.json")
            };
            if fs_err::read_to_string(&note).is_ok_and(is_local) {
                fs_err::remove_file(&note)?;
            }
        }
    }
    Ok(())
}

/// Where versions and hashes are settled, each index is as good as the other.
pub(crate) const ANY_INDEX: [&str; 2] = ["--index-strategy", "unsafe-best-match"];

/// Has uv keep what is built here apart from what was built of the same source elsewhere: there a
/// compiler may have had a part in it.
pub(crate) fn built_apart(allowance: &Allowance, table: &mut Table) {
    if allowance.built.is_empty() {
        return;
    }
    let variables = source_build::fixed_variables()
        .map(|(name, value)| (name.to_owned(), Value::String(value.to_owned())));
    let variables = Table::from_iter(variables);
    let names = allowance.built.iter();
    let each = names.map(|name| (name.clone(), Value::Table(variables.clone()))).collect();
    table.insert("extra-build-variables".to_owned(), Value::Table(each));
}

/// Has uv install nothing of what is of another system, whatever asks for it; or a wheel in its place,
/// where there is one.
pub(crate) fn without_foreign(
    allowance: &Allowance,
    stand_ins: &BTreeMap<String, String>,
    table: &mut Table,
) {
    if allowance.foreign.is_empty() {
        return;
    }
    let instead = |name: &String| {
        Value::String(match stand_ins.get(name) {
            Some(address) => format!("{name} @ {address}"),
            None => format!("{name} ; python_version < '0'"),
        })
    };
    let lines = allowance.foreign.iter().map(instead);
    let list = table.entry("override-dependencies").or_insert_with(|| Value::Array(Vec::new()));
    if let Some(list) = list.as_array_mut() {
        list.extend(lines);
    }
}

pub(crate) fn text(lists: &[&Vec<String>]) -> String {
    let lines = lists.iter().flat_map(|list| list.iter());
    lines.map(|line| format!("{line}\n")).collect()
}

pub(crate) fn write_error(path: &Utf8Path) -> impl FnOnce(io::Error) -> WheelsError {
    let path = path.to_owned();
    move |source| WheelsError::Write { path, source }
}
