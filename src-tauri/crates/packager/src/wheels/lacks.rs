//! What a system lacks of an app's packages, all of it at once.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use camino::Utf8Path;
use waterskin_bundle::{System, Target};
use waterskin_project::{file_address, name_of, normalized};

use crate::own::{WheelFile, WheelFiles};
use crate::wheels::Wheels;
use crate::wheels::allowance::Allowance;
use crate::wheels::error::WheelsError;
use crate::wheels::resolve::Given;
use crate::wheels::uv::{Trouble, UvError};
use crate::wheels::write_error;

/// A package that can't be had for a system.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lack {
    /// Its name.
    pub package: String,
    /// Why it can't be had.
    pub because: String,
    /// The packages that ask for it; empty where the project itself does.
    pub asked_by: Vec<String>,
    /// What the author can do about it.
    pub way_out: String,
}

/// All that one system lacks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lacking {
    /// The system's name.
    pub target: String,
    /// In the order of their names.
    pub lacks: Vec<Lack>,
}

impl Lacking {
    /// What the author can do about all that systems lack.
    pub(crate) fn hint() -> String {
        "a wheel that was made on such a system is taken from a folder that `--find-links FOLDER` in `requirements.txt` names; or leave the system out, with `--target` for each of the others".to_owned()
    }
}

impl fmt::Display for Lacking {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (number, lack) in self.lacks.iter().enumerate() {
            let by = match &lack.asked_by[..] {
                [] => "the project itself asks".to_owned(),
                [one] => format!("`{one}` asks"),
                names => format!("`{}` ask", names.join("`, `")),
            };
            let end = if number + 1 < self.lacks.len() { "\n" } else { "" };
            write!(
                f,
                "  {}: `{}`, which {by} for: {}\n    {}{end}",
                self.target, lack.package, lack.because, lack.way_out
            )?;
        }
        Ok(())
    }
}

/// What several systems lack, a line for each package.
pub(crate) fn listed(lacking: &[Lacking]) -> String {
    lacking.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
}

/// The package that can't be had for `target`, by its name, and why.
pub(crate) fn missing(trouble: &Trouble, target: &Target) -> Option<(String, String)> {
    let name = target.name();
    let (package, because) = match trouble {
        Trouble::NoWheel { package } => (
            package,
            format!("there is no ready-made package (wheel) of it for this Python on {name}"),
        ),
        Trouble::OtherSystem { package } => (
            package,
            "there are ready-made packages (wheels) of it for other systems alone".to_owned(),
        ),
        Trouble::NewerSystem { package, .. } => (
            package,
            format!(
                "its ready-made packages (wheels) ask for a newer system than apps for {name} are made for"
            ),
        ),
        Trouble::SourceOnly { package, .. } => (
            package,
            "it is published as source only, and building it would run code of its own".to_owned(),
        ),
        Trouble::NotBuilt { package } => {
            (package, format!("it is published as source only, and can't be built for {name} here"))
        }
        _ => return None,
    };
    Some((package.clone()?, because))
}

/// The marker of a requirement that does not count on this system alone (PEP 508).
fn elsewhere(target: &Target) -> String {
    let machine = target.processor();
    match target.system() {
        System::Windows => "sys_platform != 'win32'".to_owned(),
        System::Linux => format!("sys_platform != 'linux' or platform_machine != '{machine}'"),
        System::MacOs => {
            let machine = if machine == "aarch64" { "arm64" } else { machine };
            format!("sys_platform != 'darwin' or platform_machine != '{machine}'")
        }
    }
}

/// What the author can do about a package. `place` is where the project lists its requirements.
fn way_out(package: &str, asked_by: &[String], target: &Target, place: &str) -> String {
    match asked_by {
        [] => format!(
            "choose another version, or write `{package} ; {}` in {place}: then it counts elsewhere alone",
            elsewhere(target)
        ),
        [first, ..] => format!(
            "choose a version of `{first}` that does without it, or one of `{package}` that has a wheel"
        ),
    }
}

impl Wheels<'_> {
    /// Finds out who asks for packages that are not there, by resolving with an empty wheel in the
    /// place of each.
    pub(super) fn lacking(
        &self,
        given: &Given,
        allowance: &Allowance,
        missing: &BTreeMap<String, String>,
    ) -> Result<Lacking, WheelsError> {
        let mut stand_ins = BTreeMap::new();
        for package in missing.keys() {
            let path =
                self.folder.join(format!("{}-0-py3-none-any.whl", package.replace('-', "_")));
            stand_in(package).write(&path).map_err(write_error(&path))?;
            stand_ins.insert(package.clone(), file_address(&path));
        }
        let output = self.folder.join("asked.txt");
        let asked = match self.compile(given, allowance, &output, &stand_ins) {
            Ok(()) => fs_err::read_to_string(&output).map_err(write_error(&output))?,
            // Then nobody knows, which is no reason to keep the list back.
            Err(_) => String::new(),
        };
        let listed: BTreeSet<String> =
            given.lines.iter().filter_map(|line| name_of(line)).collect();
        let place = self.requirements.file.as_deref().and_then(Utf8Path::file_name);
        let place = place.map_or_else(|| "the requirements".to_owned(), |name| format!("`{name}`"));
        let lack = |(package, because): (&String, &String)| {
            let mut asked_by =
                if listed.contains(package) { Vec::new() } else { askers(&asked, package) };
            asked_by.retain(|by| by != package);
            Lack {
                way_out: way_out(package, &asked_by, self.target, &place),
                package: package.clone(),
                because: because.clone(),
                asked_by,
            }
        };
        Ok(Lacking { target: self.target.name(), lacks: missing.iter().map(lack).collect() })
    }
}

/// A wheel of a package without anything in it.
fn stand_in(package: &str) -> WheelFiles {
    let info = format!("{}-0.dist-info", package.replace('-', "_"));
    let file = |text: String| WheelFile { content: text.into_bytes(), executable: false };
    WheelFiles(BTreeMap::from([
        (
            format!("{info}/METADATA"),
            file(format!("Metadata-Version: 2.1\nName: {package}\nVersion: 0\n")),
        ),
        (
            format!("{info}/WHEEL"),
            file("Wheel-Version: 1.0\nGenerator: waterskin\nRoot-Is-Purelib: true\nTag: py3-none-any\n".to_owned()),
        ),
    ]))
}

/// Which packages ask for this one, by the notes that uv (0.13) leaves behind what it resolved:
/// `x==1 # via -r requirements.txt, y`.
fn askers(resolved: &str, package: &str) -> Vec<String> {
    let of = |line: &str| name_of(line).is_some_and(|name| normalized(&name) == package);
    let line = resolved.lines().find(|line| !line.starts_with([' ', '#', '-']) && of(line));
    let by = line.and_then(|line| line.split_once("# via ")).map(|(_, by)| by).unwrap_or_default();
    // Neither a file of ours nor a word of explanation is a package.
    let is_name =
        |by: &&str| !by.is_empty() && !by.starts_with('-') && !by.contains([' ', '(', '/']);
    by.split(", ").map(str::trim).filter(is_name).map(str::to_owned).collect()
}

/// Whether nothing but the packages of `missing` is in the way, so that the next one can be looked for.
pub(super) fn next(
    source: &UvError,
    target: &Target,
    missing: &mut BTreeMap<String, String>,
) -> Option<String> {
    let (package, because) = self::missing(&source.trouble, target)?;
    let package = normalized(&package);
    if missing.contains_key(&package) {
        return None;
    }
    missing.insert(package.clone(), because);
    Some(package)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_asks_is_read_from_what_uv_writes() {
        let text = "# a comment\n\
                    x @ file:///c/x-0-py3-none-any.whl  # via --override (workspace), y, z-z\n\
                    y==1.0  # via -r requirements.txt\n\
                    z-z==2  # via waterskin-app-to-be-packaged (pyproject.toml)\n";
        assert_eq!(askers(text, "x"), ["y", "z-z"]);
        assert_eq!(askers(text, "y"), [""; 0]);
        assert_eq!(askers(text, "z-z"), [""; 0]);
        assert_eq!(askers(text, "unknown"), [""; 0]);
    }

    #[test]
    fn a_marker_leaves_out_one_system() {
        for (name, marker) in [
            ("windows-x86_64", "sys_platform != 'win32'"),
            ("macos-arm64", "sys_platform != 'darwin' or platform_machine != 'arm64'"),
            ("linux-aarch64", "sys_platform != 'linux' or platform_machine != 'aarch64'"),
        ] {
            assert_eq!(elsewhere(&Target::named(name).unwrap()), marker);
        }
    }

    #[test]
    fn each_package_says_who_asks_and_what_to_do() {
        let target = Target::named("windows-x86_64").unwrap();
        let lack = |package: &str, asked_by: &[&str]| {
            let asked_by: Vec<String> = asked_by.iter().map(|it| (*it).to_owned()).collect();
            let trouble = Trouble::OtherSystem { package: Some(package.to_owned()) };
            let (package, because) = missing(&trouble, &target).unwrap();
            let way_out = way_out(&package, &asked_by, &target, "`requirements.txt`");
            Lack { package, because, asked_by, way_out }
        };
        let lacks = vec![lack("uvloop", &[]), lack("jeepney", &["keyring", "x"])];
        let lacking = Lacking { target: target.name(), lacks };
        insta::assert_snapshot!(listed(&[lacking]), @r"
          windows-x86_64: `uvloop`, which the project itself asks for: there are ready-made packages (wheels) of it for other systems alone
            choose another version, or write `uvloop ; sys_platform != 'win32'` in `requirements.txt`: then it counts elsewhere alone
          windows-x86_64: `jeepney`, which `keyring`, `x` ask for: there are ready-made packages (wheels) of it for other systems alone
            choose a version of `keyring` that does without it, or one of `jeepney` that has a wheel
        ");
        assert_eq!(missing(&Trouble::Network, &target), None);
        assert_eq!(missing(&Trouble::NoWheel { package: None }, &target), None);
    }
}
