use std::collections::{BTreeMap, BTreeSet};

use ruff_python_ast::visitor::{Visitor, walk_expr, walk_stmt};
use ruff_python_ast::{ExceptHandler, Expr, Stmt, StmtIf, StmtTry};
use ruff_python_parser::parse_module;

use crate::code::clues::Clues;

/// What one Python file says about the modules that it needs.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Code {
    /// Dotted names of the modules that are imported absolutely, and how much they are needed.
    pub imports: BTreeMap<String, Need>,
    /// `module.name` for every `from module import name`: a module of the project, perhaps.
    pub members: BTreeSet<String>,
    /// Relative imports: the number of dots, and what stands after them with dots between.
    pub relative: BTreeSet<(u32, String)>,
    /// Every name that is taken from something by a dot, such as `line_chart`.
    pub attributes: BTreeSet<String>,
    /// Every text that ends with `.py`, since `st.Page` and `st.switch_page` take paths.
    pub scripts: BTreeSet<String>,
    /// What it says besides.
    pub(crate) clues: Clues,
}

/// How much a file needs a module.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Need {
    /// Imported where a failure is caught.
    Optional,
    /// Imported in a function or under a condition.
    Sometimes,
    /// Imported whenever the file is.
    Always,
}

/// Python that can't be parsed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct SyntaxError {
    /// Line, counted from 1.
    pub line: usize,
    /// What the parser met.
    pub message: String,
}

impl Code {
    /// Reads the text of a Python file.
    pub fn parse(text: &str) -> Result<Self, SyntaxError> {
        // A byte order mark is legal at the beginning of a Python file.
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        let module = parse_module(text).map_err(|error| {
            let offset = error.location.start().to_usize().min(text.len());
            SyntaxError {
                line: text.as_bytes()[..offset].iter().filter(|byte| **byte == b'\n').count() + 1,
                message: error.error.to_string(),
            }
        })?;
        let mut reader = Reader::default();
        let body = &module.syntax().body;
        reader.visit_body(body);
        Ok(Self { clues: Clues::read(body, text), ..reader.code })
    }

    /// Whether the file imports `module` or something in it.
    pub fn uses(&self, module: &str) -> bool {
        self.imports.keys().any(|name| top_level(name) == module)
    }
}

/// The first part of a dotted name.
pub fn top_level(module: &str) -> &str {
    module.split('.').next().unwrap_or(module)
}

#[derive(Default)]
struct Reader {
    code: Code,
    /// How many `try` statements that catch a failing import are around this place.
    guarded: usize,
    /// How many functions and conditions are around this place.
    nested: usize,
}

impl Reader {
    fn import(&mut self, module: &str) {
        let need = match (self.guarded, self.nested) {
            (0, 0) => Need::Always,
            (0, _) => Need::Sometimes,
            _ => Need::Optional,
        };
        let known = self.code.imports.entry(module.to_owned()).or_insert(need);
        *known = (*known).max(need);
    }

    fn visit_try(&mut self, statement: &StmtTry) {
        let handler = statement.handlers.iter().find(|it| catches_import_error(it));
        let end = handler.map_or(Ending::Goes, ending);
        let guard = usize::from(handler.is_some());
        let (needed, guarded) = match end {
            Ending::Raises => (0, 0),
            Ending::GivesUp => (guard, 0),
            Ending::Goes => (0, guard),
        };
        self.nested += needed;
        self.guarded += guarded;
        self.visit_body(&statement.body);
        self.nested -= needed;
        self.guarded -= guarded;
        // What a handler imports instead is needed just as little when the first one is there.
        self.guarded += guard;
        for handler in &statement.handlers {
            self.visit_except_handler(handler);
        }
        self.guarded -= guard;
        self.visit_body(&statement.orelse);
        self.visit_body(&statement.finalbody);
    }

    fn visit_if(&mut self, statement: &StmtIf) {
        self.nested += 1;
        if !is_type_checking(&statement.test) {
            self.visit_expr(&statement.test);
            self.visit_body(&statement.body);
        }
        for clause in &statement.elif_else_clauses {
            self.visit_elif_else_clause(clause);
        }
        self.nested -= 1;
    }
}

impl<'a> Visitor<'a> for Reader {
    fn visit_stmt(&mut self, statement: &'a Stmt) {
        match statement {
            Stmt::Import(import) => {
                for name in &import.names {
                    self.import(name.name.as_str());
                }
            }
            Stmt::ImportFrom(import) => {
                let module = import.module.as_ref().map_or("", |module| module.as_str());
                if import.level == 0 {
                    self.import(module);
                }
                for name in &import.names {
                    let parts = [module, name.name.as_str()];
                    let member = parts.into_iter().filter(|part| !part.is_empty());
                    let member = member.collect::<Vec<_>>().join(".");
                    if import.level == 0 {
                        self.code.members.insert(member);
                    } else {
                        self.code.relative.insert((import.level, member));
                    }
                }
            }
            Stmt::Try(statement) => self.visit_try(statement),
            Stmt::If(statement) => self.visit_if(statement),
            Stmt::FunctionDef(_) => {
                self.nested += 1;
                walk_stmt(self, statement);
                self.nested -= 1;
            }
            _ => walk_stmt(self, statement),
        }
    }

    fn visit_expr(&mut self, expression: &'a Expr) {
        match expression {
            Expr::Attribute(attribute) => {
                self.code.attributes.insert(attribute.attr.to_string());
            }
            Expr::StringLiteral(text) if text.value.to_str().ends_with(".py") => {
                self.code.scripts.insert(text.value.to_str().to_owned());
            }
            Expr::Call(call) if is_import_function(&call.func) => {
                if let Some(Expr::StringLiteral(name)) = call.arguments.args.first() {
                    let name = name.value.to_str();
                    if !name.is_empty() && !name.starts_with('.') {
                        self.import(name);
                    }
                }
            }
            _ => {}
        }
        walk_expr(self, expression);
    }
}

/// `importlib.import_module(...)`, `import_module(...)`, `__import__(...)` or `runpy.run_module(...)`.
fn is_import_function(function: &Expr) -> bool {
    last_name(function)
        .is_some_and(|name| matches!(name, "import_module" | "__import__" | "run_module"))
}

/// `TYPE_CHECKING` or `typing.TYPE_CHECKING`: what stands under it is never run.
fn is_type_checking(test: &Expr) -> bool {
    last_name(test) == Some("TYPE_CHECKING")
}

fn catches_import_error(handler: &ExceptHandler) -> bool {
    let ExceptHandler::ExceptHandler(handler) = handler;
    let named = |expression: &Expr| {
        last_name(expression).is_some_and(|name| {
            matches!(name, "ImportError" | "ModuleNotFoundError" | "Exception" | "BaseException")
        })
    };
    match handler.type_.as_deref() {
        None => true,
        Some(Expr::Tuple(tuple)) => tuple.elts.iter().any(named),
        Some(expression) => named(expression),
    }
}

/// How the handler of a failing import ends.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Ending {
    /// The code does without the module.
    Goes,
    /// The page says that it can't do without, and stops.
    GivesUp,
    /// The failure goes on.
    Raises,
}

fn ending(handler: &ExceptHandler) -> Ending {
    struct Ends(Ending);
    impl<'a> Visitor<'a> for Ends {
        fn visit_stmt(&mut self, statement: &'a Stmt) {
            match statement {
                Stmt::FunctionDef(_) | Stmt::ClassDef(_) => return,
                Stmt::Raise(_) => self.0 = Ending::Raises,
                _ => {}
            }
            walk_stmt(self, statement);
        }

        fn visit_expr(&mut self, expression: &'a Expr) {
            if let Expr::Call(call) = expression
                && let Some("stop" | "exit" | "_exit" | "quit" | "error") = last_name(&call.func)
                && !is_of_log(&call.func)
                && self.0 == Ending::Goes
            {
                self.0 = Ending::GivesUp;
            }
            walk_expr(self, expression);
        }
    }
    let mut ends = Ends(Ending::Goes);
    let ExceptHandler::ExceptHandler(handler) = handler;
    ends.visit_body(&handler.body);
    ends.0
}

/// `logging.error` and the like are for nobody to read.
fn is_of_log(function: &Expr) -> bool {
    let Expr::Attribute(attribute) = function else { return false };
    last_name(&attribute.value).is_some_and(|name| name.to_lowercase().contains("log"))
}

/// The name that is called or taken: `b` of `a.b`.
pub(crate) fn last_name(expression: &Expr) -> Option<&str> {
    match expression {
        Expr::Name(name) => Some(name.id.as_str()),
        Expr::Attribute(attribute) => Some(attribute.attr.as_str()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn needed(code: &Code, need: Need) -> Vec<&str> {
        let of = code.imports.iter().filter(|(_, it)| **it == need);
        of.map(|(name, _)| name.as_str()).collect()
    }

    #[test]
    fn imports_of_every_form_are_found() {
        let code = Code::parse(
            "\u{feff}import os, pandas as pd\nfrom sklearn.linear_model import Ridge\n\
             from . import local\nfrom ..other.sub import x\n\
             def f():\n    import plotly.express as px\n    return px\n\
             y = importlib.import_module('yaml')\nz = __import__('bs4')\n\
             w = importlib.import_module(name)\nv = import_module('.rel', 'pkg')\n",
        )
        .unwrap();
        assert_eq!(
            needed(&code, Need::Always),
            ["bs4", "os", "pandas", "sklearn.linear_model", "yaml"]
        );
        assert_eq!(needed(&code, Need::Sometimes), ["plotly.express"]);
        assert!(code.uses("sklearn") && !code.uses("linear_model"));
        assert!(code.members.contains("sklearn.linear_model.Ridge"));
        assert!(code.relative.contains(&(1, "local".to_owned())), "{:?}", code.relative);
        assert!(code.relative.contains(&(2, "other.sub.x".to_owned())), "{:?}", code.relative);
    }

    #[test]
    fn what_a_file_can_do_without_is_told_apart() {
        let code = Code::parse(
            "from typing import TYPE_CHECKING\n\
             try:\n    import ujson as json\nexcept ImportError:\n    import json\n\
             try:\n    import needed\nexcept ValueError:\n    pass\n\
             if TYPE_CHECKING:\n    import mypy_only\nelse:\n    import real\n\
             def f():\n    import needed\n",
        )
        .unwrap();
        assert_eq!(needed(&code, Need::Always), ["needed", "typing"]);
        assert_eq!(needed(&code, Need::Sometimes), ["real"]);
        assert_eq!(needed(&code, Need::Optional), ["json", "ujson"]);
    }

    #[test]
    fn attributes_and_scripts_are_collected() {
        let code = Code::parse(
            "import streamlit as st\nst.sidebar.line_chart(df)\nst.Page('views/a b.py')",
        )
        .unwrap();
        assert!(code.attributes.contains("line_chart"));
        assert!(code.scripts.contains("views/a b.py"));
    }

    #[test]
    fn a_syntax_error_has_its_line() {
        let error = Code::parse("import os\n\ndef f(:\n    pass\n").unwrap_err();
        assert_eq!(error.line, 3, "{error}");
        assert!(Code::parse("").is_ok());
        assert!(Code::parse("def f(").is_err(), "an error at the very end has a line, too");
    }
}
