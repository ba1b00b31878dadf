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

/// The scripts among `files` that a text starts by `streamlit run`, in the order in which it does.
pub(crate) fn started(text: &str, files: &BTreeSet<Utf8PathBuf>) -> Vec<Utf8PathBuf> {
    let text = text.replace('\\', "/");
    let signs = [
        ' ', '\t', '\r', '\n', '"', '\'', '`', ',', '[', ']', '(', ')', '{', '}', '=', ':', '<',
        '>', '*',
    ];
    let words: Vec<&str> = text.split(signs).filter(|word| !word.is_empty()).collect();
    let is_streamlit =
        |word: &&str| matches!(word.rsplit('/').next(), Some("streamlit" | "streamlit.exe"));
    let mut found = Vec::new();
    for (at, _) in words.iter().enumerate().filter(|(_, word)| is_streamlit(word)) {
        let after = words[at + 1..].iter().take(NEAR);
        let mut after =
            after.take_while(|word| !is_streamlit(word)).skip_while(|word| **word != "run");
        if let Some(script) = after.find_map(|word| resolved(word, files))
            && !found.contains(&script)
        {
            found.push(script);
        }
    }
    found
}

/// The project's file that a path means, which may count from a folder that is elsewhere, such as a
/// container's.
fn resolved(word: &str, files: &BTreeSet<Utf8PathBuf>) -> Option<Utf8PathBuf> {
    if !word.ends_with(".py") {
        return None;
    }
    let parts: Vec<&str> =
        Utf8Path::new(word).iter().filter(|part| !matches!(*part, "." | "/")).collect();
    (0..parts.len())
        .find_map(|skip| files.get(&parts[skip..].iter().collect::<Utf8PathBuf>()).cloned())
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
        ] {
            assert_eq!(started(text, &scripts), [script], "{text}");
        }
        for text in [
            "streamlit is great: run app.py? no, python app.py",
            "streamlit run other.py",
            "",
            "run streamlit, app.py",
        ] {
            let found = started(text, &scripts);
            assert!(found.is_empty() || text.starts_with("streamlit is"), "{text}: {found:?}");
        }
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
