//! `environment.yml`: the list of an environment of conda.

use crate::guess::distributions::normalized;
use crate::requirements::tools::ToolList;

/// Names that conda has for what the package index calls otherwise.
const RENAMED: [(&str, &str); 20] = [
    ("pytorch", "torch"),
    ("pytorch-cpu", "torch"),
    ("pytorch-gpu", "torch"),
    ("tensorflow-gpu", "tensorflow"),
    ("tensorflow-base", "tensorflow"),
    ("opencv", "opencv-python-headless"),
    ("py-opencv", "opencv-python-headless"),
    ("libopencv", "opencv-python-headless"),
    ("matplotlib-base", "matplotlib"),
    ("seaborn-base", "seaborn"),
    ("geopandas-base", "geopandas"),
    ("dask-core", "dask"),
    ("pytables", "tables"),
    ("msgpack-python", "msgpack"),
    ("python-graphviz", "graphviz"),
    ("psycopg2", "psycopg2-binary"),
    ("ruamel-yaml", "ruamel.yaml"),
    ("py-xgboost", "xgboost"),
    ("py-xgboost-cpu", "xgboost"),
    ("lightgbm-cpu", "lightgbm"),
];

/// What conda has, and the package index under the same name either not or as something else.
const OTHER: [&str; 47] = [
    "pip",
    "setuptools",
    "wheel",
    "nodejs",
    "ffmpeg",
    "graphviz",
    "poppler",
    "tesseract",
    "gdal",
    "libgdal",
    "openssl",
    "ca-certificates",
    "certifi-win32",
    "mkl",
    "mkl-service",
    "blas",
    "openblas",
    "cudatoolkit",
    "cuda",
    "cudnn",
    "cuda-toolkit",
    "pytorch-cuda",
    "pytorch-mutex",
    "gcc",
    "gxx",
    "make",
    "cmake",
    "git",
    "curl",
    "sqlite",
    "zlib",
    "bzip2",
    "xz",
    "tk",
    "readline",
    "ncurses",
    "icu",
    "java",
    "openjdk",
    "maven",
    "hdf5",
    "proj",
    "geos",
    "krb5",
    "freetype",
    "python-abi",
    "nomkl",
];

/// The pip part of an `environment.yml`, and what of the rest has a counterpart on the package index.
/// `is_known` says of a normalized name whether it is one there that is no stranger's.
pub(crate) fn environment(text: &str, is_known: impl Fn(&str) -> bool) -> ToolList {
    of_items(items(text), is_known)
}

/// The same of what `conda list --export` writes, a line such as `pandas=2.1.1=py311h_0` each. `None`
/// for a list of pip's.
pub(crate) fn export(text: &str, is_known: impl Fn(&str) -> bool) -> Option<ToolList> {
    let lines = text.trim_start_matches('\u{feff}').lines().map(str::trim);
    let lines: Vec<&str> =
        lines.filter(|line| !line.is_empty() && !line.starts_with(['#', '@'])).collect();
    let parts = |line: &str| -> Option<[String; 3]> {
        let parts: Vec<String> = line.split('=').map(str::to_owned).collect();
        parts.try_into().ok()
    };
    // Of `a===1` the second part is empty.
    let of_conda =
        |line: &&str| parts(line).is_some_and(|parts| parts.iter().all(|it| !it.is_empty()));
    if lines.is_empty() || !lines.iter().all(of_conda) {
        return None;
    }
    let items = lines.into_iter().map(|line| match parts(line) {
        Some([name, version, build]) if build.starts_with("pypi") => {
            Item::Pip(format!("{name}=={version}"))
        }
        _ => Item::Conda(line.to_owned()),
    });
    Some(of_items(items.collect(), is_known))
}

fn of_items(items: Vec<Item>, is_known: impl Fn(&str) -> bool) -> ToolList {
    let mut list = ToolList::default();
    let mut left = Vec::new();
    for item in items {
        match item {
            Item::Pip(line) => {
                list.pip.push_str(&line);
                list.pip.push('\n');
            }
            Item::Conda(spec) => {
                let (name, version) = split(&spec);
                let plain = normalized(name);
                if plain == "python" {
                    list.requires_python = Some(minor(&version)).filter(|it| !it.is_empty());
                    continue;
                }
                let renamed = RENAMED.iter().find(|(conda, _)| *conda == plain);
                if let Some((_, other)) = renamed {
                    list.lines.push(format!("{other}{version}"));
                } else if is_other(&plain) {
                    // What makes an environment is no part of an app.
                    if !matches!(plain.as_str(), "pip" | "setuptools" | "wheel") {
                        left.push(name.to_owned());
                    }
                } else if is_known(&plain) {
                    list.lines.push(format!("{name}{version}"));
                } else {
                    left.push(name.to_owned());
                }
            }
        }
    }
    if !left.is_empty() {
        const MANY: usize = 8;
        let more = left.len().saturating_sub(MANY);
        left.truncate(MANY);
        let names: Vec<String> = left.iter().map(|name| format!("`{name}`")).collect();
        let more = if more > 0 { format!(" and {more} more") } else { String::new() };
        list.notes.push(format!(
            "not taken from conda's list: {}{more}; what the app needs of these, write below `pip:` by its name on the package index",
            names.join(", ")
        ));
    }
    list
}

/// The versions of Python without their last number: another one of the same minor version serves as
/// well, and few machines have the one that an environment was exported with.
fn minor(version: &str) -> String {
    let mut parts = version.strip_prefix("==").unwrap_or_default().split('.');
    match (parts.next(), parts.next(), parts.next()) {
        (Some(major), Some(minor), Some(_)) => format!("=={major}.{minor}.*"),
        _ => version.to_owned(),
    }
}

fn is_other(name: &str) -> bool {
    OTHER.contains(&name)
        || name.starts_with('-')
        || [
            "lib", "r-", "cuda-", "gcc-", "gxx-", "font", "xorg-", "ld-impl", "ucrt", "vc14",
            "vs20",
        ]
        .iter()
        .any(|start| name.starts_with(start) && name != "librosa" && name != "libcst")
}

enum Item {
    Conda(String),
    Pip(String),
}

/// The list below `dependencies`, in as much of YAML as such files are written in.
fn items(text: &str) -> Vec<Item> {
    let mut items = Vec::new();
    let mut inside = false;
    let mut pip_at = None;
    for line in text.trim_start_matches('\u{feff}').lines() {
        let line = without_comment(line).trim_end();
        let indent = line.len() - line.trim_start().len();
        let content = line.trim();
        if content.is_empty() || content == "---" {
            continue;
        }
        if indent == 0 && !content.starts_with('-') {
            let (key, value) = content.split_once(':').unwrap_or((content, ""));
            inside = key.trim() == "dependencies";
            pip_at = None;
            let flow = value.trim().strip_prefix('[').and_then(|it| it.strip_suffix(']'));
            if let (true, Some(flow)) = (inside, flow) {
                let specs = flow.split(',').map(unquoted).filter(|spec| !spec.is_empty());
                items.extend(specs.map(Item::Conda));
            }
            continue;
        }
        let Some(item) = content.strip_prefix('-').filter(|_| inside) else { continue };
        let item = item.trim();
        if matches!(item.trim_end_matches(' '), "pip:") {
            pip_at = Some(indent);
        } else if pip_at.is_some_and(|pip| indent > pip) {
            items.push(Item::Pip(unquoted(item)));
        } else {
            pip_at = None;
            items.push(Item::Conda(unquoted(item)));
        }
    }
    items
}

fn without_comment(line: &str) -> &str {
    let begins = |(at, _): &(usize, &str)| *at == 0 || line[..*at].ends_with(char::is_whitespace);
    line.match_indices('#').find(begins).map_or(line, |(at, _)| &line[..at])
}

fn unquoted(text: &str) -> String {
    let text = text.trim();
    let inner = |quote| text.strip_prefix(quote).and_then(|it| it.strip_suffix(quote));
    inner('"').or_else(|| inner('\'')).unwrap_or(text).trim().to_owned()
}

/// The name of conda's specification, and its version as in PEP 440. What it says of builds is for
/// conda alone.
fn split(spec: &str) -> (&str, String) {
    // `channel::name`, and `name[version='>=1']`.
    let spec = spec.rsplit("::").next().unwrap_or(spec).trim();
    let (spec, bracket) = match spec.split_once('[') {
        Some((spec, inner)) => (spec.trim(), inner.split(['\'', '"']).nth(1).unwrap_or_default()),
        None => (spec, ""),
    };
    let end = spec.find(|c: char| " =<>!~".contains(c)).unwrap_or(spec.len());
    let (name, rest) = spec.split_at(end);
    let rest = if rest.trim().is_empty() { bracket } else { rest.trim() };
    (name, version(rest))
}

fn version(text: &str) -> String {
    let text = text.trim();
    if text.is_empty() || text == "*" {
        return String::new();
    }
    let exact = |version: &str| format!("=={version}");
    // `=1.2=build` and `==1.2`, and a frozen `=1.2.3=py311_0`.
    if let Some(version) = text.strip_prefix("==") {
        return exact(version.split(['=', ' ']).next().unwrap_or(version));
    }
    if let Some(version) = text.strip_prefix('=') {
        return match version.split_once('=') {
            Some((version, _)) => exact(version),
            None if version.ends_with('*') => exact(version),
            None => format!("=={version}.*"),
        };
    }
    // Either of two: the first will do.
    let text = text.split('|').next().unwrap_or(text).trim();
    let parts = text.split(',').map(|part| {
        let part: String = part.split_whitespace().collect();
        match part.chars().next() {
            Some('=') if !part.starts_with("==") => format!("={part}.*"),
            Some(c) if c.is_ascii_digit() => format!("=={part}"),
            _ => part,
        }
    });
    parts.collect::<Vec<_>>().join(",")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_conda_exports_is_no_list_of_pips() {
        let text = "# This file may be used to create an environment using:\n# $ conda create --name <env> --file <this file>\n\
            # platform: win-64\nblas=1.0=mkl\npandas=2.1.1=py311h62dcd97_0\npython=3.11.5=he1021f5_0\n\
            streamlit=1.50.0=pypi_0\nvc=14.2=h21ff451_1\n";
        let list = export(text, |name| name == "pandas").unwrap();
        assert_eq!(list.lines, ["pandas==2.1.1"]);
        assert_eq!(list.pip, "streamlit==1.50.0\n");
        assert_eq!(list.requires_python.as_deref(), Some("==3.11.*"));
        assert!(list.notes[0].contains("`blas`, `vc`;"), "{:?}", list.notes);
        for text in
            ["pandas==2.1.1\n", "pandas===2.1.1\n", "", "# x\n", "pandas\n", "a=1=b\npandas\n"]
        {
            assert_eq!(export(text, |_| true), None, "{text}");
        }
    }

    #[test]
    fn what_conda_writes_becomes_requirements() {
        let text = "name: sales\nchannels:\n  - conda-forge\n  - defaults\ndependencies:\n\
            - python=3.11\n- streamlit>=1.50 # the app\n- pandas=2.2\n- numpy==1.26.4\n\
            - conda-forge::scikit-learn=1.5.2=py311h5f1d3f8_1\n- \"openpyxl\"\n- pytorch >=2,<3\n\
            - libgdal\n- ffmpeg\n- r-base\n- sideways-of-somebody\n- pip\n- pip:\n  - plotly==5.24.1\n\
            \x20 - -r more.txt\n  - \"qrcode[pil]>=7\"\n- altair 5.*\nprefix: /home/ann/miniconda3/envs/x\n";
        let known = ["streamlit", "pandas", "numpy", "scikit-learn", "openpyxl", "altair"];
        let list = environment(text, |name| known.contains(&name));
        assert_eq!(list.requires_python.as_deref(), Some("==3.11.*"));
        assert_eq!(
            list.lines,
            [
                "streamlit>=1.50",
                "pandas==2.2.*",
                "numpy==1.26.4",
                "scikit-learn==1.5.2",
                "openpyxl",
                "torch>=2,<3",
                "altair==5.*",
            ]
        );
        assert_eq!(list.pip, "plotly==5.24.1\n-r more.txt\nqrcode[pil]>=7\n");
        let note = &list.notes[0];
        assert!(note.contains("`libgdal`, `ffmpeg`, `r-base`, `sideways-of-somebody`;"), "{note}");
        let flow = environment("dependencies: [python, pandas, 'numpy>=1']\n", |_| true);
        assert_eq!(flow.lines, ["pandas", "numpy>=1"]);
        assert_eq!(environment("- a\n: x\n\tdependencies", |_| true), ToolList::default());
    }
}
