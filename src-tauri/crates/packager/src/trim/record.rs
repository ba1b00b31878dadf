use camino::Utf8Path;

use super::TrimError;

/// Rewrites each distribution's `RECORD` so that it names only files that are still there.
///
/// It can't simply go: Streamlit finds the components of a distribution by it (1.51 and later,
/// `components/v2/manifest_scanner.py`). And it can't stay as it is: it holds the hashes of the
/// commands that the installer wrote, which name the author's interpreter.
pub(super) fn rewrite_all(site_packages: &Utf8Path) -> Result<(), TrimError> {
    let error = |action, path: &Utf8Path| {
        let path = path.to_owned();
        move |source| TrimError::File { action, path, source }
    };
    let folders = site_packages.read_dir_utf8().map_err(error("read", site_packages))?;
    for folder in folders {
        let folder = folder.map_err(error("read", site_packages))?.into_path();
        let record = folder.join("RECORD");
        if folder.extension() != Some("dist-info") || !record.is_file() {
            continue;
        }
        let text = fs_err::read_to_string(&record).map_err(error("read", &record))?;
        let text = filtered(&text, |path| site_packages.join(path).is_file());
        // The file may be a hard link into a cache, so it is made anew and not written over.
        fs_err::remove_file(&record).map_err(error("remove", &record))?;
        fs_err::write(&record, text).map_err(error("write", &record))?;
    }
    Ok(())
}

/// The lines whose files are there, sorted. The form is CSV with the path in the first column,
/// quoted where it has a comma or a quote (PyPA's "Recording installed projects").
fn filtered(text: &str, there: impl Fn(&str) -> bool) -> String {
    let mut lines: Vec<&str> = text
        .lines()
        .filter(|line| there(&path_of(line)) && !path_of(line).contains(".."))
        .collect();
    lines.sort_unstable();
    lines.into_iter().flat_map(|line| [line, "\n"]).collect()
}

fn path_of(line: &str) -> String {
    match line.strip_prefix('"').and_then(|rest| rest.split_once("\",")) {
        Some((path, _)) => path.replace("\"\"", "\""),
        None => line.split(',').next().unwrap_or(line).to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_files_that_are_there_stay() {
        let text = "b.py,sha256=x,1\r\n../../bin/b,sha256=y,2\n\"a, \"\"q\"\".py\",,\ngone.py,,\n";
        let there = |path: &str| path != "gone.py";
        assert_eq!(filtered(text, there), "\"a, \"\"q\"\".py\",,\nb.py,sha256=x,1\n");
    }
}
