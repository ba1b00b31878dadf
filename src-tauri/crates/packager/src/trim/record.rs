use camino::Utf8Path;
use waterskin_bundle::{Layout, Recorded};

use super::TrimError;

/// Rewrites each distribution's `RECORD` so that it names only files that are still there, each as
/// it is now: the shell tells by it which file of a damaged app is not what it was.
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
        let record = folder.join(Layout::RECORD);
        if folder.extension() != Some("dist-info") || !record.is_file() {
            continue;
        }
        let text = fs_err::read_to_string(&record).map_err(error("read", &record))?;
        let text = current(&text, |path| fs_err::read(site_packages.join(path)).ok());
        // The file may be a hard link into a cache, so it is made anew and not written over.
        fs_err::remove_file(&record).map_err(error("remove", &record))?;
        fs_err::write(&record, text).map_err(error("write", &record))?;
    }
    Ok(())
}

/// The lines whose files are there, each with the hash and the length of what `read` gives.
fn current(text: &str, read: impl Fn(&str) -> Option<Vec<u8>>) -> String {
    let lines = Recorded::parse(text).into_iter().filter_map(|line| {
        let content = (!line.path().contains("..")).then(|| read(line.path()))??;
        Some(line.with(&content))
    });
    Recorded::to_text(lines.collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_files_that_are_there_stay_each_as_it_is_now() {
        let text = "b.py,sha256=x,1\r\n../../bin/b,sha256=y,2\n\"a, \"\"q\"\".py\",sha256=z,9\ngone.py,,\nRECORD,,\n";
        let read = |path: &str| (path != "gone.py").then(Vec::new);
        let empty = "sha256=47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU,0";
        let expected = format!("RECORD,,\n\"a, \"\"q\"\".py\",{empty}\nb.py,{empty}\n");
        assert_eq!(current(text, read), expected);
    }
}
