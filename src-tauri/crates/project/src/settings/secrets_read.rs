//! What the code asks of `st.secrets`.

use std::collections::BTreeMap;

use camino::Utf8PathBuf;
use ruff_python_ast::visitor::{Visitor, walk_expr, walk_stmt};
use ruff_python_ast::{Expr, Stmt};
use waterskin_bundle::Secret;

use crate::code::sources::Sources;

/// Methods of `st.secrets` and of its sections (Streamlit 1.67, `runtime/secrets.py`), which are no keys.
const METHODS: [&str; 8] =
    ["get", "items", "keys", "values", "to_dict", "has_key", "load_if_toml_exists", "_parse"];

/// The keys that the code asks for, dotted where they are in sections, each with the first file that
/// does so.
fn asked(sources: &Sources) -> BTreeMap<String, Utf8PathBuf> {
    let mut found = BTreeMap::new();
    for (path, body) in sources.bodies() {
        let mut reader = Reader { imported: false, keys: Vec::new() };
        reader.visit_body(body);
        for key in reader.keys {
            found.entry(key).or_insert_with(|| path.to_owned());
        }
    }
    found
}

/// The keys that the code asks for, dotted where they are in sections.
pub(crate) fn keys(sources: &Sources) -> Vec<String> {
    asked(sources).into_keys().filter(|key| !key.is_empty()).collect()
}

/// A note for each key that the app asks for and does not ask its user for.
pub(crate) fn notes(sources: &Sources, listed: &[Secret]) -> Vec<String> {
    let within = |one: &str, other: &str| {
        one == other || one.strip_prefix(other).is_some_and(|rest| rest.starts_with('.'))
    };
    let is_listed = |key: &str| {
        listed.iter().any(|secret| within(&secret.key, key) || within(key, &secret.key))
    };
    asked(sources)
        .into_iter()
        .filter(|(key, _)| !is_listed(key))
        .map(|(key, file)| {
            let table = if key.contains('.') { format!("\"{key}\"") } else { key.clone() };
            format!("`{file}` asks `st.secrets` for `{key}`, and nobody asks the user for it: `[tool.waterskin.secrets.{table}]` has the app do so")
        })
        .collect()
}

struct Reader {
    /// Whether `secrets` is Streamlit's.
    imported: bool,
    keys: Vec<String>,
}

impl Reader {
    /// The keys from `st.secrets` to what the expression is; `None` where it is something else.
    fn path(&self, expression: &Expr) -> Option<Vec<String>> {
        match expression {
            Expr::Name(name) => (self.imported && name.id.as_str() == "secrets").then(Vec::new),
            Expr::Attribute(attribute) => {
                let name = attribute.attr.as_str();
                if let Expr::Name(base) = &*attribute.value
                    && matches!(base.id.as_str(), "st" | "streamlit")
                {
                    return (name == "secrets").then(Vec::new);
                }
                let mut path = self.path(&attribute.value)?;
                if !METHODS.contains(&name) {
                    path.push(name.to_owned());
                }
                Some(path)
            }
            Expr::Subscript(subscript) => {
                let mut path = self.path(&subscript.value)?;
                let Expr::StringLiteral(key) = &*subscript.slice else { return Some(path) };
                path.push(key.value.to_str().to_owned());
                Some(path)
            }
            Expr::Call(call) => {
                let Expr::Attribute(method) = &*call.func else { return None };
                let mut path = self.path(&call.func)?;
                if method.attr.as_str() == "get"
                    && let Some(Expr::StringLiteral(key)) = call.arguments.args.first()
                {
                    path.push(key.value.to_str().to_owned());
                }
                Some(path)
            }
            _ => None,
        }
    }
}

impl<'a> Visitor<'a> for Reader {
    fn visit_stmt(&mut self, statement: &'a Stmt) {
        if let Stmt::ImportFrom(import) = statement
            && import.module.as_ref().is_some_and(|module| module.as_str() == "streamlit")
        {
            let secrets = |name: &str| name == "secrets";
            self.imported |= import.names.iter().any(|it| secrets(it.name.as_str()));
        }
        walk_stmt(self, statement);
    }

    fn visit_expr(&mut self, expression: &'a Expr) {
        match self.path(expression) {
            // The longest path counts: what is in it is not looked at again.
            Some(path) if !path.is_empty() => self.keys.push(path.join(".")),
            Some(_) => {}
            None => walk_expr(self, expression),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keys(text: &str) -> Vec<String> {
        let sources = Sources::parse([("app.py".into(), text.to_owned())]);
        asked(&sources).into_keys().collect()
    }

    #[test]
    fn keys_of_every_form() {
        let text = "import streamlit as st\n\
            a = st.secrets['A']\nb = st.secrets.B\nc = st.secrets.get('C', None)\n\
            d = st.secrets['db']['user']\ne = st.secrets.db.password\n\
            f = dict(st.secrets['gcp'].to_dict())\ng = st.secrets.get('h', {}).get('i')\n\
            for key in st.secrets.keys(): pass\nst.secrets[name]\n'J' in st.secrets\nother.secrets.K\n";
        assert_eq!(keys(text), ["A", "B", "C", "db.password", "db.user", "gcp", "h.i"]);
        assert_eq!(keys("from streamlit import secrets\nsecrets['A']"), ["A"]);
        assert_eq!(keys("import secrets\nsecrets.token_hex(8)"), [""; 0]);
    }

    #[test]
    fn what_is_listed_is_not_said() {
        let text =
            "import streamlit as st\nst.secrets['A']\nst.secrets['auth']\nst.secrets['db']['url']";
        let sources = Sources::parse([("a b.py".into(), text.to_owned())]);
        let secret = |key: &str| Secret {
            key: key.to_owned(),
            label: String::new(),
            help: String::new(),
            optional: false,
            check: None,
        };
        let listed = [secret("A"), secret("auth.client_id")];
        let notes = notes(&sources, &listed);
        assert_eq!(notes.len(), 1, "{notes:?}");
        assert!(notes[0].starts_with("`a b.py` asks `st.secrets` for `db.url`"), "{notes:?}");
        assert!(notes[0].contains("[tool.waterskin.secrets.\"db.url\"]"), "{notes:?}");
    }
}
