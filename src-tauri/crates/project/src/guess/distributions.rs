//! Which distribution brings a module.

use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

/// Modules and distributions: the index's most downloaded ones, and choices that somebody made. A line
/// is a dotted module and a distribution; `scripts/import_table.py` makes the file. What is not in it is
/// never taken from the index by the module's name alone: anybody can have put that there.
const TABLE: &str = include_str!("../../data/imports.tsv");

static DISTRIBUTIONS: LazyLock<HashMap<&str, &str>> = LazyLock::new(|| {
    TABLE
        .lines()
        .filter(|line| !line.starts_with('#'))
        .filter_map(|line| line.split_once('\t'))
        .collect()
});

/// The distribution that brings the module with this dotted name, and how much of the name says so;
/// `None` when the table does not know it.
pub fn distribution_of(module: &str) -> Option<(&str, &'static str)> {
    let mut name = module;
    loop {
        if let Some(distribution) = DISTRIBUTIONS.get(name) {
            return Some((name, distribution));
        }
        name = name.rsplit_once('.')?.0;
    }
}

/// Whether the distribution with this normalized name is one of the table.
pub(crate) fn is_known(name: &str) -> bool {
    static KNOWN: LazyLock<HashSet<String>> = LazyLock::new(all_normalized);
    KNOWN.contains(name)
}

/// The distributions of the table, without extras.
pub(crate) fn all_normalized() -> HashSet<String> {
    DISTRIBUTIONS.values().map(|name| normalized(name.split('[').next().unwrap_or(name))).collect()
}

/// The module by which a distribution of the table is known: the one of its own name, or else the one
/// with the shortest.
pub(crate) fn module_of(distribution: &str) -> Option<&'static str> {
    let bare = |name: &str| normalized(name.split('[').next().unwrap_or(name));
    let wanted = bare(distribution);
    let brought = DISTRIBUTIONS.iter().filter(|(_, it)| bare(it) == wanted);
    let modules = brought.map(|(module, _)| *module);
    modules.min_by_key(|module| (normalized(module) != wanted, module.len(), *module))
}

/// A distribution's name in the one spelling that tells whether two are the same (PEP 503).
pub fn normalized(name: &str) -> String {
    let mut text = String::new();
    for part in name.split(['-', '_', '.']).filter(|part| !part.is_empty()) {
        if !text.is_empty() {
            text.push('-');
        }
        text.push_str(&part.to_lowercase());
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn modules_and_their_distributions() {
        for (module, distribution) in [
            ("PIL.Image", "pillow"),
            ("cv2", "opencv-python-headless"),
            ("sklearn.linear_model", "scikit-learn"),
            ("google.cloud.storage.blob", "google-cloud-storage"),
            ("pandas", "pandas"),
            ("qrcode", "qrcode"),
            ("langchain_openai", "langchain-openai"),
            ("streamlit_folium", "streamlit-folium"),
            ("st_aggrid.shared", "streamlit-aggrid"),
        ] {
            assert_eq!(distribution_of(module).map(|(_, it)| it), Some(distribution), "{module}");
        }
    }

    #[test]
    fn distributions_and_their_modules() {
        for (distribution, module) in [
            ("openpyxl", "openpyxl"),
            ("psycopg2-binary", "psycopg2"),
            ("psycopg[binary]", "psycopg"),
            ("scikit-learn", "sklearn"),
            ("matplotlib", "matplotlib"),
            ("Jinja2", "jinja2"),
            ("XlsxWriter", "xlsxwriter"),
        ] {
            assert_eq!(module_of(distribution), Some(module), "{distribution}");
        }
    }

    #[test]
    fn a_name_alone_is_not_enough() {
        for module in [
            "helpers",
            "utils",
            "config",
            "google",
            "google.cloud.storagetransfer",
            "no_such_module",
        ] {
            assert_eq!(distribution_of(module), None, "{module}");
        }
    }

    #[test]
    fn the_table_is_in_order_and_says_when_it_was_made() {
        let mut lines = TABLE.lines();
        let first = lines.next().unwrap();
        assert!(regex::Regex::new(r", 20\d\d-\d\d-\d\d;").unwrap().is_match(first), "{first}");
        let modules: Vec<&str> = lines.map(|line| line.split_once('\t').unwrap().0).collect();
        assert!(modules.len() > 4000 && modules.is_sorted(), "{}", modules.len());
    }

    #[test]
    fn names_are_normalized() {
        for name in ["Py_YAML", "py.yaml", "py-_-yaml"] {
            assert_eq!(normalized(name), "py-yaml");
        }
    }
}
