use camino::{Utf8Path, Utf8PathBuf};

use crate::Payload;

/// A work of other people that is in a payload: Python, or a distribution.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Work {
    /// Its name.
    pub name: String,
    /// Its version.
    pub version: String,
    /// Its licence as an SPDX expression or in its own words; may be empty.
    pub licence: String,
    /// The files with the licence's text.
    pub texts: Vec<Utf8PathBuf>,
}

impl Work {
    /// Those of a payload: Python first, then its distributions by name.
    pub fn of(payload: &Payload) -> Vec<Self> {
        let mut works = distributions(&payload.layout.site_packages());
        works.insert(0, python(payload));
        works
    }
}

fn python(payload: &Payload) -> Work {
    let prefix = payload.layout.python();
    let library = prefix.join("lib").read_dir_utf8().into_iter().flatten().flatten();
    // On Windows it lies in the prefix itself.
    let mut places: Vec<_> = library.map(|entry| entry.into_path()).chain([prefix]).collect();
    places.sort_unstable();
    Work {
        name: "Python".to_owned(),
        version: payload.manifest.python.version.clone(),
        licence: "PSF-2.0".to_owned(),
        texts: places
            .into_iter()
            .map(|place| place.join("LICENSE.txt"))
            .filter(|it| it.is_file())
            .collect(),
    }
}

/// The distributions in a folder, by name (PyPA's "Core metadata").
fn distributions(site_packages: &Utf8Path) -> Vec<Work> {
    let entries = site_packages.read_dir_utf8().into_iter().flatten().flatten();
    let mut found: Vec<Work> = entries
        .map(|entry| entry.into_path())
        .filter(|folder| folder.extension() == Some("dist-info"))
        .filter_map(|folder| {
            let metadata = fs_err::read(folder.join("METADATA")).ok()?;
            Some(distribution(&folder, &String::from_utf8_lossy(&metadata)))
        })
        .collect();
    found.sort_by_key(|work| work.name.to_lowercase());
    found
}

fn distribution(folder: &Utf8Path, metadata: &str) -> Work {
    let fields: Vec<(&str, &str)> = metadata
        .lines()
        .take_while(|line| !line.is_empty())
        .filter_map(|line| line.split_once(": "))
        .collect();
    let all = |name: &str| -> Vec<&str> {
        let named = fields.iter().filter(|(field, _)| field.eq_ignore_ascii_case(name));
        named.map(|(_, value)| value.trim()).collect()
    };
    let first = |name: &str| all(name).first().copied().unwrap_or_default().to_owned();
    Work {
        name: first("Name"),
        version: first("Version"),
        licence: licence(&first("License-Expression"), &first("License"), &all("Classifier")),
        texts: texts(folder, &all("License-File")),
    }
}

/// The SPDX expression, or else the classifiers, which are shorter and more exact than the free
/// text, which some fill with the whole licence.
fn licence(expression: &str, free: &str, classifiers: &[&str]) -> String {
    if !expression.is_empty() {
        return expression.to_owned();
    }
    let classified: Vec<&str> = classifiers
        .iter()
        .filter_map(|it| it.strip_prefix("License :: ")?.rsplit(" :: ").next())
        .filter(|it| *it != "OSI Approved")
        .collect();
    // The first line of a whole licence names its owner and not the licence.
    let text = free.get(..9).is_some_and(|it| it.eq_ignore_ascii_case("copyright"));
    let short = !free.is_empty() && free.len() <= 60 && !free.eq_ignore_ascii_case("unknown");
    if short && !text { free.to_owned() } else { classified.join(", ") }
}

/// The files that the metadata names, and all that look like a licence in a folder without names.
fn texts(folder: &Utf8Path, named: &[&str]) -> Vec<Utf8PathBuf> {
    let named: Vec<_> = named
        .iter()
        .filter_map(|name| {
            // Version 2.4 of the metadata keeps them in a folder of their own.
            let places = [folder.join("licenses").join(name), folder.join(name)];
            places.into_iter().find(|path| path.is_file())
        })
        .collect();
    if !named.is_empty() {
        return named;
    }
    let looks = |path: &Utf8PathBuf| {
        let name = path.file_name().unwrap_or_default().to_uppercase();
        ["LICEN", "COPYING", "NOTICE"].iter().any(|begin| name.starts_with(begin)) && path.is_file()
    };
    let entries = folder.read_dir_utf8().into_iter().flatten().flatten();
    let mut found: Vec<_> = entries.map(|entry| entry.into_path()).filter(looks).collect();
    found.sort_unstable();
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(work: &Work) -> String {
        work.texts
            .iter()
            .map(|it| fs_err::read_to_string(it).unwrap().trim_end().to_owned())
            .collect()
    }

    #[test]
    fn distributions_and_their_licences() {
        let folder = tempfile::tempdir().unwrap();
        let root = Utf8Path::from_path(folder.path()).unwrap();
        for (path, content) in [
            (
                "b-1.dist-info/METADATA",
                "Name: b\nVersion: 1\nLicense-Expression: MIT\nLicense-File: sub/LICENSE\n\nLicense: body\n",
            ),
            ("b-1.dist-info/licenses/sub/LICENSE", "Text of B\n"),
            (
                "a-2.dist-info/METADATA",
                "Name: A\nVersion: 2\nLicense: UNKNOWN\nClassifier: License :: OSI Approved :: Apache Software License\n",
            ),
            ("a-2.dist-info/COPYING.txt", "Text of A\n"),
            (
                "d-3.dist-info/METADATA",
                "Name: d\nVersion: 3\nLicense: Copyright (c) D\n        All rights reserved.\nClassifier: License :: OSI Approved :: BSD License\n",
            ),
            ("c.dist-info/RECORD", ""),
        ] {
            let path = root.join(path);
            fs_err::create_dir_all(path.parent().unwrap()).unwrap();
            fs_err::write(path, content).unwrap();
        }
        let found = distributions(root);
        let seen: Vec<_> = found
            .iter()
            .map(|work| (&*work.name, &*work.version, &*work.licence, text(work)))
            .collect();
        assert_eq!(
            seen,
            [
                ("A", "2", "Apache Software License", "Text of A".to_owned()),
                ("b", "1", "MIT", "Text of B".to_owned()),
                ("d", "3", "BSD License", String::new()),
            ]
        );
    }
}
