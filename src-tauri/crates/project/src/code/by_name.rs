//! Whether code takes something of an object by a name that is not in its text.
//!
//! Which commands of Streamlit an app uses is then not known: `getattr(st, kind)` with a name from a
//! file, of Streamlit itself or of a column that may have any name.

use std::collections::BTreeSet;

use ruff_python_ast::visitor::{Visitor, walk_expr, walk_stmt};
use ruff_python_ast::{Expr, ExprCall, Stmt};
use ruff_python_parser::parse_module;

use crate::code::imports::{last_name, top_level};

/// Whether a file with this text does. One that can't be parsed may.
pub(super) fn takes_by_name(text: &str) -> bool {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let Ok(module) = parse_module(text) else { return true };
    // Imports are known before they are used: a function may stand above them.
    let mut reader = Reader { gathering: true, ..Reader::default() };
    reader.visit_body(&module.syntax().body);
    reader.gathering = false;
    reader.visit_body(&module.syntax().body);
    reader.found
}

#[derive(Default)]
struct Reader<'a> {
    gathering: bool,
    found: bool,
    /// The names of modules that are not Streamlit's.
    others: BTreeSet<&'a str>,
    /// The names of Streamlit.
    streamlit: BTreeSet<&'a str>,
    /// Whether all that Streamlit has is among the file's own names.
    all: bool,
}

impl<'a> Reader<'a> {
    fn gather(&mut self, statement: &'a Stmt) {
        match statement {
            Stmt::Import(import) => {
                for name in &import.names {
                    let module = name.name.as_str();
                    let bound = name.asname.as_ref().map_or(top_level(module), |it| it.as_str());
                    match top_level(module) {
                        "streamlit" => self.streamlit.insert(bound),
                        _ => self.others.insert(bound),
                    };
                }
            }
            Stmt::ImportFrom(import) => {
                let module = import.module.as_ref().map_or("", |it| it.as_str());
                let all = import.names.iter().any(|name| name.name.as_str() == "*");
                self.all |= all && top_level(module) == "streamlit";
            }
            _ => {}
        }
    }

    /// Whether an object may be Streamlit's, such as a column.
    fn may_be(&self, object: &Expr) -> bool {
        match object {
            Expr::Name(name) => {
                let name = name.id.as_str();
                !self.others.contains(name) && !["self", "cls", "os", "sys"].contains(&name)
            }
            Expr::Attribute(attribute) => self.may_be(&attribute.value),
            _ => true,
        }
    }

    fn is_streamlit(&self, object: Option<&Expr>) -> bool {
        matches!(object, Some(Expr::Name(name)) if self.streamlit.contains(name.id.as_str()))
    }

    fn takes(&self, call: &ExprCall) -> bool {
        let (first, second) = (call.arguments.args.first(), call.arguments.args.get(1));
        let is_hidden = |name: Option<&Expr>| name.is_some_and(|it| !it.is_string_literal_expr());
        let on_its_own = call.func.is_name_expr();
        match last_name(&call.func) {
            Some("getattr") if on_its_own => {
                first.is_some_and(|object| self.may_be(object)) && is_hidden(second)
            }
            Some("__getattribute__") => self.may_be(&call.func) && is_hidden(first),
            Some("attrgetter" | "methodcaller") => is_hidden(first),
            Some("eval" | "exec") if on_its_own => is_hidden(first),
            Some("vars" | "dir") if on_its_own => self.is_streamlit(first),
            Some("getmembers" | "getmembers_static" | "getattr_static") => self.is_streamlit(first),
            Some("vars" | "globals" | "locals") if on_its_own => self.all,
            _ => false,
        }
    }
}

impl<'a> Visitor<'a> for Reader<'a> {
    fn visit_stmt(&mut self, statement: &'a Stmt) {
        if self.gathering {
            self.gather(statement);
        }
        walk_stmt(self, statement);
    }

    fn visit_expr(&mut self, expression: &'a Expr) {
        if self.gathering {
            return;
        }
        self.found |= match expression {
            Expr::Call(call) => self.takes(call),
            Expr::Attribute(attribute) => {
                attribute.attr.as_str() == "__dict__" && self.is_streamlit(Some(&attribute.value))
            }
            _ => false,
        };
        walk_expr(self, expression);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn takes(text: &str) -> bool {
        takes_by_name(&format!("import operator\nimport streamlit as st\n{text}\n"))
    }

    #[test]
    fn what_is_taken_by_a_name_from_elsewhere_is_seen() {
        for text in [
            "getattr(st, block['kind'])(1)",
            "def draw(place, kind):\n    return getattr(place, kind, None)",
            "getattr(st, 'ma' + 'p')({})",
            "getattr(st, f'{kind}_chart')",
            "getattr(st.sidebar, kind)",
            "vars(st)[kind]",
            "st.__dict__[kind]",
            "st.__getattribute__(kind)",
            "operator.methodcaller(kind, 1)(st)",
            "operator.attrgetter(kind)(st)",
            "exec(text)",
            "x = eval(f'st.{kind}')",
            "import inspect\ninspect.getmembers(st)",
            "from streamlit import *\nglobals()[kind]()",
            "(",
        ] {
            assert!(takes(text), "{text}");
        }
    }

    #[test]
    fn what_is_taken_by_a_name_in_the_text_or_of_another_module_is_not() {
        for text in [
            "getattr(st, 'map')({})",
            "import pandas as pd\ngetattr(pd, f'read_{kind}')(path)",
            "class A:\n    def f(self, name):\n        return getattr(self, name)",
            "vars(options)",
            "globals()[name]",
            "frame.eval('a + b')",
            "exec('x = 1')",
            "re.compile(pattern)",
            "st.title('x')",
        ] {
            assert!(!takes(text), "{text}");
        }
    }
}
