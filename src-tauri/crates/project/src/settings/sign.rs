use std::fmt;

use serde::Deserialize;
use waterskin_bundle::System;

/// The commands by which finished files are signed, one for each system that an app is made for:
/// `[tool.waterskin.sign]`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct Signing {
    linux: Option<SignCommand>,
    windows: Option<SignCommand>,
    macos: Option<SignCommand>,
}

/// What the table may hold.
pub(crate) const SIGN_KEYS: &[&str] = &["linux", "windows", "macos"];

/// A program and its arguments, in which `{file}` stands for the file to sign.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignCommand {
    words: Vec<String>,
}

impl Signing {
    /// The command for files that are handed out for this system.
    pub fn command(&self, system: System) -> Option<&SignCommand> {
        match system {
            System::Linux => self.linux.as_ref(),
            System::Windows => self.windows.as_ref(),
            System::MacOs => self.macos.as_ref(),
        }
    }
}

impl SignCommand {
    /// The words of the command, at least one.
    pub fn words(&self) -> &[String] {
        &self.words
    }
}

/// As one would type it.
impl fmt::Display for SignCommand {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // What stands for something is no word of a shell's, and reads better as it is.
        let quoted = |word: &String| match word.starts_with('{') && word.ends_with('}') {
            true => word.clone(),
            false => shell_words::quote(word).into_owned(),
        };
        f.write_str(&self.words.iter().map(quoted).collect::<Vec<_>>().join(" "))
    }
}

/// A list of words, or a text that is split as a shell would.
impl<'de> Deserialize<'de> for SignCommand {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(untagged, expecting = "expected a command, as a text or a list of words")]
        enum Written {
            Words(Vec<String>),
            Text(String),
        }
        let error = |text: &str| Err(serde::de::Error::custom(text));
        let words = match Written::deserialize(deserializer)? {
            Written::Words(words) => words,
            Written::Text(text) => match shell_words::split(&text) {
                Ok(words) => words,
                Err(_) => return error("the command has a quotation mark that is not closed"),
            },
        };
        if words.first().is_none_or(String::is_empty) {
            return error("the command has no program");
        }
        if !words.iter().any(|word| word.contains("{file}")) {
            return error("the command has no `{file}`, which stands for the file to sign");
        }
        Ok(Self { words })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Signing, String> {
        toml::from_str(text).map_err(|error| error.message().to_owned())
    }

    #[test]
    fn a_command_is_a_list_or_a_text() {
        let text = "windows = \"sign 'a b' \\\"{file}\\\"\"\nmacos = ['codesign', '{file}']";
        let signing = read(text).unwrap();
        let words = |system| signing.command(system).map(SignCommand::words);
        assert_eq!(words(System::Windows).unwrap(), ["sign", "a b", "{file}"]);
        assert_eq!(words(System::MacOs).unwrap(), ["codesign", "{file}"]);
        assert_eq!(words(System::Linux), None);
        let shown = signing.command(System::Windows).unwrap().to_string();
        assert_eq!(shown, "sign 'a b' {file}");
    }

    #[test]
    fn a_command_that_signs_nothing_is_refused() {
        for (text, expected) in [
            ("linux = []", "no program"),
            ("linux = ''", "no program"),
            ("linux = 'sign'", "`{file}`"),
            ("linux = \"sign '{file}\"", "not closed"),
            ("linux = 3", "expected a command"),
        ] {
            let error = read(text).unwrap_err();
            assert!(error.contains(expected), "{text}: {error}");
        }
    }
}
