//! What an author can do about what a trial start met.

use camino::{Utf8Path, Utf8PathBuf};
use waterskin_bundle::{Layout, SystemPackage};
use waterskin_project::{distribution_of, is_standard, top_level};

use crate::trial::found::is_settings;
use crate::trial::{TrialCause, TrialFailure};

/// What newer versions have no more.
const GONE: &str = include_str!("../../data/gone.tsv");
/// The minor versions of Python 3 that may be packed, and older ones that code was written for.
const PYTHONS: std::ops::RangeInclusive<u8> = 8..=14;

/// Texts, in small letters, that say what a machine or a trial start lacks, and the recipient may have.
const LACKS: [(&[&str], &str); 4] = [
    (
        &[
            "nvidia driver",
            "nvidia gpu",
            "not compiled with cuda",
            "no cuda gpus",
            "cuda driver",
            "cuda error",
            "cuda is not available",
            "libcuda.so",
            "libnvidia",
        ],
        "asks for a graphics card of Nvidia's, which this machine lacks",
    ),
    (
        &[
            "no display name",
            "connect to display",
            "open display",
            "no $display",
            "connect to x server",
            "no available video device",
        ],
        "opens a window of its own, for which a trial start has no screen",
    ),
    (
        &[
            "error querying device",
            "invalid input device",
            "no default input device",
            "no default output device",
        ],
        "asks for a sound device, which this machine lacks",
    ),
    (&["could not open port", "'/dev/"], "asks for a device that this machine lacks"),
];

/// Shared libraries, and the packages of Debian and Ubuntu that have them.
const LIBRARIES: [(&str, &str); 24] = [
    ("libEGL.so", "libegl1"),
    ("libGL.so", "libgl1"),
    ("libSM.so", "libsm6"),
    ("libXext.so", "libxext6"),
    ("libXrender.so", "libxrender1"),
    ("libcairo.so", "libcairo2"),
    ("libgdk_pixbuf", "libgdk-pixbuf-2.0-0"),
    ("libglib-2.0", "libglib2.0-0"),
    ("libgobject-2.0", "libglib2.0-0"),
    ("libgomp.so", "libgomp1"),
    ("libgthread-2.0", "libglib2.0-0"),
    ("libmagic", "libmagic1"),
    ("libmysqlclient", "libmariadb3"),
    ("libodbc.so", "unixodbc"),
    ("libopenslide", "libopenslide0"),
    ("libpango", "libpango-1.0-0"),
    ("libpangocairo", "libpangocairo-1.0-0"),
    ("libpangoft2", "libpangoft2-1.0-0"),
    ("libportaudio", "libportaudio2"),
    ("libpq.so", "libpq5"),
    ("libsndfile", "libsndfile1"),
    ("libspatialindex_c", "libspatialindex-c6"),
    ("libusb-1.0", "libusb-1.0-0"),
    ("libzbar", "libzbar0"),
];

/// What of the recipient's system a failure speaks of that this machine or a trial start lacks, as in
/// "opens a window of its own, ..."; `None` where it is the app's own. `depends` are the Debian packages
/// that the app asks for.
pub fn lacks(message: &str, depends: &[SystemPackage]) -> Option<String> {
    let small = message.to_lowercase();
    let of_words = LACKS.iter().find(|(words, _)| words.iter().any(|word| small.contains(word)));
    if let Some((_, text)) = of_words {
        return Some((*text).to_owned());
    }
    let (name, package) = library(message)?;
    let package = package.filter(|package| {
        depends
            .iter()
            .flat_map(SystemPackage::names)
            .any(|it| it.trim_end_matches("t64") == *package)
    })?;
    Some(format!("takes the library `{name}`, which this machine lacks, and `{package}` brings"))
}

/// The shared library that a message says is not there, with the package that has it.
fn library(message: &str) -> Option<(String, Option<&'static str>)> {
    let known =
        |name: &str| LIBRARIES.iter().find(|(start, _)| name.starts_with(start)).map(|it| it.1);
    // What Python, cffi and ctypes say, and what packages say in their place.
    const SAID: [(&str, &str); 4] = [
        ("Unable to find zbar", "libzbar"),
        ("failed to find libmagic", "libmagic"),
        ("PortAudio library not found", "libportaudio"),
        ("sndfile library not found", "libsndfile"),
    ];
    if let Some((_, name)) = SAID.iter().find(|(text, _)| message.contains(text)) {
        return Some(((*name).to_owned(), known(name)));
    }
    let name = match message.find(": cannot open shared object file") {
        Some(end) => message[..end].rsplit([' ', '\'', '"', '\n']).next()?,
        None => message.split_once("cannot load library '")?.1.split('\'').next()?,
    };
    Some((name.to_owned(), known(name)))
}

/// What an author can do about a failure.
pub(crate) fn hint(failure: &TrialFailure) -> String {
    let anyway = "`--no-try` builds without trying";
    let text = match &failure.cause {
        TrialCause::Missing { own: Some((path, folder)), .. } => format!(
            "`{path}` is yours, and nothing puts its folder on the path: write `sys.path.insert(0, str({folder}))` above the import (recipients have no `PYTHONPATH`)"
        ),
        TrialCause::Missing { module, own: None } => missing(module, None),
        TrialCause::Gone { name, distribution, version } => gone(name, distribution, version),
        TrialCause::Absent { path, found, left_out } => absent(path, found.as_deref(), *left_out),
        TrialCause::Above { path, root, entry } => format!(
            "`{path}` is outside of the project, and does not come along: `waterskin build '{root}' --entry '{entry}'` packages the folder that holds both"
        ),
        TrialCause::Fixed { path } => format!(
            "recipients have the project elsewhere: find `{path}` by `Path(__file__).parent`, the folder of the script"
        ),
        TrialCause::Variable { name, found } => variable(name, found.as_ref()),
        TrialCause::Status => "what the script takes on its command line is `arguments = [\"--name\", \"value\"]` under `[tool.waterskin]`; `st.stop()` ends a page".to_owned(),
        TrialCause::Refused { path: Some(path) } if path.starts_with(Layout::SITE_PACKAGES) => {
            "a package writes into its own folder, which recipients can't: have it write elsewhere by its settings, such as below `WATERSKIN_DATA_DIR`".to_owned()
        }
        TrialCause::Refused { .. } => {
            "an installed app can't write to its own folder: write below `WATERSKIN_DATA_DIR`, or set `data = \"copy\"`, which has the app run in a copy where it may write".to_owned()
        }
        TrialCause::App => said(&failure.message).unwrap_or_else(|| "mend it and build again".to_owned()),
        TrialCause::Place => return "give a `TMPDIR` that can be written to; `--no-try` builds without trying".to_owned(),
    };
    format!("{text}; {anyway}")
}

/// What to do about a module that is not there. `installed` is the distribution that usually brings it,
/// with its version, where it is installed.
pub(crate) fn missing(module: &str, installed: Option<&str>) -> String {
    let top = top_level(module);
    if top.trim_start_matches('_').starts_with("tkinter") {
        return "the Python that was packed has no Tk: give one that has it with `--python` (on Debian and Ubuntu, the package `python3-tk`), or leave `--python` out where standalone builds can be fetched".to_owned();
    }
    if let Some(installed) = installed {
        return format!("{installed} is installed and does not bring `{top}`{}", instead(module));
    }
    if let Some((_, distribution)) = distribution_of(module) {
        return format!("add `{distribution}` to the project's requirements and build again");
    }
    match PYTHONS.rev().find(|minor| is_standard(*minor, top)) {
        Some(last) => format!(
            "Python's library has `{top}` up to 3.{last}: change the import, or pack that version with `--python-version 3.{last}`{}",
            instead(module)
        ),
        None => format!(
            "add the package that brings `{module}` to the project's requirements and build again"
        ),
    }
}

/// What a distribution has no more, and what to do.
fn gone(name: &str, distribution: &str, version: &str) -> String {
    let has = format!("{distribution} {version} is what was packed, and it has no `{name}`");
    match (row(name), distribution) {
        (Some(_), _) => format!("{has}{}", instead(name)),
        (None, "Python") => format!(
            "{has}: change the code, or pack the version that you have with `--python-version`"
        ),
        (None, _) => format!(
            "{has}: change the code, or ask for the version with which it works, as `{distribution}==...` in the project's requirements (`pip show {distribution}` says which one you have)"
        ),
    }
}

/// What is written in place of something that is gone, and what still has it.
fn instead(name: &str) -> String {
    let Some((instead, requirement)) = row(name) else { return String::new() };
    match (instead, requirement) {
        ("", "") => String::new(),
        ("", requirement) => format!(": ask for `{requirement}`"),
        (instead, "") => format!(": write {instead} in its place"),
        (instead, requirement) => {
            format!(": write {instead} in its place, or ask for `{requirement}`")
        }
    }
}

/// The table's row for a name, or for what it is in.
fn row(name: &str) -> Option<(&'static str, &'static str)> {
    let rows = GONE.lines().filter(|line| !line.starts_with('#'));
    let rows = rows.filter_map(|line| {
        let mut cells = line.split('\t');
        Some((cells.next()?, cells.next()?, cells.next().unwrap_or_default()))
    });
    let within = |row: &(&str, &str, &str)| {
        name.strip_prefix(row.0).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
    };
    rows.filter(within).max_by_key(|row| row.0.len()).map(|row| (row.1, row.2))
}

fn absent(path: &Utf8Path, found: Option<&Utf8Path>, left_out: bool) -> String {
    let name = path.file_name().unwrap_or(path.as_str());
    match (found, left_out) {
        (_, true) => format!(
            "`{path}` does not come along, as the plan's row `left out` says; `include = [\"{path}\"]` in the settings takes it, where it may"
        ),
        (Some(found), _) => format!(
            "the project has it as `{found}`: relative paths begin in the project's folder; `Path(__file__)` finds what is beside a script wherever the app runs"
        ),
        (None, _) if path.is_absolute() || path.as_str().contains(":\\") => format!(
            "no recipient has `{path}`: put the file into the project's folder and find it by `Path(__file__).with_name(\"{name}\")`"
        ),
        (None, _) => format!(
            "`{path}` is not in the project's folder: put it there, or have the app do without"
        ),
    }
}

/// What to do about a variable that no recipient has.
fn variable(name: &str, found: Option<&(Utf8PathBuf, usize)>) -> String {
    let asked = format!("`[tool.waterskin.secrets.{name}]` has the app ask its user for it");
    let value = format!("`os.environ.get(\"{name}\", ...)`");
    match found {
        Some((file, _)) if is_settings(file) => format!(
            "`{file}` has it, and does not come along unless `include = [\"{file}\"]` under `[tool.waterskin]` names it and no key is in it, for `load_dotenv` to find; {asked}"
        ),
        Some((file, line)) => format!(
            "`{file}:{line}` sets it, for containers alone: give that value in the code, as {value}; {asked}"
        ),
        None => format!("no recipient has it: give a value in the code, as {value}; {asked}"),
    }
}

/// What an exception's own words tell of what to do.
fn said(message: &str) -> Option<String> {
    if let Some((name, package)) = library(message) {
        let package = package
            .map_or_else(|| "the package that has it".to_owned(), |package| format!("`{package}`"));
        let display = ["libGL.so", "libgthread", "libSM.so", "libXext", "libXrender"];
        let headless = if display.iter().any(|it| name.starts_with(it)) {
            "; where OpenCV asks for it, `opencv-python-headless` in place of `opencv-python` does without"
        } else {
            ""
        };
        return Some(format!(
            "the system lacks the library `{name}`: install {package} here, and write it to `packages.txt`, so that recipients have it too{headless}"
        ));
    }
    if let Some((_, rest)) = message.split_once("nltk.download('") {
        let data = rest.split('\'').next().unwrap_or_default();
        return Some(format!(
            "NLTK's data are in no package: `python -m nltk.downloader -d nltk_data {data}` in the project's folder fetches it, and `nltk.data.path.append(str(Path(__file__).parent / \"nltk_data\"))` finds it"
        ));
    }
    if let Some((_, rest)) = message.split_once("[E050] Can't find model '") {
        let model = rest.split('\'').next().unwrap_or_default();
        return Some(format!(
            "spaCy's models are in no list of the index: add the wheel's address to the requirements, as `{model} @ https://github.com/explosion/spacy-models/releases/download/{model}-X.Y.Z/{model}-X.Y.Z-py3-none-any.whl` with the version that fits your spaCy (`python -m spacy info {model} --url` prints it)"
        ));
    }
    let small = message.to_lowercase();
    let says = |texts: &[&str]| texts.iter().any(|text| small.contains(text));
    if says(&[
        "numpy.dtype size changed",
        "using numpy 1.x",
        "multiarray failed to import",
        "_array_api not found",
    ]) {
        return Some("a package was compiled for NumPy 1: ask for `numpy<2`, or for a newer version of that package".to_owned());
    }
    if says(&["incompatible dtype"]) && says(&["pickle"]) {
        return Some("a saved model was written by another version of its library: ask for that version (`pip show scikit-learn` says which one you have), or save the model anew".to_owned());
    }
    None
}

#[cfg(test)]
#[path = "remedy_tests.rs"]
mod tests;
