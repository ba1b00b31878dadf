//! The secrets that an app asks for, as a server gives them.

use serde::Serialize;

use crate::plan::BuildPlan;

/// A key of `st.secrets`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Key<'a> {
    /// The key, dotted where it is in a section.
    pub name: &'a str,
    /// The variable that has its value where no file does.
    pub variable: String,
    /// What the author says of it, a line each.
    pub about: Vec<String>,
}

/// Those that the author lists, in the author's order, and then those that the code asks for besides.
pub(crate) fn of(plan: &BuildPlan) -> Vec<Key<'_>> {
    let listed = plan.secrets.iter().map(|secret| {
        let optional = if secret.optional { " (optional)" } else { "" };
        let label = format!("{}{optional}", secret.label);
        let about = label.lines().chain(secret.help.lines()).map(str::trim);
        let about = about.filter(|line| !line.is_empty()).map(printable).collect();
        key(&secret.key, about)
    });
    let read = plan.secrets_read.iter().filter(|read| {
        !plan.secrets.iter().any(|it| within(&it.key, read) || within(read, &it.key))
            && !plan.secrets_read.iter().any(|other| other != *read && within(other, read))
    });
    listed.chain(read.map(|name| key(name, Vec::new()))).collect()
}

fn key(name: &str, about: Vec<String>) -> Key<'_> {
    Key { name, variable: name.replace('.', "__"), about }
}

/// Whether `one` is `other` or in its section.
fn within(one: &str, other: &str) -> bool {
    one == other || one.strip_prefix(other).is_some_and(|rest| rest.starts_with('.'))
}

/// The text for a comment of one line.
pub(crate) fn printable(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}
