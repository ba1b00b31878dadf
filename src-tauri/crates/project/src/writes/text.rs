//! What is surely the text of a path, whatever it says: no buffer and no connection.

use ruff_python_ast::{Expr, ExprCall, FStringPart, InterpolatedStringElement, Operator};

use super::calls::{OF_A_PATH, OF_PARTS};
use crate::code::sources::{At, Names};

/// How far a name is followed.
const DEEPEST: usize = 6;

/// The constant parts of an expression that is surely a text or a path, with `…` for the rest and `/` for what
/// makes a path.
/// `None` where it may be anything else.
pub(super) fn constant(names: &Names<'_>, at: At, expression: &Expr) -> Option<String> {
    of(names, at, expression, 0)
}

/// Whether a text with these constant parts may be the path of a file: not if it is markup or a sentence of
/// several lines, nor an address but one of a database in a file.
pub(super) fn is_path(constant: &str) -> bool {
    let is_file = ["sqlite", "duckdb"].iter().any(|it| constant.starts_with(it));
    constant.len() <= 255
        && !constant.contains(['\n', '<', '>', '|', '*'])
        && (is_file || !constant.contains("://"))
}

fn of(names: &Names<'_>, at: At, expression: &Expr, depth: usize) -> Option<String> {
    if depth > DEEPEST {
        return None;
    }
    let inner = |expression| of(names, at, expression, depth + 1);
    match expression {
        Expr::StringLiteral(text) => Some(text.value.to_str().to_owned()),
        Expr::FString(text) => {
            let mut constant = String::new();
            for part in text.value.iter() {
                match part {
                    FStringPart::Literal(literal) => constant += literal.as_str(),
                    FStringPart::FString(part) => {
                        let literals = part.elements.iter().map(|element| match element {
                            InterpolatedStringElement::Literal(literal) => &*literal.value,
                            InterpolatedStringElement::Interpolation(_) => "…",
                        });
                        constant.extend(literals);
                    }
                }
            }
            Some(constant)
        }
        Expr::BinOp(operation) => match operation.op {
            Operator::Add => match (inner(&operation.left), inner(&operation.right)) {
                (None, None) => None,
                (left, right) => {
                    let rest = || "…".to_owned();
                    Some(left.unwrap_or_else(rest) + &right.unwrap_or_else(rest))
                }
            },
            Operator::Mod => inner(&operation.left),
            // Only a path is divided by a text, and a text by none.
            Operator::Div => {
                inner(&operation.left).or_else(|| inner(&operation.right)).map(|it| it + "/")
            }
            _ => None,
        },
        Expr::Call(call) => of_call(names, at, call, depth),
        Expr::Name(_) | Expr::Attribute(_) => {
            let meanings = names.meanings(at, expression).into_iter();
            let texts: Option<Vec<String>> =
                meanings.map(|(at, it)| of(names, at, it?, depth + 1)).collect();
            texts.and_then(|texts| texts.into_iter().next())
        }
        _ => None,
    }
}

fn of_call(names: &Names<'_>, at: At, call: &ExprCall, depth: usize) -> Option<String> {
    let full = names.full(at, &call.func).unwrap_or_default();
    if OF_PARTS.contains(&&*full) {
        return Some("/".to_owned());
    }
    match &*call.func {
        _ if full == "str" => Some("…".to_owned()),
        Expr::Attribute(method) if OF_A_PATH.contains(&method.attr.as_str()) => {
            Some("/".to_owned())
        }
        Expr::Attribute(method) if method.attr.as_str() == "format" => {
            of(names, at, &method.value, depth + 1)
        }
        _ => None,
    }
}
