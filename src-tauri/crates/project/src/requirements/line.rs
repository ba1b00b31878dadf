use camino::{Utf8Path, Utf8PathBuf};

use crate::guess::distributions::normalized;
use crate::own::{folder_address, is_source};
use crate::requirements::pip::editable;
use crate::requirements::source_line::{is_repository, without_egg};

/// Why a requirement is not packaged.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// A folder that nothing can be installed from.
    #[error("is a folder without a `pyproject.toml` or `setup.py`")]
    NoSource,
    /// Such as `hg+https://`.
    #[error("comes from a repository of a kind that is not fetched")]
    Repository,
    /// Neither a wheel nor an archive of a source.
    #[error("leads to nothing that can be installed")]
    NoPackage,
    /// A repository or an archive, where nothing may be run.
    #[error("comes as source: to install it, its own code would be run")]
    Builds,
    /// A file that does not exist.
    #[error("is not there")]
    Missing,
    /// A file of the machine on which the list was frozen.
    #[error("names a file that exists only on the machine where the list was made")]
    OnlyThere,
    /// `name=1.0=build`.
    #[error("is in the form of conda's own lists")]
    Conda,
    /// Neither a name nor a place.
    #[error("can't be understood")]
    Unreadable,
    /// A list at an address, which may say something else each time.
    #[error("is a list from elsewhere: what it asks for can't be seen before it is fetched")]
    Remote,
    /// A list that is there, but for the backslashes in its path.
    #[error("names a list that is there with `/`: only on Windows does `\\` lead into a folder")]
    Backslash,
    /// A control character, or a backslash at the end.
    #[error("is not one line")]
    Lines,
    /// An option where a requirement belongs.
    #[error("is an option, not a requirement")]
    Option,
    /// A package in `pylock.toml` that comes from elsewhere than a package index.
    #[error("does not come from a package index")]
    NotFromIndex,
}

impl Refusal {
    /// What the author can do about it.
    pub(crate) fn hint(self) -> &'static str {
        match self {
            Self::Repository => {
                "write a repository as `NAME @ git+https://HOST/PATH@REVISION`, or ask for the package by name and version"
            }
            Self::NoPackage => {
                "name a wheel (`.whl`), an archive of a source (`.tar.gz`, `.zip`) or a repository (`git+https://...`), or ask for the package by name and version"
            }
            Self::Builds => "build without `--no-run` if you trust it",
            Self::Missing | Self::NoSource => {
                "correct the path, which counts from the list's folder or the project's; where `pip` installs it from a folder above, build that one, and name the script with `--entry`"
            }
            Self::OnlyThere | Self::Conda => {
                "`python -m pip list --format=freeze` writes the list without it"
            }
            Self::Remote => "copy the list into the project's folder",
            Self::Backslash => "write the path with `/`, which is understood on every system",
            Self::Lines | Self::Option | Self::Unreadable => {
                "write one requirement alone, as in `pandas>=2`"
            }
            Self::NotFromIndex => "only packages from an index can be packaged",
        }
    }
}

/// What the author can do about a requirement that is refused: where the requirement itself tells
/// its version, what to write in its place.
pub fn way_out(requirement: &str, refusal: Refusal) -> String {
    let hint = refusal.hint();
    if refusal == Refusal::Builds {
        let python = crate::settings::python::DEFAULT_VERSION;
        return format!(
            "{hint}, or make a wheel of it once:\n  \
             uv run --no-project --python {python} --with pip python -m pip wheel --no-deps --wheel-dir wheels '{requirement}'\n\
             and name that in its place, as in `./wheels/NAME.whl`"
        );
    }
    if !matches!(refusal, Refusal::OnlyThere | Refusal::Conda) {
        return hint.to_owned();
    }
    let requirement = editable(requirement).unwrap_or(requirement);
    let Some(name) = written_name(requirement) else { return hint.to_owned() };
    let version = match refusal {
        Refusal::Conda => requirement.split('=').nth(1).map(str::trim),
        // The second part of a wheel's name (PEP 427).
        _ => {
            let plain = requirement.split(['#', '?']).next().unwrap_or_default();
            let file = plain.trim().rsplit(['/', '\\']).next().unwrap_or_default();
            file.strip_suffix(".whl").and_then(|wheel| wheel.split('-').nth(1))
        }
    };
    let version = version.unwrap_or("VERSION");
    format!("write `{name}=={version}` in its place; {hint}")
}

/// The name of a requirement as it is written. That of a path is the one that its end says, or that of
/// its folder, which most often is the distribution's. `None` for an archive.
fn written_name(requirement: &str) -> Option<&str> {
    let is_name = |c: char| c.is_ascii_alphanumeric() || "-_.".contains(c);
    let beginning = |text: &str| text.find(|c: char| !is_name(c)).unwrap_or(text.len());
    if name_of(requirement).is_some() {
        return Some(&requirement[..beginning(requirement)]);
    }
    let name = match requirement.split_once("egg=") {
        Some((_, egg)) => egg,
        None => {
            let path = requirement.split(['#', '?', '[', ';']).next().unwrap_or_default();
            path.trim().trim_end_matches(['/', '\\']).rsplit(['/', '\\']).next()?
        }
    };
    let name = &name[..beginning(name)];
    (!name.is_empty() && !is_archive(name)).then_some(name)
}

/// The normalized name of the distribution that a requirement is about (PEP 508). `None` for a
/// bare address or path.
pub fn name_of(requirement: &str) -> Option<String> {
    let end = requirement
        .find(|c: char| !(c.is_ascii_alphanumeric() || "-_.".contains(c)))
        .unwrap_or(requirement.len());
    let (name, rest) = requirement.split_at(end);
    let path = name.is_empty() || name.starts_with('.') || rest.starts_with(['/', ':', '\\']);
    (!path).then(|| normalized(name))
}

/// The requirement in the form in which uv gets it, with its hashes. For a name, an index is asked;
/// an address is one of a wheel, or of a source ([`crate::requirements::source_line`]). A path may also lead to a
/// folder, which is the author's own code ([`crate::own`]). Paths count from the first of `folders` in
/// which they lead to something.
pub fn checked(line: &str, folders: &[&Utf8Path]) -> Result<String, Refusal> {
    let line = line.replace('\t', " ");
    let line = line.trim();
    if line.chars().any(char::is_control) || line.ends_with('\\') {
        return Err(Refusal::Lines);
    }
    if line.starts_with('-') {
        return Err(Refusal::Option);
    }
    let mut parts = line.split(" --");
    let head = parts.next().unwrap_or_default().trim();
    if is_of_conda(head) {
        return Err(Refusal::Conda);
    }
    let mut text = match split_name(head) {
        Some((name, "")) => name.to_owned(),
        Some((name, place)) => format!("{name} @ {}", checked_place(place, folders)?.0),
        None => match checked_place(head, folders)? {
            (place, Some(egg)) => format!("{egg} @ {place}"),
            (place, None) => place,
        },
    };
    for hash in parts.filter(|option| option.starts_with("hash")) {
        text.push_str(" --");
        text.push_str(hash.trim());
    }
    Ok(text)
}

/// A name with what is asked of it, and its address where it has one. `None` for what has no name.
fn split_name(head: &str) -> Option<(&str, &str)> {
    name_of(head)?;
    let is_name = |c: char| c.is_ascii_alphanumeric() || "-_.".contains(c);
    let after_name = head.trim_start_matches(is_name);
    let name = &head[..head.len() - after_name.len()];
    if is_archive(name) {
        return None;
    }
    let mut rest = after_name.trim_start();
    if rest.starts_with('[') {
        rest = rest.split_once(']')?.1.trim_start();
    }
    if let Some(place) = rest.strip_prefix('@') {
        let name = &head[..head.len() - rest.len()];
        return Some((name.trim_end(), place.trim()));
    }
    (rest.is_empty() || rest.starts_with(['<', '>', '=', '!', '~', ';', '('])).then_some((head, ""))
}

/// `name=1.0`, perhaps with `=build`: one sign of equality is nothing in a list of pip's.
fn is_of_conda(head: &str) -> bool {
    let is_name = |c: char| c.is_ascii_alphanumeric() || "-_.".contains(c);
    let rest = head.trim_start_matches(is_name);
    let single = rest.strip_prefix('=').is_some_and(|rest| rest.starts_with(|c: char| is_name(c)));
    single && rest.len() < head.len() && !rest.contains(['/', ' ', ';'])
}

/// Whether a path leads to the same place from everywhere, on any system.
fn is_absolute(path: &str) -> bool {
    let drive = path.get(1..2) == Some(":") && path.starts_with(|c: char| c.is_ascii_alphabetic());
    path.starts_with(['/', '\\']) || drive
}

fn has_ending(name: &str, ending: &str) -> bool {
    name.to_ascii_lowercase().ends_with(ending)
}

fn is_archive(name: &str) -> bool {
    [".whl", ".tar.gz", ".tgz", ".zip", ".tar.bz2", ".tar.xz"]
        .iter()
        .any(|ending| has_ending(name, ending))
}

/// An address or a path, with its extras and its marker, and the name that the address has in it.
fn checked_place(place: &str, folders: &[&Utf8Path]) -> Result<(String, Option<String>), Refusal> {
    let (place, marker) = match place.find(" ;") {
        Some(at) => place.split_at(at),
        None => (place, ""),
    };
    if place.contains("://") && place.contains("egg=") {
        let (place, egg) = without_egg(place.trim());
        return Ok((format!("{}{marker}", address(&place, folders)?), egg));
    }
    let (place, extras) = match place.rfind('[').filter(|_| place.ends_with(']')) {
        Some(at) => place.split_at(at),
        None => (place, ""),
    };
    let place = address(place.trim(), folders)?;
    Ok((format!("{place}{extras}{marker}"), None))
}

/// The address of the wheel, the source or the folder that `place` leads to.
pub(crate) fn address(place: &str, folders: &[&Utf8Path]) -> Result<String, Refusal> {
    let scheme = place.split(':').next().unwrap_or_default().to_ascii_lowercase();
    let plain = place.split(['?', '#']).next().unwrap_or_default();
    if is_repository(place) {
        return Ok(place.to_owned());
    }
    if scheme.contains('+') || matches!(scheme.as_str(), "git" | "ssh") || place.starts_with("git@")
    {
        return Err(Refusal::Repository);
    }
    if matches!(scheme.as_str(), "http" | "https") {
        let taken = is_archive(plain) && !place.contains(char::is_whitespace);
        return if taken { Ok(place.to_owned()) } else { Err(Refusal::NoPackage) };
    }
    // What Hatch and PDM call the project's folder.
    let inside = ["{root:uri}", "file:///${PROJECT_ROOT}", "file://${PROJECT_ROOT}"];
    let inside = inside.iter().find_map(|root| plain.strip_prefix(root));
    let path = match (inside, place.get(..5)) {
        (Some(inside), _) => format!(".{inside}"),
        (_, Some(start)) if start.eq_ignore_ascii_case("file:") => decoded(&plain[5..]),
        // `./thing#egg=thing`
        _ if place.contains("#egg=") => plain.to_owned(),
        _ => place.to_owned(),
    };
    let paths: Vec<Utf8PathBuf> = folders.iter().map(|folder| folder.join(&path)).collect();
    // pip counts folders from where it runs, and uv from the list.
    if let Some(folder) = paths.iter().find(|path| path.is_dir() && is_source(path)) {
        return Ok(folder_address(folder));
    }
    match paths.into_iter().find(|path| path.exists()) {
        Some(path) if path.is_dir() => Err(Refusal::NoSource),
        Some(path) if is_archive(path.as_str()) => Ok(file_address(&path)),
        Some(_) => Err(Refusal::NoPackage),
        None if is_absolute(&path) => Err(Refusal::OnlyThere),
        None if place.contains(['/', '\\', ':']) || is_archive(place) => Err(Refusal::Missing),
        None => Err(Refusal::Unreadable),
    }
}

/// The path of a `file:` address, from what follows the colon.
pub(crate) fn decoded(rest: &str) -> String {
    let rest =
        rest.strip_prefix("//").map_or(rest, |it| it.strip_prefix("localhost").unwrap_or(it));
    let mut bytes = Vec::new();
    let mut left = rest.as_bytes();
    while let [first, tail @ ..] = left {
        let digits = tail.get(..2).and_then(|digits| std::str::from_utf8(digits).ok());
        let byte = digits.filter(|_| *first == b'%').and_then(|it| u8::from_str_radix(it, 16).ok());
        bytes.push(byte.unwrap_or(*first));
        left = if byte.is_some() { &tail[2..] } else { tail };
    }
    let path = String::from_utf8_lossy(&bytes).into_owned();
    // `/C:/x`
    match path.strip_prefix('/') {
        Some(inner) if cfg!(windows) && inner.get(1..2) == Some(":") => inner.to_owned(),
        _ => path,
    }
}

/// A `file:` address, in which nothing is left that a list of requirements takes for its own.
pub fn file_address(path: &Utf8Path) -> String {
    let path = std::path::absolute(path)
        .ok()
        .and_then(|path| Utf8PathBuf::from_path_buf(path).ok())
        .unwrap_or_else(|| path.to_owned());
    let mut text = String::from("file://");
    if !path.as_str().starts_with('/') {
        text.push('/');
    }
    for byte in path.as_str().bytes() {
        match byte {
            b'\\' if cfg!(windows) => text.push('/'),
            b':' if cfg!(windows) => text.push(':'),
            b'/' | b'-' | b'_' | b'.' | b'~' => text.push(char::from(byte)),
            _ if byte.is_ascii_alphanumeric() => text.push(char::from(byte)),
            _ => text.push_str(&format!("%{byte:02X}")),
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_requirements() {
        for (line, name) in [
            ("Py_YAML>=5", Some("py-yaml")),
            ("x[a,b]==1", Some("x")),
            ("x@https://example.org", Some("x")),
            ("./x", None),
            ("https://example.org/x.whl", None),
            ("C:\\x", None),
        ] {
            assert_eq!(name_of(line).as_deref(), name, "{line}");
        }
    }

    #[test]
    fn names_and_places_are_taken() {
        let dir = tempfile::tempdir().unwrap();
        let root = Utf8Path::from_path(dir.path()).unwrap();
        fs_err::create_dir_all(root.join("pack")).unwrap();
        fs_err::create_dir_all(root.join("folder.whl")).unwrap();
        fs_err::create_dir_all(root.join("wheels é")).unwrap();
        for file in ["wheels é/x-1-py3-none-any.whl", "x-1-py3-none-any.whl", "x.tar.gz", "x.csv"]
        {
            fs_err::write(root.join(file), "").unwrap();
        }
        fs_err::create_dir_all(root.join("one é")).unwrap();
        fs_err::write(root.join("one é/setup.py"), "").unwrap();
        let real = root.canonicalize_utf8().unwrap();
        let own = format!("file://{real}/one%20%C3%A9/");
        let pack = format!("x @ file://{root}/pack");
        let from = format!("file://{root}/wheels%20%C3%A9/x-1-py3-none-any.whl");
        for (line, refusal) in [
            ("-e .", Refusal::Option),
            ("--no-binary :all:", Refusal::Option),
            (".", Refusal::NoSource),
            ("./pack", Refusal::NoSource),
            ("pack/", Refusal::NoSource),
            ("folder.whl", Refusal::NoSource),
            (pack.as_str(), Refusal::NoSource),
            ("x @ file:pack", Refusal::NoSource),
            ("git+file:///home/ann/x", Refusal::Repository),
            ("git+https://example.org/x y", Refusal::Repository),
            ("x[a]@git@example.org:x.whl", Refusal::Repository),
            ("hg+http://example.org/x", Refusal::Repository),
            ("https://example.org/x#a.whl", Refusal::NoPackage),
            ("https://example.org/x.zip x.whl", Refusal::NoPackage),
            ("https://example.org/ann/x.git", Refusal::NoPackage),
            ("./x.csv", Refusal::NoPackage),
            ("./nothing", Refusal::Missing),
            ("nothing.whl", Refusal::Missing),
            ("x @ file:///croot/x_1/work/dist/x-1.2-py3-none-any.whl#sha256=1", Refusal::OnlyThere),
            ("x @ file:///C:/b/abs_1/croot/x/work", Refusal::OnlyThere),
            ("/home/ann/x-1-py3-none-any.whl", Refusal::OnlyThere),
            ("C:\\Users\\ann\\x-1-py3-none-any.whl", Refusal::OnlyThere),
            ("pandas=2.1.1=py311h_0", Refusal::Conda),
            ("pandas=2.1.1", Refusal::Conda),
            ("==1.0 what is this", Refusal::Unreadable),
            ("pandas numpy", Refusal::Unreadable),
            ("pandas\n-e .", Refusal::Lines),
            ("pandas\r-e .", Refusal::Lines),
            ("pandas \\", Refusal::Lines),
        ] {
            assert_eq!(checked(line, &[root]), Err(refusal), "{line}");
        }
        let same = |line: &str| (line.to_owned(), line.to_owned());
        for (line, taken) in [
            same("pandas"),
            same("Streamlit[auth] >= 1.40 ; python_version > '3.9'"),
            same("x (>=1)"),
            same("x==1 --hash=sha256:aa --hash=sha256:bb"),
            same("https://example.org/x-1-py3-none-any.whl#sha256=1"),
            same("git+https://example.org/x"),
            same("GIT+https://example.org/x.whl"),
            same("x @ git+ssh://git@example.org/x.whl ; os_name == 'nt'"),
            same("x @ https://example.org/x.zip?a.whl"),
            same("https://example.org/x.tar.gz#sha256=1"),
            (
                "git+https://example.org/x@v1#egg=My_X[a]&subdirectory=y ; os_name == 'nt'"
                    .to_owned(),
                "My_X[a] @ git+https://example.org/x@v1#subdirectory=y ; os_name == 'nt'"
                    .to_owned(),
            ),
            (
                "git+https://example.org/x#egg=x[a]".to_owned(),
                "x[a] @ git+https://example.org/x".to_owned(),
            ),
            (
                "x @ git+https://example.org/x#egg=x".to_owned(),
                "x @ git+https://example.org/x".to_owned(),
            ),
            ("x.tar.gz".to_owned(), format!("file://{root}/x.tar.gz")),
            same("x[a] @ https://example.org/x-1-py3-none-any.whl ; os_name == 'nt'"),
            ("x --config-settings=a=b".to_owned(), "x".to_owned()),
            (
                "./wheels é/x-1-py3-none-any.whl[a] ; os_name == 'nt'".to_owned(),
                format!("{from}[a] ; os_name == 'nt'"),
            ),
            (format!("x @ {from}"), format!("x @ {from}")),
            ("./one é".to_owned(), own.clone()),
            ("./one é#egg=x".to_owned(), own.clone()),
            ("one é/[a] ; os_name == 'nt'".to_owned(), format!("{own}[a] ; os_name == 'nt'")),
            ("x[a] @ {root:uri}/one é".to_owned(), format!("x[a] @ {own}")),
            ("x @ file:one%20%C3%A9".to_owned(), format!("x @ {own}")),
            ("x @ file:///${PROJECT_ROOT}/one é".to_owned(), format!("x @ {own}")),
            ("x-1-py3-none-any.whl".to_owned(), format!("file://{root}/x-1-py3-none-any.whl")),
        ] {
            let got = checked(&line, &[root]);
            let got = got.map(|it| it.replace("/./", "/"));
            assert_eq!(got, Ok(taken), "{line}");
        }
    }

    #[test]
    fn what_was_frozen_on_another_machine_has_a_way_out() {
        for (line, refusal, written) in [
            (
                "pandas @ file:///croot/pandas_1/work/dist/pandas-2.1.1-cp311-cp311-linux_x86_64.whl#sha256=1",
                Refusal::OnlyThere,
                "write `pandas==2.1.1` in its place; ",
            ),
            (
                "numpy @ file:///work/mkl/numpy_1/work",
                Refusal::OnlyThere,
                "write `numpy==VERSION` in",
            ),
            (
                "/home/ann/x-1.whl",
                Refusal::OnlyThere,
                "`python -m pip list --format=freeze` writes",
            ),
            ("pandas=2.1.1=py311h_0", Refusal::Conda, "write `pandas==2.1.1` in its place; "),
            ("-e /home/anna/my_tool", Refusal::OnlyThere, "write `my_tool==VERSION` in its"),
            ("--editable=C:\\b\\my-tool[a]", Refusal::OnlyThere, "write `my-tool==VERSION` in its"),
            ("-e file:///b/src#egg=my-tool", Refusal::OnlyThere, "write `my-tool==VERSION` in its"),
            ("/home/anna/mytool/", Refusal::OnlyThere, "write `mytool==VERSION` in its"),
        ] {
            let hint = way_out(line, refusal);
            assert!(hint.starts_with(written), "{line}: {hint}");
        }
    }
}
