use std::collections::BTreeSet;

use camino::Utf8Path;

use crate::code::base::CodeBase;
use crate::code::by_name::takes_by_name;
use crate::code::plain;
use crate::code::source;
use crate::files::ProjectFiles;
use crate::own::OwnDistribution;
use crate::requirements::Requirements;

/// Files that may say what the app works with. Larger ones are data.
const TEXTS: [&str; 13] =
    ["py", "toml", "yaml", "yml", "json", "ini", "cfg", "txt", "sql", "css", "html", "htm", "js"];
const LARGEST: u64 = 1 << 20;

/// What an app's files say of what it needs of its packages.
#[derive(Clone, Debug, Default)]
pub struct Mentions {
    /// The texts and names of its files, in small letters.
    pub words: String,
    /// Dotted names of the modules from elsewhere that it imports.
    pub imports: BTreeSet<String>,
    /// Whether it shows no table, no chart and no picture, for sure.
    pub plain: bool,
    /// Whether it may use any command of Streamlit, by a name that is not in its text.
    pub by_name: bool,
}

impl Mentions {
    /// Looks through the project. A file that can't be read says nothing.
    pub(crate) fn read(
        root: &Utf8Path,
        files: &ProjectFiles,
        code: &CodeBase,
        requirements: &Requirements,
        minor: u8,
    ) -> Self {
        let mut words = String::new();
        for file in &files.files {
            words.push_str(file.path.as_str());
            words.push('\n');
            let text = file.path.extension().is_some_and(|it| TEXTS.contains(&it));
            if text
                && file.bytes <= LARGEST
                && let Ok(text) = fs_err::read(root.join(&file.path))
            {
                words.push_str(&String::from_utf8_lossy(&text));
                words.push('\n');
            }
        }
        let texts: Vec<_> = code.paths().map(|path| source::read(&root.join(path))).collect();
        let by_name = !code.broken.is_empty()
            || texts.iter().any(|text| text.as_ref().map_or(true, |text| takes_by_name(text)));
        // A package that the author asked for by name is there for a reason.
        let asked =
            requirements.source.is_lock() || requirements.listed.iter().any(|it| !is_streamlit(it));
        let plain = !asked
            && code.broken.is_empty()
            && texts.into_iter().all(|text| text.is_ok_and(|text| plain::is_plain(&text)))
            && code.outside(minor).iter().all(|import| import.module == "streamlit");
        Self { words: words.to_lowercase(), imports: code.outside_names(minor), plain, by_name }
    }

    /// Looks through the author's own distributions too.
    pub(crate) fn add_own(&mut self, own: &[OwnDistribution]) {
        self.plain &= own.is_empty();
        for (text, in_project) in own.iter().flat_map(OwnDistribution::texts) {
            self.by_name |= takes_by_name(&text);
            if in_project {
                continue;
            }
            self.words.push_str(&text.to_lowercase());
            self.words.push('\n');
        }
    }
}

/// Whether a line of requirements is for Streamlit alone, without one of its extras.
fn is_streamlit(line: &str) -> bool {
    let line = line.trim();
    let end = line.find(|c: char| !c.is_alphanumeric()).unwrap_or(line.len());
    line[..end].eq_ignore_ascii_case("streamlit") && !line[end..].starts_with(['[', '-', '_', '.'])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn streamlit_is_told_from_its_likes() {
        for line in ["streamlit", "Streamlit==1.67.0", "streamlit >=1.40 ; python_version > '3'"] {
            assert!(is_streamlit(line), "{line}");
        }
        for line in ["streamlit-folium", "streamlit[charts]", "pandas", "streamlit_aggrid"] {
            assert!(!is_streamlit(line), "{line}");
        }
    }
}
