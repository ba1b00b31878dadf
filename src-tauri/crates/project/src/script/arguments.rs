//! The arguments with which a project's other files start its script: what stands after `--`.

use std::collections::BTreeSet;
use std::io;

use camino::{Utf8Path, Utf8PathBuf};

use crate::script::starters;

/// What the project's other files say of the script's arguments.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Started {
    /// The arguments, where all files that start the script agree on them.
    pub arguments: Vec<String>,
    /// Where they come from, or why they are not taken.
    pub note: Option<String>,
}

/// A start of the script.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Start {
    /// Where, as in `Procfile:1`.
    place: String,
    /// The words after `--`.
    arguments: Vec<Word>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Word {
    text: String,
    /// Whether it stands for itself: nothing in it is for a shell to replace.
    plain: bool,
}

/// Variables that stand for what somebody passes on, which is nothing where nobody does.
const PASSED_ON: [&str; 7] = ["$@", "$*", "${@}", "%*", "$args", "@args", "{{args}}"];

/// Reads the arguments of `script` in the `files` of a project. `read` gives a file's text.
///
/// What a README or a test shows are examples, and no way in which the app is run.
pub(crate) fn started(
    script: &Utf8Path,
    files: &BTreeSet<Utf8PathBuf>,
    read: impl Fn(&Utf8Path) -> io::Result<String>,
) -> Started {
    let runs = |file: &Utf8PathBuf| {
        let name = file.file_name().unwrap_or_default().to_lowercase();
        !["readme", "usage", "tox.ini", "ci.yml"].iter().any(|start| name.starts_with(start))
    };
    let mut starts = Vec::new();
    for file in starters::files(files).into_iter().filter(runs) {
        if let Ok(text) = read(&file) {
            starts.extend(starts_in(&text, &file, script, files));
        }
    }
    agreed(&starts)
}

/// What several starts come to.
fn agreed(starts: &[Start]) -> Started {
    let Some(start) = starts.iter().find(|start| !start.arguments.is_empty()) else {
        return Started::default();
    };
    let place = &start.place;
    let texts: Vec<String> = start.arguments.iter().map(|word| word.text.clone()).collect();
    let shown = texts.join(" ");
    let other = starts.iter().find(|other| other.arguments != start.arguments);
    let not_taken = |note| Started { arguments: Vec::new(), note: Some(note) };
    if start.arguments.iter().any(|word| !word.plain) {
        return not_taken(format!(
            "`{place}` starts the script with `{shown}`, which the app does not get: what it stands for is known there alone; `arguments = [...]` in the settings says what the app gets"
        ));
    }
    match other {
        Some(other) => not_taken(format!(
            "`{place}` starts the script with `{shown}`, but `{}` does not, and the app gets neither; `arguments = {texts:?}` in the settings says it",
            other.place
        )),
        None => Started {
            arguments: texts,
            note: Some(format!(
                "`{place}` starts the script with `{shown}`, which the app gets too; `arguments = []` in the settings leaves it out"
            )),
        },
    }
}

/// Where the text of `file` starts `script`.
fn starts_in(
    text: &str,
    file: &Utf8Path,
    script: &Utf8Path,
    files: &BTreeSet<Utf8PathBuf>,
) -> Vec<Start> {
    let here = file.parent().unwrap_or(Utf8Path::new(""));
    starters::starts(text, here, files)
        .into_iter()
        .filter(|(_, started)| started == script)
        .filter_map(|(end, _)| {
            let line = text[..end].matches('\n').count() + 1;
            let words = words_after(text, end)?;
            let from =
                words.iter().position(|word| word.text == "--").map_or(words.len(), |at| at + 1);
            let is_argument = |word: &&Word| !PASSED_ON.contains(&&*word.text);
            let arguments = words[from..].iter().filter(is_argument).cloned().collect();
            Some(Start { place: format!("{file}:{line}"), arguments })
        })
        .collect()
}

/// The words that follow on the script, whose name ends at `end`. `None` for a list that can't be
/// understood.
fn words_after(text: &str, end: usize) -> Option<Vec<Word>> {
    let rest = &text[end..];
    let Some(after) = rest.strip_prefix(['"', '\'']) else { return Some(of_shell(rest)) };
    if after.trim_start().starts_with([',', ']']) { of_list(after) } else { Some(of_shell(after)) }
}

/// The words of a list in JSON that has begun.
fn of_list(rest: &str) -> Option<Vec<Word>> {
    let mut in_quotes = false;
    let mut escaped = false;
    let end = rest.find(|letter| {
        in_quotes ^= letter == '"' && !escaped;
        escaped = letter == '\\' && !escaped;
        letter == ']' && !in_quotes
    })?;
    let list = format!("[{}]", rest[..end].trim().trim_matches(','));
    let texts: Vec<String> = serde_json::from_str(&list).ok()?;
    let word = |text: String| Word { plain: !text.contains(['$', '{']), text };
    Some(texts.into_iter().map(word).collect())
}

/// The words of a shell's command that has begun, up to its end.
fn of_shell(rest: &str) -> Vec<Word> {
    let rest = rest.replace("\\\r\n", " ").replace("\\\n", " ");
    let mut words = Vec::new();
    let mut word: Option<Word> = None;
    let mut quote = None;
    let mut open = 0;
    for letter in rest.lines().next().unwrap_or_default().chars() {
        match letter {
            _ if quote == Some(letter) => quote = None,
            _ if quote.is_some() => {}
            '(' => open += 1,
            ')' if open > 0 => open -= 1,
            ' ' | '\t' if open == 0 => {
                words.extend(word.take());
                continue;
            }
            '"' | '\'' if word.as_ref().is_none_or(|word| word.text.ends_with('=')) => {
                quote = Some(letter);
                word.get_or_insert(Word { text: String::new(), plain: true });
                continue;
            }
            // A text ends in which the whole command stands.
            '"' | '\'' | '`' | ')' | ';' | '|' | '&' | '<' | '>' => break,
            '#' if word.is_none() => break,
            _ => {}
        }
        let word = word.get_or_insert(Word { text: String::new(), plain: true });
        if quote.is_some() || !matches!(letter, '"' | '\'') {
            word.text.push(letter);
        }
        let replaced = match quote {
            Some('\'') => false,
            Some(_) => matches!(letter, '$' | '`' | '\\' | '%'),
            None => "$%*?~\\{}()[]!^".contains(letter),
        };
        word.plain &= !replaced;
    }
    words.extend(word);
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What files that start `ui/app.py` come to.
    fn of(files: &[(&str, &str)]) -> Started {
        let names = ["ui/app.py", "other.py"].into_iter().chain(files.iter().map(|it| it.0));
        let names = names.map(Utf8PathBuf::from).collect();
        let text = |path: &Utf8Path| files.iter().find(|(name, _)| path == *name);
        started("ui/app.py".into(), &names, |path| {
            text(path).map(|it| it.1.to_owned()).ok_or_else(|| io::ErrorKind::NotFound.into())
        })
    }

    #[test]
    fn plain_arguments_of_a_starter_are_taken() {
        for (file, text, line) in [
            (
                "Procfile",
                "web: streamlit run ui/app.py --server.port=$PORT -- --region emea --demo",
                1,
            ),
            (
                "Dockerfile",
                "FROM x\nCMD [\"streamlit\", \"run\", \"/srv/ui/app.py\", \"--\", \"--region\", \"emea\", \"--demo\"]",
                2,
            ),
            (
                "Dockerfile",
                "ENTRYPOINT [\"streamlit\", \"run\"]\nCMD [\"ui/app.py\", \"--\", \"--region\", \"emea\", \"--demo\"]",
                2,
            ),
            (
                "Makefile",
                "run:\n\tstreamlit run ui/app.py \\\n\t  -- --region emea \\\n\t  --demo # why\n",
                2,
            ),
            (
                "run.sh",
                "exec python -m streamlit run 'ui/app.py' -- --region \"emea\" --demo \"$@\" && x",
                1,
            ),
            ("run.bat", "streamlit.exe run ui\\app.py -- --region emea --demo %*\r\npause", 1),
            (
                "package.json",
                "{\"start\": \"streamlit run ui/app.py -- --region emea --demo\", \"x\": 1}",
                1,
            ),
            (
                ".vscode/launch.json",
                "{\"module\": \"streamlit\",\n\"args\": [\n\"run\",\n\"ui/app.py\",\n\"--\", \"--region\",\n\"emea\", \"--demo\",\n]}",
                4,
            ),
        ] {
            let found = of(&[(file, text)]);
            assert_eq!(found.arguments, ["--region", "emea", "--demo"], "{text}");
            let note = found.note.unwrap();
            let place =
                format!("`{file}:{line}` starts the script with `--region emea --demo`, which");
            assert!(note.starts_with(&place), "{note}");
        }
        let quoted = of(&[("run.sh", "streamlit run ui/app.py -- --title='a $ é' \"b c\" ''")]);
        assert_eq!(quoted.arguments, ["--title=a $ é", "b c", ""]);
    }

    #[test]
    fn what_only_a_shell_knows_is_named_and_not_taken() {
        for (text, shown) in [
            ("streamlit run ui/app.py -- --region $REGION", "--region $REGION"),
            ("streamlit run ui/app.py -- --region \"$REGION\" -v", "--region $REGION -v"),
            ("streamlit run ui/app.py -- --region $(call of, x) -v", "--region $(call of, x) -v"),
            ("CMD [\"streamlit\", \"run\", \"ui/app.py\", \"--\", \"${A}\"]", "${A}"),
        ] {
            let found = of(&[("run.sh", text)]);
            assert!(found.arguments.is_empty(), "{text}");
            let note = found.note.unwrap();
            assert!(
                note.starts_with(&format!("`run.sh:1` starts the script with `{shown}`,")),
                "{note}"
            );
            assert!(note.contains("`arguments = [...]`"), "{note}");
        }
    }

    #[test]
    fn starts_that_differ_are_named_and_not_taken() {
        let procfile = ("Procfile", "web: streamlit run ui/app.py -- --demo");
        let found = of(&[procfile, ("run.sh", "\nstreamlit run ui/app.py")]);
        assert!(found.arguments.is_empty());
        let note = found.note.unwrap();
        assert!(
            note.contains("`run.sh:2`") && note.contains("`arguments = [\"--demo\"]`"),
            "{note}"
        );
        let same = ("run.sh", "streamlit run ui/app.py -- --demo");
        assert_eq!(of(&[procfile, same]).arguments, ["--demo"]);
    }

    #[test]
    fn what_is_no_start_of_the_script_says_nothing() {
        for (file, text) in [
            ("README.md", "streamlit run ui/app.py -- --demo"),
            ("run.sh", "streamlit run other.py -- --demo"),
            ("run.sh", "streamlit run other.py\npython ui/app.py -- --demo"),
            ("run.sh", "python ui/app.py -- --demo"),
            ("run.sh", "streamlit run ui/app.py --server.port 80\nx -- --demo"),
            ("run.sh", "streamlit run ui/app.py; x -- --demo"),
            ("run.sh", "streamlit run ui/app.py -- \"$@\""),
            ("Dockerfile", "CMD [\"streamlit\", \"run\", \"ui/app.py\""),
            ("Dockerfile", "CMD [\"streamlit\", \"run\", \"ui/app.py\", 1, \"--\", \"x\"]"),
        ] {
            assert_eq!(of(&[(file, text)]), Started::default(), "{text}");
        }
    }
}
