//! The files of an export that are written of templates.

use camino::Utf8Path;
use minijinja::syntax::SyntaxConfig;
use minijinja::value::{Serde, Value};
use minijinja::{Environment, Error, UndefinedBehavior};

use super::error::ExportError;
use super::facts::Facts;
use super::requirements::Lists;

/// The files, and the templates that they are made of.
const FILES: [(&str, &str); 11] = [
    (".dockerignore", include_str!("templates/dockerignore")),
    ("Caddyfile", include_str!("templates/Caddyfile")),
    ("Dockerfile", include_str!("templates/Dockerfile")),
    ("README.md", include_str!("templates/README.md")),
    ("compose.yaml", include_str!("templates/compose.yaml")),
    ("health.py", include_str!("templates/health.py")),
    ("kubernetes/deployment.yaml", include_str!("templates/kubernetes/deployment.yaml")),
    ("kubernetes/ingress.yaml", include_str!("templates/kubernetes/ingress.yaml")),
    ("kubernetes/service.yaml", include_str!("templates/kubernetes/service.yaml")),
    ("start.py", include_str!("templates/start.py")),
    (SECRETS, include_str!("templates/secrets.example.toml")),
];
/// The one that only an app with secrets has.
const SECRETS: &str = "secrets/secrets.example.toml";

/// Writes all of them into `folder`.
pub(super) fn all(facts: &Facts<'_>, lists: &Lists, folder: &Utf8Path) -> Result<(), ExportError> {
    let filled = FILES.iter().filter(|(file, _)| *file != SECRETS || !facts.keys.is_empty());
    for (file, template) in filled {
        let text = fill(template, facts)
            .map_err(|source| ExportError::Template { file, source: Box::new(source) })?;
        write(folder, file, &text)?;
    }
    for (file, text) in lists.texts() {
        write(folder, file, text)?;
    }
    Ok(())
}

fn write(folder: &Utf8Path, file: &str, text: &str) -> Result<(), ExportError> {
    let path = folder.join(file);
    let above = path.parent().unwrap_or(folder);
    fs_err::create_dir_all(above)
        .and_then(|()| fs_err::write(&path, text))
        .map_err(ExportError::write(&path))?;
    super::app::plain_file(&path).map_err(ExportError::write(&path))
}

/// Fills one. A line with nothing but a block leaves none behind, and a name that is not there is an
/// error.
fn fill(template: &str, facts: &Facts<'_>) -> Result<String, Error> {
    let syntax = SyntaxConfig::builder()
        .trim_blocks(true)
        .lstrip_blocks(true)
        .keep_trailing_newline(true)
        .build()?;
    let mut environment = Environment::new();
    environment.set_syntax(syntax);
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    environment.render_str(template, Value::from(Serde(facts)))
}
