use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use camino::{Utf8Path, Utf8PathBuf};
use sha2::{Digest as _, Sha256};

/// The first installed file that is missing or not what its distribution's `RECORD` says (PyPA's
/// "Recording installed projects"). Files without a hash there are looked at for being there.
///
/// A tree's digest can't say which file was changed; this can, for everything in `site-packages`.
/// The packager writes the records anew when it has removed or shortened files.
pub(crate) fn first_changed(site_packages: &Utf8Path) -> Option<Utf8PathBuf> {
    let mut records: Vec<Utf8PathBuf> = site_packages
        .read_dir_utf8()
        .ok()?
        .filter_map(|entry| Some(entry.ok()?.into_path()))
        .filter(|folder| folder.extension() == Some("dist-info"))
        .map(|folder| folder.join("RECORD"))
        .collect();
    records.sort_unstable();
    for record in records {
        let Ok(text) = fs_err::read_to_string(&record) else { return Some(record) };
        for line in text.lines() {
            let Some((path, hash)) = entry(line) else { continue };
            let file = site_packages.join(path);
            if !intact(&file, hash) {
                return Some(file);
            }
        }
    }
    None
}

/// Path and hash of a line: CSV of path, `sha256=...` and size, the path in quotes where it has a
/// comma or a quote.
fn entry(line: &str) -> Option<(String, &str)> {
    let (path, rest) = match line.strip_prefix('"').and_then(|rest| rest.split_once("\",")) {
        Some((path, rest)) => (path.replace("\"\"", "\""), rest),
        None => line.split_once(',').map(|(path, rest)| (path.to_owned(), rest))?,
    };
    Some((path, rest.split(',').next().unwrap_or_default()))
}

fn intact(file: &Utf8Path, hash: &str) -> bool {
    let Some(expected) = hash.strip_prefix("sha256=") else { return file.is_file() };
    fs_err::read(file)
        .is_ok_and(|content| URL_SAFE_NO_PAD.encode(Sha256::digest(content)) == expected)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_changed_file_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let root = Utf8Path::from_path(folder.path()).unwrap();
        fs_err::create_dir_all(root.join("x-1.dist-info")).unwrap();
        fs_err::write(root.join("a, b.py"), "x = 1\n").unwrap();
        fs_err::write(root.join("c.py"), "").unwrap();
        let hash = URL_SAFE_NO_PAD.encode(Sha256::digest("x = 1\n"));
        let record = format!("\"a, b.py\",sha256={hash},6\nc.py,,\nx-1.dist-info/RECORD,,\n");
        fs_err::write(root.join("x-1.dist-info/RECORD"), record).unwrap();
        assert_eq!(first_changed(root), None);

        fs_err::write(root.join("a, b.py"), "x = 2\n").unwrap();
        assert_eq!(first_changed(root), Some(root.join("a, b.py")));
        fs_err::write(root.join("a, b.py"), "x = 1\n").unwrap();
        fs_err::remove_file(root.join("c.py")).unwrap();
        assert_eq!(first_changed(root), Some(root.join("c.py")));
    }
}
