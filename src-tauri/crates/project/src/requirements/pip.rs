use std::collections::BTreeSet;

use camino::{Utf8Path, Utf8PathBuf};

use crate::requirements::RequirementsError;
use crate::requirements::line::{Refusal, checked, file_address};

/// What a `requirements.txt` says, together with all lists that it names.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct PipList {
    /// The requirements as they are written, without hashes.
    pub listed: Vec<String>,
    /// The same as uv gets them.
    pub lines: Vec<String>,
    /// Versions that a package must have if something asks for it (`-c`).
    pub constraints: Vec<String>,
    /// `--index-url`: the last one counts.
    index: Option<String>,
    more: Vec<String>,
    no_index: bool,
    /// Hosts that need no valid certificate (`--trusted-host`).
    pub insecure: Vec<String>,
    /// Whether versions before a release count (`--pre`).
    pub pre: bool,
}

impl PipList {
    /// Reads `file` of the project in `root`.
    #[cfg(test)]
    pub fn read(root: &Utf8Path, file: &Utf8Path) -> Result<Self, RequirementsError> {
        Self::of_text(root, file, &Self::text(file)?)
    }

    /// The text of `file`, whatever its encoding is.
    pub fn text(file: &Utf8Path) -> Result<String, RequirementsError> {
        let bytes = fs_err::read(file)
            .map_err(|source| RequirementsError::Read { file: file.to_owned(), source })?;
        Ok(decoded(&bytes))
    }

    /// Reads a list that is the text of `file`, or a part of it.
    pub fn of_text(
        root: &Utf8Path,
        file: &Utf8Path,
        text: &str,
    ) -> Result<Self, RequirementsError> {
        let mut list = Self::default();
        let real = file.canonicalize_utf8().unwrap_or_else(|_| file.to_owned());
        list.add_text(root, file, text, false, &mut BTreeSet::from([(real, false)]))?;
        Ok(list)
    }

    /// Adds what another list says.
    pub fn read_more(&mut self, root: &Utf8Path, file: &Utf8Path) -> Result<(), RequirementsError> {
        self.add(root, file, false, &mut BTreeSet::new())
    }

    /// The options that say where packages come from, a line each.
    pub fn index_lines(&self) -> Vec<String> {
        let no_index = self.no_index.then(|| "--no-index".to_owned());
        let index = self.index.iter().map(|index| format!("--index-url {index}"));
        no_index.into_iter().chain(index).chain(self.more.iter().cloned()).collect()
    }

    fn add(
        &mut self,
        root: &Utf8Path,
        file: &Utf8Path,
        constrains: bool,
        seen: &mut BTreeSet<(Utf8PathBuf, bool)>,
    ) -> Result<(), RequirementsError> {
        // Lists may name each other.
        let real = file.canonicalize_utf8().unwrap_or_else(|_| file.to_owned());
        if !seen.insert((real, constrains)) {
            return Ok(());
        }
        self.add_text(root, file, &Self::text(file)?, constrains, seen)
    }

    fn add_text(
        &mut self,
        root: &Utf8Path,
        file: &Utf8Path,
        text: &str,
        constrains: bool,
        seen: &mut BTreeSet<(Utf8PathBuf, bool)>,
    ) -> Result<(), RequirementsError> {
        let folder = file.parent().unwrap_or(root);
        for (number, line) in logical_lines(text) {
            let refused = |refusal| RequirementsError::Refused {
                requirement: line.clone(),
                file: file.to_owned(),
                line: Some(number),
                refusal,
            };
            let editable = editable(&line);
            if !line.starts_with('-') || editable.is_some() {
                let requirement = editable.unwrap_or(&line);
                let taken = checked(requirement, &[folder, root]).map_err(refused)?;
                if constrains {
                    self.constraints.push(taken);
                } else {
                    let plain = if editable.is_some() { line.as_str() } else { plain(&line) };
                    self.listed.push(plain.trim().to_owned());
                    self.lines.push(taken);
                }
                continue;
            }
            for (option, value) in options(&line) {
                match option.as_str() {
                    _ if value.chars().any(char::is_control) => {
                        return Err(refused(Refusal::Lines));
                    }
                    "-r" | "--requirement" | "-c" | "--constraint" => {
                        if value.contains("://") {
                            return Err(refused(Refusal::Remote));
                        }
                        let list = folder.join(&value);
                        if !list.exists() && folder.join(value.replace('\\', "/")).is_file() {
                            return Err(refused(Refusal::Backslash));
                        }
                        let constrains = constrains || matches!(&*option, "-c" | "--constraint");
                        self.add(root, &list, constrains, seen)?;
                    }
                    "-i" | "--index-url" => self.index = Some(place(&value, folder, root)),
                    "--extra-index-url" => {
                        self.more
                            .push(format!("--extra-index-url {}", place(&value, folder, root)));
                    }
                    "-f" | "--find-links" => {
                        self.more.push(format!("--find-links {}", place(&value, folder, root)));
                    }
                    "--no-index" => self.no_index = true,
                    "--pre" => self.pre = true,
                    "--trusted-host" => self.insecure.push(value),
                    // The others say how to build what is not built here, or how to choose.
                    _ => {}
                }
            }
        }
        Ok(())
    }
}

/// A requirement without its hashes.
fn plain(line: &str) -> &str {
    line.split(" --").next().unwrap_or(line)
}

/// The requirement of a line that installs it where it lies, without quotes.
pub(crate) fn editable(line: &str) -> Option<&str> {
    let value = line.strip_prefix("--editable").or_else(|| line.strip_prefix("-e"))?;
    let value = value.trim().trim_start_matches('=').trim();
    let inner = |quote| value.strip_prefix(quote).and_then(|it| it.strip_suffix(quote));
    Some(inner('"').or_else(|| inner('\'')).unwrap_or(value))
}

/// Those of pip's options that count here and have a value, which may be the next word.
const WITH_VALUE: [&str; 11] = [
    "-r",
    "--requirement",
    "-c",
    "--constraint",
    "-i",
    "--index-url",
    "--extra-index-url",
    "-f",
    "--find-links",
    "--trusted-host",
    "--no-binary",
];

/// The options of a line with their values. As pip does it (`_internal/req/req_file.py`), a line may
/// have several, and words that belong to none say nothing: in `-f https://example.org gdal`, the
/// last one.
fn options(line: &str) -> Vec<(String, String)> {
    let mut words = words(line).into_iter();
    let mut found = Vec::new();
    while let Some(word) = words.next() {
        let (option, value) = match word.split_once('=') {
            Some((option, value)) if option.starts_with("--") => (option, value),
            _ if word.starts_with("--") => (&*word, ""),
            _ if word.starts_with('-') => match word.split_at_checked(2) {
                Some((option, value)) => (option, value.trim_start_matches('=')),
                None => continue,
            },
            _ => continue,
        };
        let value = match value {
            "" if WITH_VALUE.contains(&option) => words.next().unwrap_or_default(),
            value => value.to_owned(),
        };
        found.push((option.to_owned(), value));
    }
    found
}

/// The words of a line without their quotes. A backslash is one, as in a path of Windows.
fn words(line: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut word: Option<String> = None;
    let mut quote = None;
    for letter in line.chars() {
        match (quote, letter) {
            (Some(end), _) if letter == end => quote = None,
            (None, '"' | '\'') => {
                quote = Some(letter);
                word.get_or_insert_default();
            }
            (None, _) if letter.is_whitespace() => words.extend(word.take()),
            _ => word.get_or_insert_default().push(letter),
        }
    }
    words.extend(word);
    words
}

/// An address as it is, and a folder as an address. It counts from the file that names it, where
/// it exists there, and else from the project.
fn place(value: &str, folder: &Utf8Path, root: &Utf8Path) -> String {
    if value.contains("://") || value.starts_with("file:") {
        return value.to_owned();
    }
    let beside = folder.join(value);
    file_address(&if beside.exists() { beside } else { root.join(value) })
}

/// The text of a list, as pip decodes it (`_internal/utils/encoding.py`): by its byte order mark, which
/// PowerShell's `>` writes with UTF-16, or by a comment on its encoding.
fn decoded(bytes: &[u8]) -> String {
    let units = |bytes: &[u8], unit: fn([u8; 2]) -> u16| -> String {
        let units: Vec<u16> = bytes.chunks_exact(2).map(|pair| unit([pair[0], pair[1]])).collect();
        String::from_utf16_lossy(&units)
    };
    match bytes {
        [0xff, 0xfe, rest @ ..] => return units(rest, u16::from_le_bytes),
        [0xfe, 0xff, rest @ ..] => return units(rest, u16::from_be_bytes),
        _ => {}
    }
    let text = String::from_utf8_lossy(bytes);
    let says = |word: &str| {
        let mut comments = text.lines().take(2).filter(|line| line.starts_with('#'));
        comments.any(|line| line.contains("coding") && line.to_lowercase().contains(word))
    };
    if ["latin-1", "latin1", "iso-8859-1", "cp1252"].iter().any(|word| says(word)) {
        return bytes.iter().copied().map(char::from).collect();
    }
    text.into_owned()
}

/// Lines with the number of their first one, without comments and with continued ones joined.
fn logical_lines(text: &str) -> Vec<(usize, String)> {
    let text = text.trim_start_matches('\u{feff}').replace("\r\n", "\n").replace('\r', "\n");
    let mut lines = Vec::new();
    let mut begun: Option<(usize, String)> = None;
    for (index, line) in text.split('\n').enumerate() {
        let (number, before) = begun.take().unwrap_or((index + 1, String::new()));
        match line.strip_suffix('\\') {
            Some(line) if !line.trim_start().starts_with('#') => {
                begun = Some((number, format!("{before}{line} ")));
            }
            _ => lines.push((number, before + line)),
        }
    }
    lines.extend(begun);
    lines
        .into_iter()
        .map(|(number, line)| (number, without_comment(&line).trim().to_owned()))
        .filter(|(_, line)| !line.is_empty())
        .collect()
}

fn without_comment(line: &str) -> &str {
    let begins = |(at, _): &(usize, &str)| *at == 0 || line[..*at].ends_with(char::is_whitespace);
    line.match_indices('#').find(begins).map_or(line, |(at, _)| &line[..at])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(files: &[(&str, &str)]) -> (String, Result<PipList, RequirementsError>) {
        let dir = tempfile::tempdir().unwrap();
        let root = Utf8Path::from_path(dir.path()).unwrap();
        for (name, text) in files {
            let path = root.join(name);
            fs_err::create_dir_all(path.parent().unwrap()).unwrap();
            fs_err::write(path, text).unwrap();
        }
        (root.to_string(), PipList::read(root, &root.join("requirements.txt")))
    }

    #[test]
    fn lines_have_their_numbers() {
        let text = "\u{feff}# a comment\r\n\r\na \\\r\n  ==1 # why\rb#c\n#x\\\nc --hash=x:y\\\n";
        let lines = logical_lines(text);
        let lines: Vec<_> = lines.iter().map(|(number, line)| (*number, line.as_str())).collect();
        assert_eq!(lines, [(3, "a    ==1"), (5, "b#c"), (7, "c --hash=x:y")]);
    }

    #[test]
    fn a_list_is_read_in_the_encoding_that_it_has() {
        let wide: Vec<u16> = "\u{feff}pandas # é\r\n".encode_utf16().collect();
        let little: Vec<u8> = wide.iter().flat_map(|unit| unit.to_le_bytes()).collect();
        let big: Vec<u8> = wide.iter().flat_map(|unit| unit.to_be_bytes()).collect();
        for bytes in [little, big, "\u{feff}pandas # é\n".into(), b"pandas # \xe9\n".to_vec()] {
            assert_eq!(logical_lines(&decoded(&bytes)), [(1, "pandas".to_owned())], "{bytes:?}");
        }
        let latin = decoded(b"# -*- coding: latin-1 -*-\nx @ file:///caf\xe9.whl\n");
        assert!(latin.ends_with("café.whl\n"), "{latin}");
    }

    #[test]
    fn the_options_of_all_lists_count() {
        let (root, list) = read(&[
            (
                "requirements.txt",
                "-i https://one.example\n-r lists/more.txt\n-c 'lists/limits.txt'\npandas\n--no-binary :all:\n--pre\n",
            ),
            (
                "lists/more.txt",
                "--index-url=https://two.example/${TOKEN}\n--extra-index-url https://three.example\n\
                 -f \"my wheels\"\n--find-links=other\n--trusted-host two.example\n\
                 numpy==2 \\\n  --hash=sha256:aa\n-r ../requirements.txt\n",
            ),
            ("lists/my wheels/x", ""),
            ("lists/limits.txt", "six<2\n"),
        ]);
        let list = list.unwrap();
        assert_eq!(
            list.index_lines(),
            [
                "--index-url https://two.example/${TOKEN}".to_owned(),
                "--extra-index-url https://three.example".to_owned(),
                format!("--find-links file://{root}/lists/my%20wheels"),
                format!("--find-links file://{root}/other"),
            ]
        );
        assert_eq!(list.insecure, ["two.example"]);
        assert!(list.pre);
        assert_eq!(list.constraints, ["six<2"]);
        assert_eq!(list.listed, ["numpy==2", "pandas"]);
        assert_eq!(list.lines[0], "numpy==2 --hash=sha256:aa");
    }

    #[test]
    fn a_line_has_the_options_that_pip_finds_in_it() {
        let (root, list) = read(&[(
            "requirements.txt",
            "--find-links=https://links.example/a GDAL\n-f'my wheels'  --pre stray\n-fhttps://glued.example/?a=b\n\
             -i https://one.example/simple --trusted-host one.example\n\
             --no-binary numpy --extra-index-url https://two.example\n--prefer-binary\npandas\n",
        )]);
        let list = list.unwrap();
        assert_eq!(
            list.index_lines(),
            [
                "--index-url https://one.example/simple".to_owned(),
                "--find-links https://links.example/a".to_owned(),
                format!("--find-links file://{root}/my%20wheels"),
                "--find-links https://glued.example/?a=b".to_owned(),
                "--extra-index-url https://two.example".to_owned(),
            ]
        );
        assert_eq!((list.insecure, list.pre), (vec!["one.example".to_owned()], true));
        assert_eq!(list.listed, ["pandas"]);
        assert_eq!(words(r#"-f C:\w "a b"c '' é"#), ["-f", r"C:\w", "a bc", "", "é"]);
    }

    #[test]
    fn folders_count_from_where_they_are_sources() {
        let (root, list) = read(&[
            ("requirements.txt", "-r lists/more.txt\n./libs/one[a]\n"),
            (
                "lists/more.txt",
                "-e .[dev]\n--editable=../libs/two ; os_name == 'nt'\n-c limits.txt\n",
            ),
            ("lists/limits.txt", "six<2\n"),
            ("setup.py", ""),
            ("libs/one/pyproject.toml", ""),
            ("libs/two/setup.cfg", ""),
        ]);
        let list = list.unwrap();
        let real = "file://".to_owned() + &root;
        assert_eq!(
            list.lines,
            [
                format!("{real}/[dev]"),
                format!("{real}/libs/two/ ; os_name == 'nt'"),
                format!("{real}/libs/one/[a]"),
            ]
        );
        assert_eq!(list.listed[0], "-e .[dev]");
    }

    #[cfg(unix)]
    #[test]
    fn a_list_that_is_named_as_on_windows_is_told() {
        let (_, list) = read(&[
            ("requirements.txt", "pandas\n-r lists\\base.txt\n"),
            ("lists/base.txt", "numpy\n"),
        ]);
        let error = list.unwrap_err();
        let hint = crate::error::ProjectError::from(error).hint().unwrap();
        assert_eq!(hint, "write the path with `/`, which is understood on every system");
        let (_, list) = read(&[("requirements.txt", "-r lists\\base.txt\n")]);
        assert!(matches!(list, Err(RequirementsError::Read { .. })), "{list:?}");
    }

    #[test]
    fn what_leads_nowhere_is_refused_with_its_place() {
        for (line, refusal) in [
            ("-e .", Refusal::NoSource),
            ("--editable=hg+https://example.org/x", Refusal::Repository),
            ("svn+https://example.org/x", Refusal::Repository),
            (".", Refusal::NoSource),
            ("-r https://example.org/list.txt", Refusal::Remote),
        ] {
            for option in ["-r", "-c", "--constraint="] {
                let first = format!("pandas\n{option} more.txt\n");
                let more = format!("# why\nnumpy\n{line}\n");
                let (_, list) = read(&[("requirements.txt", &first), ("more.txt", &more)]);
                match list.unwrap_err() {
                    RequirementsError::Refused {
                        requirement,
                        file,
                        line: number,
                        refusal: why,
                    } => {
                        assert_eq!((requirement.as_str(), why), (line, refusal));
                        assert_eq!((file.file_name(), number), (Some("more.txt"), Some(3)));
                    }
                    other => panic!("{line}: {other}"),
                }
            }
        }
    }
}
