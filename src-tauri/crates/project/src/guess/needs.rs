//! What common functions import when they are called: nothing in the code imports it by name.

use std::collections::BTreeSet;

use crate::code::imports::Code;

/// Something in the code that tells of a need.
#[derive(Clone, Copy, Debug)]
enum Sign {
    /// A function or property of this name, of anything.
    Name(&'static str),
    /// One of Streamlit's own: `st.login`.
    Streamlit(&'static str),
    /// An argument by name with this text, as `name=value`.
    Argument(&'static str),
    /// A text that begins with this.
    Begins(&'static str),
    /// A text that ends with this.
    Ends(&'static str),
    /// A text that is this.
    Says(&'static str),
}

/// What is needed where the code imports one of some modules, and has one of some signs.
struct Rule {
    /// Top-level modules of which any file of the app imports one; none for any app.
    with: &'static [&'static str],
    /// Modules with which the need is met.
    unless: &'static [&'static str],
    signs: &'static [Sign],
    brings: &'static [&'static str],
}

/// A distribution that a file needs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Need {
    pub distribution: &'static str,
    /// What in the file says so, as in "calls `read_excel`".
    pub clue: String,
}

use Sign::{Argument, Begins, Ends, Name, Says, Streamlit};

const fn rule(
    with: &'static [&'static str],
    signs: &'static [Sign],
    brings: &'static [&'static str],
) -> Rule {
    Rule { with, unless: &[], signs, brings }
}

const PANDAS: &[&str] = &["pandas", "geopandas"];
const LANGCHAIN: &[&str] =
    &["langchain", "langchain_community", "langchain_classic", "langchain_experimental"];

/// From the documentation of each library, "optional dependencies" (pandas 3, Plotly 6, Altair 6, polars 1,
/// NetworkX 3, xarray 2026, SQLAlchemy 2, Streamlit 1.67's extras).
const RULES: &[Rule] = &[
    rule(
        PANDAS,
        &[Name("read_excel"), Name("to_excel"), Name("ExcelFile"), Name("ExcelWriter")],
        &["openpyxl"],
    ),
    rule(PANDAS, &[Ends(".xls"), Says("xls"), Argument("engine=xlrd")], &["xlrd"]),
    rule(PANDAS, &[Ends(".xlsb"), Says("xlsb"), Argument("engine=pyxlsb")], &["pyxlsb"]),
    rule(PANDAS, &[Ends(".ods"), Says("ods"), Argument("engine=odf")], &["odfpy"]),
    rule(PANDAS, &[Argument("engine=xlsxwriter")], &["XlsxWriter"]),
    rule(PANDAS, &[Argument("engine=calamine")], &["python-calamine"]),
    rule(PANDAS, &[Argument("engine=fastparquet")], &["fastparquet"]),
    rule(
        PANDAS,
        &[
            Name("read_parquet"),
            Name("to_parquet"),
            Name("read_feather"),
            Name("to_feather"),
            Name("read_orc"),
            Name("to_orc"),
        ],
        &["pyarrow"],
    ),
    rule(PANDAS, &[Name("read_html")], &["lxml", "html5lib", "beautifulsoup4"]),
    rule(PANDAS, &[Name("read_xml"), Name("to_xml")], &["lxml"]),
    rule(PANDAS, &[Name("read_hdf"), Name("to_hdf"), Name("HDFStore")], &["tables"]),
    rule(PANDAS, &[Name("read_spss")], &["pyreadstat"]),
    rule(PANDAS, &[Name("read_gbq"), Name("to_gbq")], &["pandas-gbq"]),
    rule(PANDAS, &[Name("read_sql_table")], &["SQLAlchemy"]),
    rule(PANDAS, &[Name("to_markdown")], &["tabulate"]),
    rule(PANDAS, &[Name("style"), Name("Styler"), Name("to_latex")], &["Jinja2"]),
    rule(
        PANDAS,
        &[
            Name("plot"),
            Name("hist"),
            Name("boxplot"),
            Name("scatter_matrix"),
            Name("background_gradient"),
            Name("text_gradient"),
        ],
        &["matplotlib"],
    ),
    rule(
        PANDAS,
        &[
            Argument("method=spearman"),
            Argument("method=kendall"),
            Argument("method=spline"),
            Argument("method=cubic"),
            Argument("method=polynomial"),
        ],
        &["scipy"],
    ),
    rule(&["pandas", "polars", "dask", "pyarrow"], &[Begins("s3://")], &["s3fs"]),
    rule(
        &["pandas", "polars", "dask", "pyarrow"],
        &[Begins("gs://"), Begins("gcs://")],
        &["gcsfs"],
    ),
    rule(
        &["pandas", "polars", "dask", "pyarrow"],
        &[Begins("abfs://"), Begins("az://")],
        &["adlfs"],
    ),
    rule(&["geopandas"], &[Name("explore")], &["folium", "matplotlib", "mapclassify"]),
    rule(&["polars"], &[Name("read_excel")], &["fastexcel"]),
    rule(&["polars"], &[Name("write_excel")], &["XlsxWriter"]),
    rule(&["polars"], &[Name("to_pandas")], &["pandas", "pyarrow"]),
    rule(&["polars"], &[Name("read_database_uri")], &["connectorx"]),
    rule(
        &["xarray"],
        &[Name("open_dataset"), Name("open_mfdataset"), Name("to_netcdf")],
        &["netCDF4"],
    ),
    rule(&["xarray"], &[Name("open_zarr"), Name("to_zarr")], &["zarr"]),
    rule(&["plotly"], &[Name("write_image"), Name("to_image")], &["kaleido"]),
    rule(&["plotly"], &[Argument("trendline=ols"), Argument("trendline=lowess")], &["statsmodels"]),
    rule(
        &["plotly"],
        &[Name("create_distplot"), Name("create_dendrogram"), Name("create_2d_density")],
        &["scipy"],
    ),
    rule(&["altair"], &[Ends(".png"), Ends(".svg"), Ends(".pdf")], &["vl-convert-python"]),
    rule(&["seaborn"], &[Name("clustermap")], &["scipy"]),
    rule(
        &["networkx"],
        &[Name("draw"), Name("draw_networkx"), Name("draw_spring"), Name("draw_circular")],
        &["matplotlib"],
    ),
    rule(&["networkx"], &[Name("pagerank"), Name("kamada_kawai_layout")], &["scipy"]),
    rule(&["networkx"], &[Name("to_pydot"), Name("read_dot"), Name("nx_pydot")], &["pydot"]),
    rule(&["bs4"], &[Says("lxml"), Says("lxml-xml"), Says("xml")], &["lxml"]),
    rule(&["bs4"], &[Says("html5lib")], &["html5lib"]),
    rule(&["requests"], &[Begins("socks5")], &["PySocks"]),
    rule(&["pydantic"], &[Name("EmailStr")], &["email-validator"]),
    rule(
        &["xgboost"],
        &[Name("XGBClassifier"), Name("XGBRegressor"), Name("XGBRanker")],
        &["scikit-learn"],
    ),
    rule(
        &["lightgbm"],
        &[Name("LGBMClassifier"), Name("LGBMRegressor"), Name("LGBMRanker")],
        &["scikit-learn"],
    ),
    rule(&["xgboost", "lightgbm"], &[Name("plot_importance"), Name("plot_tree")], &["matplotlib"]),
    rule(
        &["sklearn"],
        &[
            Name("plot_tree"),
            Name("from_estimator"),
            Name("from_predictions"),
            Name("ConfusionMatrixDisplay"),
        ],
        &["matplotlib"],
    ),
    rule(&["statsmodels"], &[Name("plot_acf"), Name("plot_pacf"), Name("qqplot")], &["matplotlib"]),
    rule(
        &["shap"],
        &[Name("summary_plot"), Name("waterfall"), Name("beeswarm"), Name("force_plot")],
        &["matplotlib"],
    ),
    rule(&["prophet"], &[Name("plot_plotly"), Name("plot_components_plotly")], &["plotly"]),
    Rule {
        with: &["transformers"],
        unless: &["torch", "tensorflow", "jax", "flax"],
        signs: &[Name("pipeline"), Name("from_pretrained")],
        brings: &["torch"],
    },
    rule(&["streamlit"], &[Streamlit("pyplot")], &["matplotlib"]),
    rule(&["streamlit"], &[Streamlit("login")], &["Authlib"]),
    rule(&["streamlit"], &[Streamlit("pdf")], &["streamlit-pdf"]),
    rule(&["streamlit"], &[Argument("type=sql"), CONNECTION_SQL], &["SQLAlchemy"]),
    rule(
        &["streamlit"],
        &[Argument("type=snowflake"), CONNECTION_SNOWFLAKE],
        &["snowflake-connector-python"],
    ),
    rule(LANGCHAIN, &[Name("FAISS")], &["faiss-cpu"]),
    rule(LANGCHAIN, &[Name("Chroma")], &["chromadb"]),
    rule(LANGCHAIN, &[Name("PyPDFLoader"), Name("PyPDFDirectoryLoader")], &["pypdf"]),
    rule(LANGCHAIN, &[Name("Docx2txtLoader")], &["docx2txt"]),
    rule(
        LANGCHAIN,
        &[Name("HuggingFaceEmbeddings"), Name("SentenceTransformerEmbeddings")],
        &["sentence-transformers"],
    ),
    rule(LANGCHAIN, &[Name("WebBaseLoader"), Name("BSHTMLLoader")], &["beautifulsoup4"]),
    rule(LANGCHAIN, &[Name("WikipediaAPIWrapper"), Name("WikipediaLoader")], &["wikipedia"]),
    rule(LANGCHAIN, &[Name("ArxivAPIWrapper"), Name("ArxivLoader")], &["arxiv"]),
    rule(LANGCHAIN, &[Name("DuckDuckGoSearchRun"), Name("DuckDuckGoSearchAPIWrapper")], &["ddgs"]),
    rule(LANGCHAIN, &[Name("YoutubeLoader")], &["youtube-transcript-api"]),
    rule(
        LANGCHAIN,
        &[Name("UnstructuredFileLoader"), Name("UnstructuredURLLoader"), Name("DirectoryLoader")],
        &["unstructured"],
    ),
    rule(LANGCHAIN, &[Name("SQLDatabase")], &["SQLAlchemy"]),
];

/// `st.connection("sql")` has no word for its kind but its name.
const CONNECTION_SQL: Sign = Streamlit("connection=sql");
const CONNECTION_SNOWFLAKE: Sign = Streamlit("connection=snowflake");

/// What the file needs besides its imports, when the app's files import `modules` (top-level names).
pub(crate) fn of(code: &Code, modules: &BTreeSet<&str>) -> Vec<Need> {
    let mut needs = Vec::new();
    for rule in RULES {
        let with = rule.with.iter().any(|module| modules.contains(module));
        if !with || rule.unless.iter().any(|module| modules.contains(module)) {
            continue;
        }
        if let Some(clue) = rule.signs.iter().find_map(|sign| sign.clue(code)) {
            let brings = rule.brings.iter();
            needs.extend(brings.map(|distribution| Need { distribution, clue: clue.clone() }));
        }
    }
    needs
}

impl Sign {
    fn clue(self, code: &Code) -> Option<String> {
        let clues = &code.clues;
        let texts = &clues.texts;
        match self {
            Name(name) => has(code, name).then(|| format!("calls `{name}`")),
            Streamlit(name) => {
                let shown = name.split('=').next().unwrap_or(name);
                clues.streamlit.contains(name).then(|| format!("calls `st.{shown}`"))
            }
            Argument(argument) => {
                clues.arguments.contains(argument).then(|| format!("says `{argument}`"))
            }
            Begins(start) => {
                texts.iter().any(|it| it.starts_with(start)).then(|| format!("says `{start}`"))
            }
            Ends(end) => {
                let ends = |text: &String| text.to_lowercase().ends_with(end);
                texts.iter().any(ends).then(|| format!("says `{end}`"))
            }
            Says(text) => texts.contains(text).then(|| format!("says `{text}`")),
        }
    }
}

/// Whether a file calls, takes or imports something of this name.
pub(crate) fn has(code: &Code, name: &str) -> bool {
    code.clues.calls.contains(name)
        || code.attributes.contains(name)
        || code.members.iter().any(|member| member.rsplit('.').next() == Some(name))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::code::imports::top_level;

    fn needs(text: &str) -> Vec<&'static str> {
        let code = Code::parse(text).unwrap();
        let modules = code.imports.keys().map(|module| top_level(module)).collect();
        of(&code, &modules).into_iter().map(|need| need.distribution).collect()
    }

    #[test]
    fn common_functions_need_more_than_is_imported() {
        for (code, expected) in [
            ("import pandas as pd\npd.read_excel(book)", &["openpyxl"][..]),
            ("from pandas import read_excel\nread_excel(book)", &["openpyxl"]),
            (
                "import pandas as pd\nframe.to_excel('a.xlsx', engine='xlsxwriter')",
                &["openpyxl", "XlsxWriter"],
            ),
            ("import pandas as pd\npd.read_excel('old.XLS')", &["openpyxl", "xlrd"]),
            ("import pandas as pd\npd.read_html(url)", &["lxml", "html5lib", "beautifulsoup4"]),
            ("import pandas as pd\npd.read_hdf('a.h5')", &["tables"]),
            ("import pandas as pd\npd.read_parquet('a')", &["pyarrow"]),
            ("import pandas as pd\nst.write(frame.to_markdown())", &["tabulate"]),
            ("import pandas as pd\nframe.plot.bar()", &["matplotlib"]),
            ("import pandas as pd\nframe.style.background_gradient()", &["Jinja2", "matplotlib"]),
            ("import polars\npolars.read_excel('a')", &["fastexcel"]),
            (
                "import plotly.express as px\npx.scatter(f, trendline='ols').write_image('a.png')",
                &["kaleido", "statsmodels"],
            ),
            ("import bs4\nbs4.BeautifulSoup(text, 'lxml')", &["lxml"]),
            ("import streamlit as st\nst.login()", &["Authlib"]),
            ("import streamlit as st\nst.connection('shop', type='sql')", &["SQLAlchemy"]),
            ("import streamlit as st\nst.connection('sql')", &["SQLAlchemy"]),
            ("from transformers import pipeline\npipeline('x')", &["torch"]),
            ("import torch\nfrom transformers import pipeline\npipeline('x')", &[]),
            ("import streamlit as st\nauthenticator.login()\nst.write('postgresql://x')", &[]),
            ("read_excel(book)\nimport polars", &["fastexcel"]),
            ("import matplotlib.pyplot as plt\nax.plot(x)", &[]),
        ] {
            assert_eq!(needs(code), expected, "{code}");
        }
    }

    #[test]
    fn every_need_is_in_the_table() {
        let all = RULES
            .iter()
            .flat_map(|rule| rule.brings)
            .chain(crate::guess::databases::DRIVERS.iter().flat_map(|it| it.2));
        let known = crate::guess::distributions::all_normalized();
        for distribution in all {
            let name = distribution.split('[').next().unwrap();
            assert!(
                known.contains(&crate::guess::distributions::normalized(name)),
                "{distribution}"
            );
        }
    }
}
