use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use camino::Utf8Path;
use sha2::{Digest as _, Sha256};

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
        let record = folder.join("RECORD");
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

/// The lines whose files are there, sorted, with the hash and the length of what `read` gives. The
/// form is CSV of path, hash and length, the path quoted where it has a comma or a quote (PyPA's
/// "Recording installed projects"); the record itself and a few others have no hash.
fn current(text: &str, read: impl Fn(&str) -> Option<Vec<u8>>) -> String {
    let mut lines: Vec<String> = text
        .lines()
        .filter_map(|line| {
            let (path, written) = path_of(line);
            let content = (!path.contains("..")).then(|| read(&path))??;
            let hashed = line[written..].starts_with(",sha256=");
            Some(if hashed {
                let hash = URL_SAFE_NO_PAD.encode(Sha256::digest(&content));
                format!("{},sha256={hash},{}\n", &line[..written], content.len())
            } else {
                format!("{line}\n")
            })
        })
        .collect();
    lines.sort_unstable();
    lines.concat()
}

/// The path that a line is about, and where it ends in the line.
fn path_of(line: &str) -> (String, usize) {
    match line.strip_prefix('"').and_then(|rest| rest.find("\",")) {
        Some(end) => (line[1..=end].replace("\"\"", "\""), end + 2),
        None => {
            let end = line.find(',').unwrap_or(line.len());
            (line[..end].to_owned(), end)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_files_that_are_there_stay_each_as_it_is_now() {
        let text = "b.py,sha256=x,1\r\n../../bin/b,sha256=y,2\n\"a, \"\"q\"\".py\",sha256=z,9\ngone.py,,\nRECORD,,\n";
        let read = |path: &str| (path != "gone.py").then(Vec::new);
        let empty = "sha256=47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU,0";
        let expected = format!("\"a, \"\"q\"\".py\",{empty}\nRECORD,,\nb.py,{empty}\n");
        assert_eq!(current(text, read), expected);
    }
}
