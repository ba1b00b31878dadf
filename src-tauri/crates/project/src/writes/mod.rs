//! Where an app writes: what decides whether it can run in a folder that nobody may write to.

mod calls;
mod commands;
mod text;

use std::collections::BTreeSet;
use std::fmt;

use camino::Utf8PathBuf;
use ruff_python_ast::{Expr, ExprCall};
use serde::Serialize;

use crate::code::places::Place;
use crate::code::sources::{At, Names, last_name};
use calls::{
    ADDRESSES, ALSO, DOCUMENTS, FLAGS, FOLDERS, FUNCTIONS, METHODS, OF_PATHS, OPENERS, SHELLS,
    SURE, USUAL, VAGUE,
};

/// A call that writes into the app's own folder.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct FoundWrite {
    /// The file, relative to the project.
    pub file: Utf8PathBuf,
    /// Its line, from 1.
    pub line: usize,
    /// What is written to, as far as the code says it; `…` stands for the rest.
    pub path: String,
    /// What writes, such as `sqlite3.connect`.
    pub by: String,
    /// Whether the path is known to be in the app's own folder. Otherwise it is made while the app runs:
    /// from a file of settings, for instance.
    pub sure: bool,
}

impl fmt::Display for FoundWrite {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.sure {
            let (file, line, by) = (&self.file, self.line, &self.by);
            return write!(f, "`{file}:{line}` (`{by}`, to where the code alone does not say)");
        }
        let path = if self.path.is_empty() { "." } else { self.path.as_str() };
        write!(f, "`{}:{}` (`{}` of `{path}`)", self.file, self.line, self.by)
    }
}

/// What the code writes into the app's own folder, in the order of files and lines, and then what it
/// writes to where it does not say, which may be there. What it only reads or writes elsewhere is not
/// among it.
pub(crate) fn find(names: &Names<'_>) -> Vec<FoundWrite> {
    let found: BTreeSet<FoundWrite> = names
        .calls()
        .filter_map(|(at, call)| {
            let written = written(names, at, call)?;
            let (path, sure) = match &written.place {
                Place::Here(path) => (path.clone(), true),
                Place::Unknown if is_sure(names, at, call, &written) => ("…".to_owned(), false),
                _ => return None,
            };
            let (file, line) = names.line(at, call);
            let by = names.full(at, &call.func).filter(|by| by.contains('.') || by == "open");
            let by = by.or_else(|| last_name(&call.func).map(str::to_owned))?;
            Some(FoundWrite { file: file.to_owned(), line, path, by, sure })
        })
        .collect();
    let mut found: Vec<_> = found.into_iter().collect();
    found.dedup_by(|one, other| (&one.file, one.line) == (&other.file, other.line));
    found.sort_by_key(|write| !write.sure);
    found
}

/// Whether what writes to a path that is not known writes a file, and not into memory.
fn is_sure(names: &Names<'_>, at: At, call: &ExprCall, written: &Written<'_>) -> bool {
    let full = names.full(at, &call.func).unwrap_or_default();
    let last = last_name(&call.func).unwrap_or_default();
    let of_paths = OF_PATHS.contains(&last).then_some(last);
    let is_opened = OPENERS.iter().any(|(name, ..)| *name == full);
    let given = call.arguments.args.first();
    let is_text = given.is_some_and(|it| matches!(it, Expr::StringLiteral(_)));
    let named = given.and_then(last_name).unwrap_or_default().to_lowercase();
    let like_a_path = ["path", "filename", "file_name", "folder", "dest", "directory"];
    let text = written.path.and_then(|path| text::constant(names, at, path));
    let is_path = text.is_some_and(|text| {
        text::is_path(&text)
            && (!VAGUE.contains(&last) || text.contains(['.', '/']))
            && (!written.is_address || text.contains("://"))
    });
    written.is_file
        || is_path
        || (is_opened && !is_text)
        || (last == "open" && full != "open")
        || SURE.contains(&&*full)
        || of_paths.is_some_and(|name| SURE.contains(&name))
        || like_a_path.iter().any(|it| named.contains(it))
}

/// What a call writes to.
struct Written<'a> {
    place: Place,
    /// The argument that says it, where one does.
    path: Option<&'a Expr>,
    /// Whether the argument is an address most often.
    is_address: bool,
    /// Whether it is a file, wherever it is.
    is_file: bool,
}

impl<'a> Written<'a> {
    /// To an argument.
    fn to(names: &Names<'a>, at: At, path: &'a Expr) -> Self {
        Self { path: Some(path), ..names.place(at, path).into() }
    }
}

impl From<Place> for Written<'_> {
    fn from(place: Place) -> Self {
        Self { place, path: None, is_address: false, is_file: false }
    }
}

fn written<'a>(names: &Names<'a>, at: At, call: &'a ExprCall) -> Option<Written<'a>> {
    let full = names.full(at, &call.func).unwrap_or_default();
    // A method of what another call gives has no full name.
    let last = full.rsplit('.').next().filter(|last| !last.is_empty());
    let last = last.or_else(|| last_name(&call.func))?;
    let arguments = &call.arguments;
    let to = |path| Written::to(names, at, path);
    let is = |name: &str| name.strip_prefix('*').map_or(name == full, |name| name == last);
    if let Some(folder) = FOLDERS.iter().find_map(|name| arguments.find_keyword(name)) {
        return Some(to(&folder.value));
    }
    if full == "logging.config.dictConfig" {
        let config = arguments.args.first()?;
        return log_file(names, at, config, 0).map(Written::from);
    }
    if let Some(place) = commanded(names, at, call, &full, last) {
        return Some(Written { is_file: true, ..place.into() });
    }
    if full == "os.open" {
        let flags = flags(arguments.find_argument_value("flags", 1)?);
        let path = arguments.find_argument_value("path", 0)?;
        let writes = flags.iter().any(|flag| FLAGS.contains(flag));
        return writes.then(|| to(path));
    }
    if let Some((_, keyword, usual)) = USUAL.iter().find(|(name, ..)| *name == full)
        && arguments.find_argument_value(keyword, 0).is_none()
    {
        return Some(Place::Here((*usual).to_owned()).into());
    }
    if let Some((_, position, keyword)) = FUNCTIONS.iter().find(|(name, ..)| is(name)) {
        let reads = arguments.find_keyword("read_only").is_some_and(|it| is_true(&it.value));
        let path = arguments.find_argument_value(keyword, *position).filter(|_| !reads);
        // `save_model` of a model, and of a module.
        if path.is_some() || !METHODS.iter().any(|(name, _)| *name == last) {
            let is_address = ADDRESSES.contains(keyword);
            return path.map(|path| Written { is_address, ..to(path) });
        }
    }
    if let Some((_, path, position, mode, usual)) = OPENERS.iter().find(|(name, ..)| *name == full)
    {
        let mode = arguments.find_argument_value(mode, *position);
        let path = arguments.find_argument_value(path, 0)?;
        return writes(mode, usual).then(|| to(path));
    }
    let Expr::Attribute(method) = &*call.func else { return None };
    if last == "open" {
        let mode = arguments.find_argument_value("mode", 0);
        return writes(mode, "r").then(|| names.place(at, &method.value).into());
    }
    if OF_PATHS.contains(&last) {
        return Some(names.place(at, &method.value).into());
    }
    if last == "write" && is_document(names, at, &method.value) {
        return arguments.find_argument_value("file_or_filename", 0).map(to);
    }
    let (_, keyword) = METHODS.iter().find(|(name, _)| *name == last)?;
    let named = || ALSO.iter().find_map(|name| arguments.find_keyword(name)).map(|it| &it.value);
    let written = match arguments.find_argument_value(keyword, 0).or_else(named) {
        // An archive is unpacked into the current folder.
        None if last == "extractall" => Place::Here(String::new()).into(),
        path => to(path?),
    };
    match &written.place {
        Place::Here(path) if VAGUE.contains(&last) && !path.contains(['.', '/']) => None,
        _ => Some(written),
    }
}

/// Where the command or the statement writes that a call gives to a shell or a database.
fn commanded(names: &Names<'_>, at: At, call: &ExprCall, full: &str, last: &str) -> Option<Place> {
    let in_shell = call.arguments.find_keyword("shell").is_some_and(|it| is_true(&it.value));
    let is_command = SHELLS.contains(&full) || (full.starts_with("subprocess.") && in_shell);
    let text = || text::constant(names, at, call.arguments.args.first()?);
    match last {
        _ if is_command => commands::of_shell(&text()?),
        "execute" | "sql" | "query" => commands::of_sql(&text()?),
        _ => None,
    }
}

/// Whether it is, or stands for, a document of XML.
fn is_document<'a>(names: &Names<'a>, at: At, expression: &'a Expr) -> bool {
    let makes = |at, it: &Expr| {
        let Expr::Call(call) = it else { return false };
        names.full(at, &call.func).is_some_and(|full| DOCUMENTS.contains(&&*full))
    };
    let mut meanings = names.meanings(at, expression).into_iter();
    makes(at, expression) || meanings.any(|(at, it)| it.is_some_and(|it| makes(at, it)))
}

/// The names in `os.O_CREAT | os.O_WRONLY`.
fn flags(expression: &Expr) -> Vec<&str> {
    match expression {
        Expr::BinOp(both) => [flags(&both.left), flags(&both.right)].concat(),
        other => last_name(other).into_iter().collect(),
    }
}

/// The file of a handler in a dictionary of settings for logs.
fn log_file<'a>(names: &Names<'a>, at: At, config: &'a Expr, depth: usize) -> Option<Place> {
    match config {
        Expr::Dict(dict) => dict.items.iter().find_map(|item| match &item.key {
            Some(Expr::StringLiteral(key)) if key.value.to_str() == "filename" => {
                Some(names.place(at, &item.value))
            }
            _ => log_file(names, at, &item.value, depth + 1),
        }),
        Expr::Name(_) | Expr::Attribute(_) if depth < 8 => {
            let meanings = names.meanings(at, config).into_iter();
            meanings.filter_map(|(at, it)| log_file(names, at, it?, depth + 1)).next()
        }
        _ => None,
    }
}

/// Whether a file that is opened so is written to, which an unknown mode does not say.
fn writes(mode: Option<&Expr>, usual: &str) -> bool {
    let mode = match mode {
        None => usual,
        // `w:gz` of an archive.
        Some(Expr::StringLiteral(mode)) => {
            mode.value.to_str().split([':', '|']).next().unwrap_or_default()
        }
        Some(_) => return false,
    };
    // `c` and `n` make the file of `shelve` and `dbm`.
    mode.len() <= 5
        && mode.chars().all(|c| "rwaxbt+cnfsU".contains(c))
        && mode.contains(['w', 'a', 'x', '+', 'c', 'n'])
}

fn is_true(value: &Expr) -> bool {
    matches!(value, Expr::BooleanLiteral(value) if value.value)
}

#[cfg(test)]
mod tests;
