use crate::code::base::{CodeBase, Import};

/// Modules that take long to import and that change nothing by being imported early, in a thread,
/// while the page boots. Libraries that read the environment when they are imported, as many for
/// machine learning do, are not among them: a script may set it first.
const SLOW: &[&str] = &[
    "PIL.Image",
    "altair",
    "bokeh",
    "duckdb",
    "folium",
    "geopandas",
    "matplotlib.pyplot",
    "networkx",
    "numpy",
    "openpyxl",
    "pandas",
    "plotly.express",
    "plotly.graph_objects",
    "polars",
    "pyarrow",
    "pydeck",
    "requests",
    "scipy",
    "seaborn",
    "shapely",
    "sklearn",
    "sqlalchemy",
    "statsmodels",
];

/// What Streamlit itself imports when one of its functions is called first.
const BY_FUNCTION: &[(&[&str], &[&str])] = &[
    (&["dataframe", "data_editor", "table"], &["pandas", "pyarrow"]),
    (
        &[
            "line_chart",
            "area_chart",
            "bar_chart",
            "scatter_chart",
            "altair_chart",
            "vega_lite_chart",
        ],
        &["pandas", "pyarrow", "altair"],
    ),
    (&["map", "pydeck_chart"], &["pandas", "pydeck"]),
    (&["image", "logo"], &["PIL.Image", "numpy"]),
];

/// The modules worth importing while the page boots: what the app imports itself comes first, since
/// its script waits for that before it shows anything.
pub(crate) fn modules(code: &CodeBase, outside: &[Import<'_>]) -> Vec<String> {
    let longer = |one: &str, other: &str| one.starts_with(&format!("{other}."));
    let imported = outside.iter().flat_map(|import| {
        let module = import.module;
        SLOW.iter().filter_map(move |slow| {
            // Of a package with many parts those that the app uses, which its own name leaves out.
            if module == *slow || longer(module, slow) {
                Some(module)
            } else {
                longer(slow, module).then_some(*slow)
            }
        })
    });
    let called = BY_FUNCTION
        .iter()
        .filter(|(functions, _)| functions.iter().any(|name| code.has_attribute(name)))
        .flat_map(|(_, modules)| modules.iter().copied());
    let mut found: Vec<String> = Vec::new();
    for module in imported.chain(called) {
        if !found.iter().any(|known| known == module) {
            found.push(module.to_owned());
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn preload(text: &str) -> Vec<String> {
        let files = std::iter::once("app.py".into()).collect();
        let code = CodeBase::follow("app.py".into(), &files, |_| Ok(text.to_owned())).unwrap();
        modules(&code, &code.outside(12))
    }

    #[test]
    fn slow_imports_and_what_streamlit_will_need() {
        assert_eq!(preload("import streamlit as st\nst.title('x')"), [""; 0]);
        assert_eq!(preload("import pandas as pd"), ["pandas"]);
        assert_eq!(preload("from matplotlib import pyplot"), ["matplotlib.pyplot"]);
        assert_eq!(preload("from sklearn.svm import SVC"), ["sklearn.svm"]);
        assert_eq!(preload("st.line_chart([1])"), ["pandas", "pyarrow", "altair"]);
        assert_eq!(
            preload("import scipy\nst.bar_chart([1])")[0],
            "scipy",
            "the app's own come first"
        );
        assert_eq!(preload("import torch, os, pandasql"), [""; 0]);
    }
}
