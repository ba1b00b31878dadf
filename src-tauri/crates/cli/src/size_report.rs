use std::io;

use camino::{Utf8Path, Utf8PathBuf};
use serde::Serialize;
use waterskin_packager::{BuildOutcome, BuildPlan, Weight};

/// What draws the page, with all that it needs: `ui/src/weight`.
const SCRIPT: &str = include_str!("../../../../ui/dist-report/weight.js");

/// Why there is no drawing of an app's size. The installers are made all the same.
#[derive(Debug, thiserror::Error)]
#[error("the installers are made, but the report could not be written to `{path}`")]
pub struct ReportError {
    path: Utf8PathBuf,
    source: io::Error,
}

/// What the page draws.
#[derive(Debug, Serialize)]
struct Drawn<'a> {
    name: &'a str,
    version: &'a str,
    files: Vec<Made<'a>>,
    weight: &'a Weight,
}

#[derive(Debug, Serialize)]
struct Made<'a> {
    name: &'a str,
    bytes: u64,
}

/// Where the report of a plan is written to: with the system in its name where there are several.
pub fn place(path: &Utf8Path, plan: &BuildPlan) -> Utf8PathBuf {
    if !plan.several {
        return path.to_owned();
    }
    let stem = path.file_stem().unwrap_or_default();
    let ending = path.extension().map(|it| format!(".{it}")).unwrap_or_default();
    path.with_file_name(format!("{stem}-{}{ending}", plan.target.name()))
}

/// Writes a page to `path` that draws where the bytes of an app go. It loads nothing.
pub fn write(path: &Utf8Path, plan: &BuildPlan, outcome: &BuildOutcome) -> Result<(), ReportError> {
    let files = outcome.artifacts.iter().map(|artifact| Made {
        name: artifact.path.file_name().unwrap_or_default(),
        bytes: artifact.bytes,
    });
    let drawn = Drawn {
        name: &plan.app.name,
        version: &plan.app.version,
        files: files.collect(),
        weight: &outcome.weight,
    };
    let error = |source| ReportError { path: path.to_owned(), source };
    let page = page(&drawn).map_err(|source| error(source.into()))?;
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder).map_err(error)?;
    }
    std::fs::write(path, page).map_err(error)
}

fn page(drawn: &Drawn<'_>) -> serde_json::Result<String> {
    // No name can end the element that the data are in.
    let data = serde_json::to_string(drawn)?.replace('<', "\\u003c");
    Ok(format!(
        "<!doctype html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width\">\n<title>Size</title>\n\
         <body class=\"ws\">\n<script type=\"application/json\" id=\"report\">{data}</script>\n\
         <script>{SCRIPT}</script>\n</body>\n</html>\n"
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_name_of_a_file_is_read_as_a_part_of_the_page() {
        let evil = "</script><script>alert(1)</script>";
        let weight = Weight { name: evil.to_owned(), bytes: 1, parts: Vec::new() };
        let drawn = Drawn { name: evil, version: "1", files: Vec::new(), weight: &weight };
        let page = page(&drawn).unwrap();
        assert_eq!(page.matches("</script").count(), 2, "the two of the page itself");
        let data = page.split_once("id=\"report\">").unwrap().1.split_once("</script>").unwrap().0;
        let read: serde_json::Value = serde_json::from_str(data).unwrap();
        assert_eq!(read["weight"]["name"], evil);
    }
}
