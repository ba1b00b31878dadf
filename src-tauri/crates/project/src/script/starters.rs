//! What a project's other files start: `streamlit run app.py` in a README, a Dockerfile, a task.

use std::collections::BTreeSet;

use camino::{Utf8Path, Utf8PathBuf};

/// Files of editors and containers that may stay behind, but say what is started.
const HIDDEN: [&str; 5] = [
    ".vscode/launch.json",
    ".vscode/tasks.json",
    ".devcontainer/devcontainer.json",
    ".devcontainer.json",
    ".github/workflows/ci.yml",
];
const NAMES: [&str; 16] = [
    "procfile",
    "makefile",
    "justfile",
    "taskfile.yml",
    "taskfile.yaml",
    "tox.ini",
    "pyproject.toml",
    "package.json",
    "app.yaml",
    "app.json",
    "render.yaml",
    "fly.toml",
    "railway.toml",
    "railway.json",
    "nixpacks.toml",
    "pixi.toml",
];
const BEGINNINGS: [&str; 6] =
    ["readme", "dockerfile", "docker-compose", "compose.", "containerfile", "usage"];
const ENDINGS: [&str; 6] = [".sh", ".bat", ".cmd", ".ps1", ".dockerfile", ".service"];
/// What stands between words.
const SIGNS: [char; 19] = [
    ' ', '\t', '\r', '\n', '"', '\'', '`', ',', '[', ']', '(', ')', '{', '}', '=', ':', '<', '>',
    '*',
];
/// How many words after `streamlit` its `run` is looked for, and after that its script: options may stand
/// between, and in JSON the names of settings.
const NEAR: usize = 12;

/// The files that may say what is started, nearest to the root first.
pub(crate) fn files(files: &BTreeSet<Utf8PathBuf>) -> Vec<Utf8PathBuf> {
    let says = |file: &&Utf8PathBuf| {
        let name = file.file_name().unwrap_or_default().to_lowercase();
        file.components().count() <= 2
            && (NAMES.contains(&name.as_str())
                || BEGINNINGS.iter().any(|start| name.starts_with(start))
                || ENDINGS.iter().any(|end| name.ends_with(end)))
    };
    let mut found: Vec<Utf8PathBuf> = files.iter().filter(says).cloned().collect();
    found.sort_by_key(|file| file.components().count());
    found.extend(HIDDEN.map(Utf8PathBuf::from));
    found
}

/// The scripts among `files` that the text of a file in `here` starts by `streamlit run`, in the order in
/// which it does.
pub(crate) fn started(
    text: &str,
    here: &Utf8Path,
    files: &BTreeSet<Utf8PathBuf>,
) -> Vec<Utf8PathBuf> {
    let text = text.replace('\\', "/");
    let words: Vec<&str> = text.split(SIGNS).filter(|word| !word.is_empty()).collect();
    let mut found = Vec::new();
    for (at, _) in words.iter().enumerate().filter(|(_, word)| is_streamlit(word)) {
        let after = &words[at + 1..words.len().min(at + 1 + NEAR)];
        let end = after.iter().position(is_streamlit).unwrap_or(after.len());
        let Some(run) = after[..end].iter().position(|word| *word == "run") else { continue };
        let script = |near: &[&str]| {
            resolved(near[1], here, &words, files)
                .or_else(|| resolved(variable(near, &words)?, here, &words, files))
        };
        if let Some(script) = after[run..end].windows(2).find_map(script)
            && !found.contains(&script)
        {
            found.push(script);
        }
    }
    found
}

/// The starts of scripts whose path the text of a file in `here` has, in order: where the path ends, and the
/// script.
pub(crate) fn starts(
    text: &str,
    here: &Utf8Path,
    files: &BTreeSet<Utf8PathBuf>,
) -> Vec<(usize, Utf8PathBuf)> {
    let slashed = text.replace('\\', "/");
    let mut end = 0;
    let placed = slashed.split(SIGNS).map(|word| {
        let placed = (end + word.len(), word);
        end = placed.0 + 1;
        placed
    });
    let placed: Vec<(usize, &str)> = placed.filter(|(_, word)| !word.is_empty()).collect();
    let words: Vec<&str> = placed.iter().map(|(_, word)| *word).collect();
    let is_started = |at: usize| {
        // What another script has after it is not this one's.
        let before = words[..at].iter().rev().take_while(|word| !word.ends_with(".py"));
        let mut before = before.take(2 * NEAR).skip_while(|word| **word != "run");
        before.next().is_some() && before.any(is_streamlit)
    };
    let found = placed
        .iter()
        .enumerate()
        .filter(|(at, (_, word))| word.ends_with(".py") && is_started(*at));
    found
        .filter_map(|(_, (end, word))| Some((*end, resolved(word, here, &words, files)?)))
        .collect()
}

fn is_streamlit(word: &&str) -> bool {
    matches!(word.rsplit('/').next(), Some("streamlit" | "streamlit.exe"))
}

/// The script that a variable has: `APP := ui/main.py`, `ENV APP=ui/main.py`, `${APP:-ui/main.py}`. `near`
/// are a word and the one before it, where `$(APP)` and `${APP}` are two.
fn variable<'a>(near: &[&str], words: &[&'a str]) -> Option<&'a str> {
    let [before, word] = near else { return None };
    let name = match (word.strip_prefix('$'), word.strip_prefix('%')) {
        (Some(name), _) => name,
        (_, Some(name)) => name.strip_suffix('%')?,
        _ if *before == "$" => *word,
        _ => return None,
    };
    if name.is_empty() {
        return None;
    }
    let after = words.windows(3).filter(|near| near[0] == name);
    // What stands between is what is left of `?=`.
    let value = after.flat_map(|near| match near[1] {
        "?" | "$" => [near[2], ""],
        value => [value, ""],
    });
    let mut value = value.map(|value| value.trim_start_matches('-'));
    value.find(|value| value.ends_with(".py"))
}

/// The project's file that a path means. It counts from the file's own folder; or from one that is elsewhere,
/// such as a container's; or from one that the text goes to.
fn resolved(
    word: &str,
    here: &Utf8Path,
    words: &[&str],
    files: &BTreeSet<Utf8PathBuf>,
) -> Option<Utf8PathBuf> {
    if !word.ends_with(".py") {
        return None;
    }
    let parts: Vec<&str> =
        Utf8Path::new(word).iter().filter(|part| !matches!(*part, "." | "/" | "..")).collect();
    let path: Utf8PathBuf = parts.iter().collect();
    let from_here = files.get(&here.join(&path));
    let from_elsewhere = || {
        (0..parts.len()).find_map(|skip| files.get(&parts[skip..].iter().collect::<Utf8PathBuf>()))
    };
    if let Some(found) = from_here.or_else(from_elsewhere) {
        return Some(found.clone());
    }
    let goes_to = |file: &&Utf8PathBuf| {
        let folder = file.as_str().strip_suffix(path.as_str()).unwrap_or_default();
        let folder = Utf8Path::new(folder.trim_end_matches('/'));
        words.iter().any(|word| {
            Utf8Path::new(word.trim_start_matches('$').trim_end_matches('/')).ends_with(folder)
        })
    };
    let behind: Vec<_> = files.iter().filter(|file| file.ends_with(&path)).collect();
    let mut named = behind.iter().copied().filter(goes_to);
    match (&behind[..], named.next(), named.next()) {
        ([only], _, _) => Some((*only).clone()),
        (_, Some(one), None) => Some(one.clone()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set(names: &[&str]) -> BTreeSet<Utf8PathBuf> {
        names.iter().map(Utf8PathBuf::from).collect()
    }

    #[test]
    fn what_a_text_starts() {
        let scripts = set(&["dashboard.py", "src/ui/home.py", "app.py"]);
        for (text, script) in [
            ("Run it with `streamlit run dashboard.py`.", "dashboard.py"),
            ("$ uv run streamlit run ./src/ui/home.py -- --fast", "src/ui/home.py"),
            (
                "CMD [\"streamlit\", \"run\", \"/srv/app/src/ui/home.py\", \"--server.port=80\"]",
                "src/ui/home.py",
            ),
            ("web: python -m streamlit run --server.port $PORT dashboard.py", "dashboard.py"),
            (
                "\"module\": \"streamlit\",\n\"request\": \"launch\", \"args\": [\n\"run\", \"${workspaceFolder}/dashboard.py\"",
                "dashboard.py",
            ),
            (".venv\\Scripts\\streamlit.exe run src\\ui\\home.py", "src/ui/home.py"),
            ("cd src/ui && streamlit run home.py", "src/ui/home.py"),
            (
                "cd \"$(dirname \"$0\")/src\"\nexec streamlit run ui/home.py \"$@\"",
                "src/ui/home.py",
            ),
            ("ENTRYPOINT [\"streamlit\", \"run\"]\nCMD [\"ui/home.py\"]", "src/ui/home.py"),
            (
                "APP := src/ui/home.py\nrun:\n\tstreamlit run $(APP) --server.port $(PORT)",
                "src/ui/home.py",
            ),
            ("SCRIPT ?= dashboard.py\nrun:\n\tstreamlit run $(SCRIPT)", "dashboard.py"),
            ("ENV APP=dashboard.py\nCMD streamlit run ${APP}", "dashboard.py"),
            ("streamlit run \"${APP:-dashboard.py}\" --server.port 80", "dashboard.py"),
            ("set APP=dashboard.py\r\nstreamlit run %APP%\r\n", "dashboard.py"),
        ] {
            assert_eq!(started(text, "".into(), &scripts), [script], "{text}");
        }
        for text in [
            "streamlit is great: run app.py? no, python app.py",
            "streamlit run other.py",
            "",
            "run streamlit, app.py",
        ] {
            let found = started(text, "".into(), &scripts);
            assert!(found.is_empty() || text.starts_with("streamlit is"), "{text}: {found:?}");
        }
    }

    #[test]
    fn a_path_counts_from_where_it_is_written() {
        let scripts = set(&["app.py", "web/app.py", "old/ui.py", "new/ui.py"]);
        let found = |text, here: &str| started(text, here.into(), &scripts);
        assert_eq!(found("streamlit run app.py", "web"), ["web/app.py"]);
        assert_eq!(found("streamlit run app.py", ""), ["app.py"]);
        let both = "streamlit run old/ui.py\nstreamlit run new/ui.py\n";
        assert_eq!(found(both, ""), ["old/ui.py", "new/ui.py"]);
        assert_eq!(found("WORKDIR /srv/new\nCMD streamlit run ui.py", ""), ["new/ui.py"]);
        assert_eq!(found("streamlit run ui.py", ""), [""; 0]);
    }

    #[test]
    fn the_files_that_say_it() {
        let names = set(&[
            "README.md",
            "docker/Dockerfile.prod",
            "notes.md",
            "run.sh",
            "a/b/run.sh",
            "Procfile",
        ]);
        let found = files(&names);
        let expected =
            ["Procfile", "README.md", "run.sh", "docker/Dockerfile.prod", ".vscode/launch.json"];
        assert_eq!(found[..5], expected);
    }
}
