//! `setup.cfg` and `setup.py`, read and never executed.

use std::collections::BTreeMap;

use ruff_python_ast::visitor::{Visitor, walk_expr};
use ruff_python_ast::{Expr, ExprCall, ModModule, Stmt};
use ruff_python_parser::parse_module;

use crate::requirements::tools::ToolList;

/// What a `setup.py` says of requirements.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum SetupPy {
    /// Nothing.
    Nothing,
    /// A list.
    List(Box<ToolList>),
    /// Code that would have to be executed, at this line.
    Code {
        /// The line, counted from 1.
        line: usize,
    },
}

/// `[options]` of a `setup.cfg`, where it has `install_requires`.
pub(crate) fn setup_cfg(text: &str) -> Option<ToolList> {
    let values = ini(text);
    let value = |section: &str, key: &str| {
        values.get(&(section.to_owned(), key.to_owned())).map(String::as_str)
    };
    let mut list = ToolList {
        requires_python: value("options", "python_requires").map(str::to_owned),
        ..ToolList::default()
    };
    let wanted = value("options", "install_requires")?;
    match wanted.trim().strip_prefix("file:") {
        Some(files) => list.files.extend(files.split(',').map(|file| file.trim().to_owned())),
        None => list.lines = lines_of(wanted),
    }
    for ((section, name), wanted) in &values {
        if section == "options.extras_require" {
            list.offered.extras.insert(name.clone(), lines_of(wanted));
        }
    }
    Some(list)
}

fn lines_of(text: &str) -> Vec<String> {
    let lines = text.lines().map(str::trim);
    lines.filter(|line| !line.is_empty() && !line.starts_with('#')).map(str::to_owned).collect()
}

/// Sections and keys with their values, as Python's `configparser` reads them.
fn ini(text: &str) -> BTreeMap<(String, String), String> {
    let mut values: BTreeMap<(String, String), String> = BTreeMap::new();
    let (mut section, mut last) = (String::new(), None::<(String, String)>);
    for line in text.trim_start_matches('\u{feff}').lines() {
        let content = line.trim();
        if content.starts_with(['#', ';']) {
            continue;
        }
        if line.starts_with(char::is_whitespace) {
            if let Some(value) = last.as_ref().and_then(|key| values.get_mut(key)) {
                value.push('\n');
                value.push_str(content);
            }
        } else if let Some(name) = content.strip_prefix('[').and_then(|it| it.strip_suffix(']')) {
            (section, last) = (name.trim().to_owned(), None);
        } else if let Some((key, value)) = content.split_once(['=', ':']) {
            let key = (section.clone(), key.trim().to_lowercase());
            values.insert(key.clone(), value.trim().to_owned());
            last = Some(key);
        }
    }
    values
}

/// `install_requires` of the call of `setup` in a `setup.py`, as far as it can be read: lists in the
/// file itself, and files that are named there.
pub(crate) fn setup_py(text: &str) -> SetupPy {
    let text = text.trim_start_matches('\u{feff}');
    let Ok(module) = parse_module(text) else { return SetupPy::Nothing };
    let names = Names::of(module.syntax());
    let mut finder = Finder::default();
    finder.visit_body(&module.syntax().body);
    let Some(call) = finder.call else { return SetupPy::Nothing };
    let Some(wanted) = names.argument(call, "install_requires") else { return SetupPy::Nothing };
    let mut list = ToolList::default();
    match names.strings(wanted, DEPTH) {
        Some(lines) => list.lines = lines,
        None => match names.files(wanted) {
            Some(file) => list.files.push(file),
            None => {
                let keyword = call.arguments.keywords.iter().find(|keyword| {
                    keyword.arg.as_ref().is_some_and(|arg| arg.as_str() == "install_requires")
                });
                let range = keyword.map_or(call.arguments.range, |keyword| keyword.range);
                let start = range.start().to_usize().min(text.len());
                let line = text.as_bytes()[..start].iter().filter(|byte| **byte == b'\n').count();
                return SetupPy::Code { line: line + 1 };
            }
        },
    }
    list.requires_python = names
        .argument(call, "python_requires")
        .and_then(|value| names.strings(value, DEPTH))
        .and_then(|values| values.into_iter().next());
    if let Some(Expr::Dict(extras)) =
        names.argument(call, "extras_require").map(|value| names.resolved(value))
    {
        for item in &extras.items {
            let name = item.key.as_ref().and_then(|key| names.strings(key, DEPTH));
            let lines = names.strings(&item.value, DEPTH);
            if let (Some([name]), Some(lines)) = (name.as_deref(), lines) {
                list.offered.extras.insert(name.clone(), lines);
            }
        }
    }
    SetupPy::List(Box::new(list))
}

/// How many names are followed, one after the other.
const DEPTH: usize = 8;

#[derive(Default)]
struct Finder<'a> {
    call: Option<&'a ExprCall>,
}

impl<'a> Visitor<'a> for Finder<'a> {
    fn visit_expr(&mut self, expression: &'a Expr) {
        if let Expr::Call(call) = expression {
            let name = match &*call.func {
                Expr::Name(name) => name.id.as_str(),
                Expr::Attribute(attribute) => attribute.attr.as_str(),
                _ => "",
            };
            if name == "setup" {
                self.call = Some(call);
            }
        }
        walk_expr(self, expression);
    }
}

/// What the names of a module stand for.
#[derive(Default)]
struct Names<'a> {
    values: BTreeMap<&'a str, &'a Expr>,
    functions: BTreeMap<&'a str, &'a [Stmt]>,
}

impl<'a> Names<'a> {
    fn of(module: &'a ModModule) -> Self {
        let mut names = Self::default();
        names.add(&module.body);
        names
    }

    fn add(&mut self, body: &'a [Stmt]) {
        for statement in body {
            match statement {
                Stmt::Assign(assign) => {
                    for target in &assign.targets {
                        if let Expr::Name(name) = target {
                            self.values.insert(name.id.as_str(), &assign.value);
                        }
                    }
                }
                Stmt::AnnAssign(assign) => {
                    if let (Expr::Name(name), Some(value)) = (&*assign.target, &assign.value) {
                        self.values.insert(name.id.as_str(), value);
                    }
                }
                Stmt::With(with) => {
                    for item in &with.items {
                        if let Some(Expr::Name(name)) = item.optional_vars.as_deref() {
                            self.values.insert(name.id.as_str(), &item.context_expr);
                        }
                    }
                    self.add(&with.body);
                }
                Stmt::FunctionDef(function) => {
                    self.functions.insert(function.name.as_str(), &function.body);
                }
                Stmt::If(condition) => self.add(&condition.body),
                Stmt::Try(attempt) => self.add(&attempt.body),
                _ => {}
            }
        }
    }

    fn resolved(&self, expression: &'a Expr) -> &'a Expr {
        let mut current = expression;
        for _ in 0..DEPTH {
            let Expr::Name(name) = current else { break };
            let Some(value) = self.values.get(name.id.as_str()) else { break };
            current = value;
        }
        current
    }

    /// An argument of the call, also out of `**arguments`.
    fn argument(&self, call: &'a ExprCall, name: &str) -> Option<&'a Expr> {
        for keyword in &call.arguments.keywords {
            match &keyword.arg {
                Some(known) if known.as_str() == name => return Some(&keyword.value),
                None => match self.resolved(&keyword.value) {
                    Expr::Dict(dict) => {
                        let found = dict.items.iter().find(|item| {
                            let key = item.key.as_ref().and_then(Expr::as_string_literal_expr);
                            key.is_some_and(|key| key.value.to_str() == name)
                        });
                        if let Some(item) = found {
                            return Some(&item.value);
                        }
                    }
                    Expr::Call(inner) => {
                        if let Some(found) = self.argument(inner, name) {
                            return Some(found);
                        }
                    }
                    _ => {}
                },
                Some(_) => {}
            }
        }
        None
    }

    /// The texts of a literal. `None` where anything else is among them.
    fn strings(&self, expression: &'a Expr, depth: usize) -> Option<Vec<String>> {
        let depth = depth.checked_sub(1)?;
        let several = |elements: &'a [Expr]| -> Option<Vec<String>> {
            let parts: Option<Vec<Vec<String>>> = elements
                .iter()
                .map(|element| match element {
                    Expr::Starred(starred) => self.strings(&starred.value, depth),
                    other => self.strings(other, depth),
                })
                .collect();
            Some(parts?.concat())
        };
        match self.resolved(expression) {
            Expr::StringLiteral(text) => Some(lines_of(text.value.to_str())),
            Expr::List(list) => several(&list.elts),
            Expr::Tuple(tuple) => several(&tuple.elts),
            Expr::Set(set) => several(&set.elts),
            Expr::BinOp(sum) if sum.op == ruff_python_ast::Operator::Add => {
                let mut left = self.strings(&sum.left, depth)?;
                left.extend(self.strings(&sum.right, depth)?);
                Some(left)
            }
            _ => None,
        }
    }

    /// The one list of pip's that an expression is about, by the names of files in it.
    fn files(&self, expression: &'a Expr) -> Option<String> {
        let mut reader = FileNames { names: self, found: Vec::new(), depth: DEPTH };
        reader.visit_expr(expression);
        let mut found = reader.found;
        found.sort();
        found.dedup();
        found.pop().filter(|_| found.is_empty())
    }
}

struct FileNames<'n, 'a> {
    names: &'n Names<'a>,
    found: Vec<String>,
    depth: usize,
}

impl<'a> Visitor<'a> for FileNames<'_, 'a> {
    fn visit_expr(&mut self, expression: &'a Expr) {
        match expression {
            Expr::StringLiteral(text) => {
                let text = text.value.to_str();
                if text.ends_with(".txt") || text.ends_with(".in") {
                    self.found.push(text.to_owned());
                }
            }
            Expr::Name(name) if self.depth > 0 => {
                self.depth -= 1;
                if let Some(value) = self.names.values.get(name.id.as_str()).copied() {
                    self.visit_expr(value);
                }
                if let Some(body) = self.names.functions.get(name.id.as_str()).copied() {
                    self.visit_body(body);
                }
                self.depth += 1;
            }
            other => walk_expr(self, other),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn list(text: &str) -> ToolList {
        match setup_py(text) {
            SetupPy::List(list) => *list,
            other => panic!("{other:?} of {text}"),
        }
    }

    #[test]
    fn a_setup_cfg() {
        let text = "[metadata]\nname = x\n[options]\npackages = find:\npython_requires = >=3.11\n\
             install_requires =\n    streamlit>=1.50\n    # why\n    pandas ; python_version > '3'\n\
             [options.extras_require]\nexcel = openpyxl\ndev =\n\tpytest\n\truff\n";
        let list = setup_cfg(text).unwrap();
        assert_eq!(list.lines, ["streamlit>=1.50", "pandas ; python_version > '3'"]);
        assert_eq!(list.requires_python.as_deref(), Some(">=3.11"));
        assert_eq!(list.offered.extras["dev"], ["pytest", "ruff"]);
        let list = setup_cfg("[options]\ninstall_requires = file: requirements.in\n").unwrap();
        assert_eq!(list.files, ["requirements.in"]);
        assert_eq!(setup_cfg("[flake8]\nmax-line-length = 100\n"), None);
    }

    #[test]
    fn lists_in_a_setup_py_are_read() {
        for text in [
            "from setuptools import setup\nsetup(install_requires=['streamlit', 'pandas>=2'])",
            "import setuptools\nNEEDS = ['streamlit']\nsetuptools.setup(install_requires=NEEDS + ['pandas>=2'])",
            "from setuptools import setup\nif __name__ == '__main__':\n    setup(install_requires=('streamlit', 'pandas>=2'))",
            "from setuptools import setup\nBASE = ['streamlit']\nsetup(install_requires=[*BASE, 'pandas>=2'])",
            "from setuptools import setup\narguments = {'install_requires': ['streamlit', 'pandas>=2']}\nsetup(name='x', **arguments)",
            "from setuptools import setup\nsetup(install_requires='''\nstreamlit\npandas>=2\n''')",
        ] {
            assert_eq!(list(text).lines, ["streamlit", "pandas>=2"], "{text}");
        }
        let text = "from setuptools import setup\nsetup(install_requires=[], python_requires='>=3.10', extras_require={'app': ['streamlit']})";
        let made = list(text);
        assert_eq!(made.requires_python.as_deref(), Some(">=3.10"));
        assert_eq!(made.offered.extras["app"], ["streamlit"]);
    }

    #[test]
    fn files_that_a_setup_py_reads_are_lists_too() {
        for text in [
            "from setuptools import setup\nsetup(install_requires=open('needs.txt').read().splitlines())",
            "from setuptools import setup\nwith open('needs.txt') as f:\n    needs = [line.strip() for line in f]\nsetup(install_requires=needs)",
            "from setuptools import setup\ndef needs():\n    return open('needs.txt').readlines()\nsetup(install_requires=needs())",
            "from pathlib import Path\nfrom setuptools import setup\nHERE = Path(__file__).parent\nsetup(install_requires=(HERE / 'needs.txt').read_text().split('\\n'))",
        ] {
            assert_eq!(list(text).files, ["needs.txt"], "{text}");
        }
    }

    #[test]
    fn what_only_code_knows_is_said_with_its_line() {
        let text = "from setuptools import setup\nimport os\nsetup(\n    name='x',\n    install_requires=os.environ['NEEDS'].split(),\n)";
        assert_eq!(setup_py(text), SetupPy::Code { line: 5 });
        let text = "from setuptools import setup\nsetup(install_requires=needs(['a'], 1))";
        assert_eq!(setup_py(text), SetupPy::Code { line: 2 });
        let endless = "from setuptools import setup\na = b\nb = a\nsetup(install_requires=a)";
        assert_eq!(setup_py(endless), SetupPy::Code { line: 4 });
        for nothing in ["from setuptools import setup\nsetup(name='x')", "print 'old'", ""] {
            assert_eq!(setup_py(nothing), SetupPy::Nothing, "{nothing}");
        }
    }
}
