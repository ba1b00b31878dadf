use camino::Utf8Path;
use toml::{Table, Value};

use crate::requirements::RequirementsError;
use crate::requirements::line::{Refusal, address, checked, name_of};
use crate::requirements::source_line::{SourceLine, is_repository, repository};
use crate::settings::config::PYPROJECT_TOML;

/// What a project's `uv.toml` or `[tool.uv]` says of where packages come from and which of them are
/// chosen. Nothing else of it is heard: it could have code run, or put something into the caches
/// that all apps share.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct UvSettings {
    settings: Table,
    /// `[tool.uv.sources]` of what the project itself asks for.
    sources: Table,
}

/// The settings that are taken, of `[tool.uv]` and `[tool.uv.pip]`.
const TAKEN: [&str; 11] = [
    "index",
    "index-url",
    "extra-index-url",
    "find-links",
    "no-index",
    "index-strategy",
    "allow-insecure-host",
    "prerelease",
    "resolution",
    "exclude-newer",
    "exclude-newer-package",
];
/// Lists of requirements, of `[tool.uv]` alone.
const LISTS: [&str; 2] = ["constraint-dependencies", "override-dependencies"];

impl UvSettings {
    /// Reads them in `root`. Of sources, those of `listed` count.
    pub fn read(root: &Utf8Path, listed: &[String]) -> Result<Self, RequirementsError> {
        let pyproject = root.join(PYPROJECT_TOML);
        let (text, table) = read(&pyproject)?;
        let of_project = table.get("tool").and_then(|tool| tool.get("uv"));
        let of_project = of_project.and_then(Value::as_table).cloned().unwrap_or_default();
        let file = root.join("uv.toml");
        // As in uv itself, which does not mix the two.
        let mut made = if file.is_file() {
            let (text, table) = read(&file)?;
            Self::of_table(&table, root, &file, &text)?
        } else {
            Self::of_table(&of_project, root, &pyproject, &text)?
        };
        made.add_sources(&of_project, root, listed, &pyproject, &text)?;
        Ok(made)
    }

    /// Those in the header of a script (`[tool.uv]`), which take the place of the project's.
    pub fn of_script(
        table: &Table,
        listed: &[String],
        script: &Utf8Path,
    ) -> Result<Self, RequirementsError> {
        let folder = script.parent().unwrap_or(Utf8Path::new(""));
        let text = fs_err::read_to_string(script).unwrap_or_default();
        let mut made = Self::of_table(table, folder, script, &text)?;
        made.add_sources(table, folder, listed, script, &text)?;
        Ok(made)
    }

    fn of_table(
        table: &Table,
        root: &Utf8Path,
        file: &Utf8Path,
        text: &str,
    ) -> Result<Self, RequirementsError> {
        let mut settings = Table::new();
        let pip = table.get("pip").and_then(Value::as_table);
        for key in TAKEN {
            let value = pip.and_then(|pip| pip.get(key)).or_else(|| table.get(key));
            if let Some(value) = value {
                settings.insert(key.to_owned(), placed(key, value.clone(), root));
            }
        }
        for key in LISTS {
            let Some(list) = table.get(key).and_then(Value::as_array) else { continue };
            let lines = list.iter().filter_map(Value::as_str).map(|line| {
                checked(line, &[root]).map(Value::String).map_err(|refusal| {
                    RequirementsError::Refused {
                        requirement: line.escape_debug().to_string(),
                        file: file.to_owned(),
                        line: line_of(text, line),
                        refusal,
                    }
                })
            });
            settings.insert(key.to_owned(), Value::Array(lines.collect::<Result<_, _>>()?));
        }
        Ok(Self { settings, sources: Table::new() })
    }

    fn add_sources(
        &mut self,
        table: &Table,
        root: &Utf8Path,
        listed: &[String],
        file: &Utf8Path,
        text: &str,
    ) -> Result<(), RequirementsError> {
        let sources = table.get("sources").and_then(Value::as_table);
        for (name, source) in sources.into_iter().flatten() {
            if !listed.iter().any(|line| name_of(line) == name_of(name)) {
                continue;
            }
            // Folders are the author's own code, which uv gets as wheels.
            let Some(source) = without_folders(source, root) else { continue };
            let taken = taken_source(&source, root).map_err(|refusal| {
                let start = text.find("tool.uv.sources").unwrap_or_default();
                let before = text[..start].matches('\n').count();
                RequirementsError::Refused {
                    requirement: name.escape_debug().to_string(),
                    file: file.to_owned(),
                    line: line_of(&text[start..], name).map(|line| line + before),
                    refusal,
                }
            })?;
            self.sources.insert(name.clone(), taken);
        }
        Ok(())
    }

    /// The same with what another tool's list says: indexes that it keeps for single packages, and
    /// what it has in place of what packages ask for.
    pub fn with_tool(mut self, table: &Table) -> Self {
        let sources = table.get("sources").and_then(Value::as_table).into_iter().flatten();
        self.sources.extend(sources.map(|(name, source)| (name.clone(), source.clone())));
        for key in ["index", "override-dependencies"] {
            let Some(added) = table.get(key).and_then(Value::as_array) else { continue };
            let list = self.settings.entry(key).or_insert_with(|| Value::Array(Vec::new()));
            if let Some(list) = list.as_array_mut() {
                list.extend(added.iter().cloned());
            }
        }
        self
    }

    /// What comes as source from places of its own, as requirements.
    pub fn built(&self) -> Vec<String> {
        let place = |source: &Value| {
            let text = |key: &str| source.get(key).and_then(Value::as_str);
            let revision = ["rev", "tag", "branch"].iter().find_map(|key| text(key));
            let git = text("git").map(|url| repository(url, revision, text("subdirectory")));
            git.or_else(|| text("url").map(str::to_owned))
        };
        let places = |source: &Value| -> Vec<String> {
            match source.as_array() {
                Some(several) => several.iter().filter_map(place).collect(),
                None => place(source).into_iter().collect(),
            }
        };
        let lines = self.sources.iter().flat_map(|(name, source)| {
            places(source).into_iter().map(move |place| format!("{name} @ {place}"))
        });
        lines.filter(|line| SourceLine::of(line).is_some()).collect()
    }

    /// Whether an index with this address is among them.
    pub fn has_index(&self, url: &str) -> bool {
        let plain = |url: &str| url.trim_end_matches('/').to_owned();
        let indexes = self.settings.get("index").and_then(Value::as_array).into_iter().flatten();
        let urls = indexes.filter_map(|index| index.get("url")).filter_map(Value::as_str);
        urls.map(plain).any(|it| it == plain(url))
    }

    /// Whether nothing is said.
    pub fn is_empty(&self) -> bool {
        self.settings.is_empty() && self.sources.is_empty()
    }

    /// Whether single requirements come from places of their own.
    pub fn has_sources(&self) -> bool {
        !self.sources.is_empty()
    }

    /// `[tool.uv]` for choosing versions.
    pub fn for_choosing(&self) -> Table {
        let mut table = self.settings.clone();
        if self.has_sources() {
            table.insert("sources".to_owned(), Value::Table(self.sources.clone()));
        }
        table
    }

    /// `[tool.uv]` for build backends: where packages come from alone.
    pub fn for_building(&self) -> Table {
        let mut table = self.settings.clone();
        LISTS.iter().for_each(|key| drop(table.remove(*key)));
        table
    }

    /// `[tool.uv]` where versions and hashes are settled: then each index is as good as the other,
    /// and none is kept for single packages.
    pub fn for_settled(&self) -> Table {
        let mut table = self.settings.clone();
        // What they were for is in what is settled; once more, they would undo it.
        LISTS.iter().for_each(|key| drop(table.remove(*key)));
        let indexes = table.get_mut("index").and_then(Value::as_array_mut);
        for index in indexes.into_iter().flatten().filter_map(Value::as_table_mut) {
            index.remove("explicit");
        }
        if !table.is_empty() {
            let any = Value::String("unsafe-best-match".to_owned());
            table.insert("index-strategy".to_owned(), any);
        }
        table
    }
}

/// The value with folders as seen from anywhere.
fn placed(key: &str, value: Value, root: &Utf8Path) -> Value {
    let place = |value: Value| match value {
        Value::String(place) if !place.contains("://") && !place.starts_with("file:") => {
            Value::String(root.join(place).into_string())
        }
        other => other,
    };
    match (key, value) {
        ("index-url", value) => place(value),
        ("extra-index-url" | "find-links", Value::Array(list)) => {
            Value::Array(list.into_iter().map(place).collect())
        }
        ("index", Value::Array(list)) => {
            let with_place = |mut index: Value| {
                if let Some(url) = index.get_mut("url") {
                    *url = place(url.clone());
                }
                index
            };
            Value::Array(list.into_iter().map(with_place).collect())
        }
        (_, value) => value,
    }
}

/// An entry of `[tool.uv.sources]` without what leads to folders; `None` when nothing is left.
fn without_folders(source: &Value, root: &Utf8Path) -> Option<Value> {
    if let Some(list) = source.as_array() {
        let left: Vec<Value> = list.iter().filter_map(|it| without_folders(it, root)).collect();
        return (!left.is_empty()).then_some(Value::Array(left));
    }
    let path = source.get("path").and_then(Value::as_str);
    let is_folder = source.get("workspace").and_then(Value::as_bool) == Some(true)
        || path.is_some_and(|path| root.join(path).is_dir());
    (!is_folder).then(|| source.clone())
}

/// An entry of `[tool.uv.sources]`: an index, a wheel, or a source.
fn taken_source(source: &Value, root: &Utf8Path) -> Result<Value, Refusal> {
    if let Some(list) = source.as_array() {
        let list = list.iter().map(|source| taken_source(source, root));
        return Ok(Value::Array(list.collect::<Result<_, _>>()?));
    }
    let text = |key: &str| source.get(key).and_then(Value::as_str);
    let mut taken = Table::new();
    let mut keys = vec!["marker", "extra", "group"];
    if let Some(git) = text("git") {
        if !is_repository(&repository(git, None, None)) {
            return Err(Refusal::Repository);
        }
        taken.insert("git".to_owned(), Value::String(git.to_owned()));
        keys.extend(["rev", "tag", "branch", "subdirectory", "lfs"]);
    } else if let Some(place) = text("url").or_else(|| text("path")) {
        taken.insert("url".to_owned(), Value::String(address(place, &[root])?));
        keys.push("subdirectory");
    } else if let Some(index) = text("index") {
        taken.insert("index".to_owned(), Value::String(index.to_owned()));
    } else {
        return Err(Refusal::Unreadable);
    }
    for key in keys {
        if let Some(value) = source.get(key) {
            taken.insert(key.to_owned(), value.clone());
        }
    }
    Ok(Value::Table(taken))
}

/// The number of the first line of `text` in which `words` stand.
pub(crate) fn line_of(text: &str, words: &str) -> Option<usize> {
    let words = words.lines().next().filter(|words| !words.is_empty())?;
    let escaped = words.escape_debug().to_string();
    let number = text.lines().position(|line| line.contains(words) || line.contains(&escaped))?;
    Some(number + 1)
}

fn read(file: &Utf8Path) -> Result<(String, Table), RequirementsError> {
    let text = match fs_err::read_to_string(file) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => String::new(),
        other => {
            other.map_err(|source| RequirementsError::Read { file: file.to_owned(), source })?
        }
    };
    match toml::from_str(&text) {
        Ok(table) => Ok((text, table)),
        Err(source) => {
            Err(RequirementsError::Toml { file: file.to_owned(), source: Box::new(source) })
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings(files: &[(&str, &str)]) -> (String, Result<UvSettings, RequirementsError>) {
        let dir = tempfile::tempdir().unwrap();
        let root = Utf8Path::from_path(dir.path()).unwrap();
        for (name, text) in files {
            fs_err::write(root.join(name), text).unwrap();
        }
        (root.to_string(), UvSettings::read(root, &["Mine>=1".to_owned(), "pandas".to_owned()]))
    }

    #[test]
    fn only_what_says_where_packages_come_from_is_taken() {
        let (root, read) = settings(&[(
            "pyproject.toml",
            "[tool.uv]\npython-downloads-json-url = 'file:///x'\ncache-dir = 'x'\nno-binary = true\n\
             no-binary-package = ['x']\nfind-links = ['wheels', 'https://example.org/']\n\
             constraint-dependencies = ['six<2']\n[tool.uv.pip]\nprerelease = 'allow'\npython = 'x'\n\
             [[tool.uv.index]]\nname = 'own'\nurl = 'https://own.example'\nexplicit = true\n\
             [tool.uv.sources]\nmine = { index = 'own' }\nother = { git = 'https://x' }\n",
        )]);
        let read = read.unwrap();
        let expected = format!(
            "constraint-dependencies = ['six<2']\nfind-links = ['{root}/wheels', 'https://example.org/']\n\
             prerelease = 'allow'\nindex = [{{ name = 'own', url = 'https://own.example', explicit = true }}]\n\
             sources = {{ mine = {{ index = 'own' }} }}\n"
        );
        assert_eq!(read.for_choosing(), toml::from_str(&expected).unwrap());
        let expected = format!(
            "find-links = ['{root}/wheels', 'https://example.org/']\nprerelease = 'allow'\n\
             index-strategy = 'unsafe-best-match'\n\
             index = [{{ name = 'own', url = 'https://own.example' }}]\n"
        );
        assert_eq!(read.for_settled(), toml::from_str(&expected).unwrap());
        let (_, read) = settings(&[
            ("pyproject.toml", "[tool.uv]\nprerelease = 'allow'\n"),
            ("uv.toml", "python-install-mirror = 'x'\n"),
        ]);
        assert!(read.unwrap().is_empty(), "uv.toml takes the place of the table");
    }

    #[test]
    fn folders_are_no_sources_for_uv() {
        let text = "[tool.uv.sources]\nmine = [{ path = '.', marker = \"os_name == 'nt'\" }, { index = 'x' }]\npandas = { workspace = true }\n";
        let (_, read) = settings(&[("pyproject.toml", text)]);
        let table = read.unwrap().for_choosing();
        assert_eq!(table, toml::from_str("[sources]\nmine = [{ index = 'x' }]\n").unwrap());
    }

    #[test]
    fn repositories_and_archives_are_sources_that_are_built() {
        let text = "[tool.uv.sources]\nmine = { git = 'https://x/y', rev = 'v1', subdirectory = 'a', cache-dir = 'x' }\n\
            pandas = [{ index = 'x' }, { url = 'https://x/x.zip', marker = \"os_name == 'nt'\" }]\n";
        let (_, read) = settings(&[("pyproject.toml", text)]);
        let read = read.unwrap();
        let built = ["mine @ git+https://x/y@v1#subdirectory=a", "pandas @ https://x/x.zip"];
        assert_eq!(read.built(), built);
        let expected =
            text.replace("[tool.uv.sources]", "[sources]").replace(", cache-dir = 'x'", "");
        assert_eq!(read.for_choosing(), toml::from_str(&expected).unwrap());
    }

    #[test]
    fn sources_that_lead_nowhere_are_refused_with_their_line() {
        for (source, why) in [
            ("{ git = 'file:///x' }", Refusal::Repository),
            ("{ path = './x', editable = true }", Refusal::Missing),
            ("[{ workspace = true }, { path = './x' }]", Refusal::Missing),
            ("{ url = 'https://x/x' }", Refusal::NoPackage),
        ] {
            let text =
                format!("[project]\ndependencies = ['mine']\n[tool.uv.sources]\nmine = {source}\n");
            match settings(&[("pyproject.toml", &text)]).1.unwrap_err() {
                RequirementsError::Refused { requirement, line, refusal, .. } => {
                    assert_eq!((requirement.as_str(), line, refusal), ("mine", Some(4), why));
                }
                other => panic!("{source}: {other}"),
            }
        }
    }
}
