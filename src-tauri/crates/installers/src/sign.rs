//! Signing by a command of the author's: for programs and finished files.

use std::error::Error;

use camino::{Utf8Path, Utf8PathBuf};
use waterskin_process::Tool;

use crate::FormatError;

/// Signs files by a command.
///
/// In its words `{file}` stands for the file. Where one has `{signed}`, the command leaves a signed copy
/// there, and the file as it is; else it changes the file itself. `{env:NAME}` stands for a variable of the
/// environment, so that a password stands in no plan.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signer {
    /// The program and its arguments.
    pub words: Vec<String>,
    /// Where it is started: the project's folder.
    pub folder: Utf8PathBuf,
}

/// Why a file was not signed.
#[derive(Debug, thiserror::Error)]
#[error("{text}")]
pub struct SignError {
    text: String,
}

impl Signer {
    /// Signs `file` in its place, which is known as `name`. On an error, it is not to be used.
    pub(crate) fn sign(&self, file: &Utf8Path, name: &str) -> Result<(), FormatError> {
        let failed = |text| FormatError::Sign { path: name.into(), source: SignError { text } };
        let signed = Utf8PathBuf::from(format!("{file}.signed"));
        let (words, secrets) = self.filled(file, &signed).map_err(failed)?;
        let [program, arguments @ ..] = words.as_slice() else {
            return Err(failed("the command is empty".to_owned()));
        };
        // What has a folder in its name is the project's; any other name is looked up on the PATH.
        let program = match program.contains(['/', '\\']) {
            true => self.folder.join(program),
            false => program.into(),
        };
        let run = Tool::new(program.as_std_path())
            .args(arguments)
            .directory(self.folder.as_std_path())
            .run(&mut |_, _| {});
        let run = run.map_err(|error| failed(without(&secrets, &chain(&error))));
        if self.words.iter().any(|word| word.contains(SIGNED)) {
            let moved = run.and_then(|_| {
                fs_err::rename(&signed, file).map_err(|error| failed(error.to_string()))
            });
            let _ = fs_err::remove_file(&signed);
            return moved;
        }
        run.map(drop)
    }

    /// The content of a program with a signature; `name` is the file's.
    pub(crate) fn signed(&self, name: &str, content: &[u8]) -> Result<Vec<u8>, FormatError> {
        let folder = tempfile::tempdir().map_err(FormatError::write(name))?;
        let path = Utf8Path::from_path(folder.path())
            .ok_or_else(|| FormatError::Name { path: folder.path().display().to_string() })?
            .join(name);
        fs_err::write(&path, content).map_err(FormatError::write(&path))?;
        self.sign(&path, name)?;
        fs_err::read(&path).map_err(FormatError::read(&path))
    }

    /// The words of the command, and what of them nobody may see.
    fn filled(
        &self,
        file: &Utf8Path,
        signed: &Utf8Path,
    ) -> Result<(Vec<String>, Vec<String>), String> {
        let mut secrets = Vec::new();
        let mut fill = |word: &String| {
            let word = word.replace(FILE, file.as_str()).replace(SIGNED, signed.as_str());
            let mut filled = String::new();
            let mut rest = word.as_str();
            while let Some((before, after)) = rest.split_once(VARIABLE) {
                let Some((name, after)) = after.split_once('}') else { break };
                let value = std::env::var(name).map_err(|_| {
                    format!("the command takes the variable `{name}` of the environment, which is not set")
                })?;
                filled.push_str(before);
                filled.push_str(&value);
                secrets.push(value);
                rest = after;
            }
            filled.push_str(rest);
            Ok(filled)
        };
        let words = self.words.iter().map(&mut fill).collect::<Result<_, String>>()?;
        secrets.retain(|secret| !secret.is_empty());
        Ok((words, secrets))
    }
}

const FILE: &str = "{file}";
const SIGNED: &str = "{signed}";
const VARIABLE: &str = "{env:";

/// An error with all its causes.
fn chain(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        text.push('\n');
        text.push_str(&cause.to_string());
        source = cause.source();
    }
    text
}

fn without(secrets: &[String], text: &str) -> String {
    secrets.iter().fold(text.to_owned(), |text, secret| text.replace(secret.as_str(), "…"))
}

#[cfg(test)]
#[cfg(unix)]
mod tests {
    use super::*;

    fn place() -> (tempfile::TempDir, Utf8PathBuf) {
        let folder = tempfile::Builder::new().prefix("dossier é ").tempdir().unwrap();
        let root = Utf8PathBuf::from_path_buf(folder.path().to_owned()).unwrap();
        (folder, root)
    }

    fn signer(folder: &Utf8Path, words: &[&str]) -> Signer {
        Signer {
            words: words.iter().map(|it| (*it).to_owned()).collect(),
            folder: folder.to_owned(),
        }
    }

    #[test]
    fn a_file_is_signed_in_its_place_or_beside_it() {
        let (_folder, root) = place();
        let file = root.join("un programme é.exe");
        for words in [
            &["sh", "-c", "printf ' signed' >>\"$0\"", "{file}"][..],
            &["sh", "-c", "{ cat \"$0\"; printf ' signed'; } >\"$1\"", "{file}", "{signed}"],
        ] {
            fs_err::write(&file, "program").unwrap();
            signer(&root, words).sign(&file, "a.exe").unwrap();
            assert_eq!(fs_err::read_to_string(&file).unwrap(), "program signed");
            assert_eq!(fs_err::read_dir(&root).unwrap().count(), 1, "nothing else is left");
            let content = signer(&root, words).signed("a.exe", b"other").unwrap();
            assert_eq!(content, b"other signed");
        }
    }

    #[test]
    fn what_fails_says_why_and_keeps_secrets() {
        let (_folder, root) = place();
        let file = root.join("a.exe");
        fs_err::write(&file, "program").unwrap();
        // Any variable will do that every machine has.
        let path = std::env::var("PATH").unwrap();
        let words = ["sh", "-c", "echo \"no key: $1\" >&2; exit 3", "{file}", "{env:PATH}"];
        let error = signer(&root, &words).sign(&file, "a.exe").unwrap_err();
        assert_eq!(error.to_string(), "could not sign `a.exe`");
        let cause = error.source().unwrap().to_string();
        assert!(cause.contains("no key: …") && !cause.contains(&path), "{cause}");
        for (words, expected) in [
            (&["sh", "{env:NOBODY_HAS_THIS}", "{file}"][..], "`NOBODY_HAS_THIS`"),
            (&["no such program é", "{file}"], "could not start"),
            (&["./nothing here", "{file}"], "nothing here"),
            (&["true", "{file}", "{signed}"], "signed"),
        ] {
            let error = signer(&root, words).sign(&file, "a.exe").unwrap_err();
            let cause = error.source().unwrap().to_string();
            assert!(cause.contains(expected), "{cause}");
        }
    }
}
