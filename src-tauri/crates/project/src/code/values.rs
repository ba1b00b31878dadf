//! What the expressions of a Python file stand for, where that is a path: enough of Python to see which
//! files of the project code loads without importing them. Nothing is run.

use std::cell::Cell;
use std::collections::{BTreeMap, BTreeSet};

use ruff_python_ast::visitor::{Visitor, walk_expr, walk_stmt};
use ruff_python_ast::{
    Comprehension, Expr, ExprCall, ExprFString, FStringPart, InterpolatedStringElement, Number,
    Operator, Stmt,
};

use crate::code::imports::last_name;
use crate::code::path::CodePath;

/// Names lead to names; no file needs more than this, and a circle ends.
const DEEPEST: usize = 16;
/// Expressions that are looked at for one question: names that lead to each other in every way end, too.
const STEPS: usize = 5_000;
/// The same for all questions about a file.
const STEPS_OF_FILE: usize = 500_000;
/// Values of one expression beyond these are not looked at.
const MOST: usize = 64;
/// No path of a project is longer.
const LONGEST: usize = 400;

/// What the names of a file stand for.
#[derive(Default)]
pub(crate) struct Values<'a> {
    /// Everything that is ever assigned to a name, in whichever function.
    assigned: BTreeMap<&'a str, Vec<&'a Expr>>,
    /// What each function returns.
    returned: BTreeMap<&'a str, Vec<&'a Expr>>,
    /// Names of functions, classes and what is imported.
    pub things: BTreeSet<&'a str>,
    function: Option<&'a str>,
    steps: Cell<usize>,
    steps_of_file: Cell<usize>,
}

impl<'a> Values<'a> {
    pub fn read(body: &'a [Stmt]) -> Self {
        let mut values = Self::default();
        values.visit_body(body);
        values
    }

    /// The paths that an expression may stand for; none where nothing can be told.
    pub fn of(&self, expression: &'a Expr) -> Vec<CodePath> {
        self.steps.set(0);
        let places = if self.steps_of_file.get() > STEPS_OF_FILE {
            Vec::new()
        } else {
            self.at(expression, 0)
        };
        self.steps_of_file.set(self.steps_of_file.get() + self.steps.get());
        places
    }

    fn at(&self, expression: &'a Expr, depth: usize) -> Vec<CodePath> {
        self.steps.set(self.steps.get() + 1);
        if depth > DEEPEST || self.steps.get() > STEPS {
            return Vec::new();
        }
        let next = depth + 1;
        let mut found = match expression {
            Expr::StringLiteral(text) if text.value.len() <= LONGEST => {
                vec![CodePath::text(text.value.to_str())]
            }
            Expr::FString(text) => self.formatted(text, next),
            Expr::Name(name) if name.id.as_str() == "__file__" => vec![CodePath::file()],
            Expr::Name(name) => {
                let assigned = self.assigned.get(name.id.as_str()).into_iter().flatten();
                assigned.take(MOST).flat_map(|value| self.at(value, next)).take(MOST).collect()
            }
            Expr::Attribute(attribute) if attribute.attr.as_str() == "parent" => {
                self.at(&attribute.value, next).iter().map(CodePath::parent).collect()
            }
            // An entry of `os.scandir`.
            Expr::Attribute(attribute) if attribute.attr.as_str() == "path" => {
                self.at(&attribute.value, next)
            }
            Expr::Subscript(subscript) => match (&*subscript.value, &*subscript.slice) {
                (Expr::Attribute(attribute), Expr::NumberLiteral(number))
                    if attribute.attr.as_str() == "parents" =>
                {
                    let Number::Int(levels) = &number.value else { return Vec::new() };
                    let levels = levels.as_u8().map_or(DEEPEST, usize::from).min(DEEPEST);
                    let places = self.at(&attribute.value, next);
                    let up =
                        |place: &CodePath| (0..=levels).fold(place.clone(), |it, _| it.parent());
                    places.iter().map(up).collect()
                }
                _ => self.at(&subscript.value, next),
            },
            Expr::BinOp(operation) => {
                let (left, right) = (&*operation.left, &*operation.right);
                match operation.op {
                    Operator::Div => self.joined(&self.at(left, next), right, next),
                    Operator::Add if is_collection(left) || is_collection(right) => {
                        self.all([left, right], next)
                    }
                    Operator::Add => {
                        let (left, right) = (self.at(left, next), self.at(right, next));
                        let unknown = vec![CodePath::text("*")];
                        match (left.is_empty(), right.is_empty()) {
                            (true, true) => Vec::new(),
                            (true, false) => pairs(&unknown, &right, CodePath::concat),
                            (false, true) => pairs(&left, &unknown, CodePath::concat),
                            (false, false) => pairs(&left, &right, CodePath::concat),
                        }
                    }
                    Operator::Mod => self.at(left, next).iter().map(percent).collect(),
                    _ => Vec::new(),
                }
            }
            Expr::List(list) => self.all(&list.elts, next),
            Expr::Tuple(tuple) => self.all(&tuple.elts, next),
            Expr::Set(set) => self.all(&set.elts, next),
            Expr::Dict(dict) => {
                let pairs = dict.items.iter().flat_map(|item| item.key.iter().chain([&item.value]));
                self.all(pairs, next)
            }
            Expr::ListComp(made) => self.at(&made.elt, next),
            Expr::SetComp(made) => self.at(&made.elt, next),
            Expr::Generator(made) => self.at(&made.elt, next),
            Expr::Starred(starred) => self.at(&starred.value, next),
            Expr::Named(named) => self.at(&named.value, next),
            Expr::If(choice) => self.all([&*choice.body, &*choice.orelse], next),
            Expr::BoolOp(choice) => self.all(&choice.values, next),
            Expr::Call(call) => self.called(call, next),
            _ => Vec::new(),
        };
        found.retain(|place| place.text.len() <= LONGEST);
        found.truncate(MOST);
        found
    }

    fn all(&self, of: impl IntoIterator<Item = &'a Expr>, depth: usize) -> Vec<CodePath> {
        of.into_iter().take(MOST).flat_map(|each| self.at(each, depth)).take(MOST).collect()
    }

    /// `folders / name`, where a name that is not known may be any.
    fn joined(&self, folders: &[CodePath], name: &'a Expr, depth: usize) -> Vec<CodePath> {
        let mut names = self.at(name, depth);
        if names.is_empty() {
            names.push(CodePath::text("*"));
        }
        // `os.walk` has folders and names from the same list.
        let join = |folder: &CodePath, name: &CodePath| {
            if folder == name && name.text.contains('*') { name.clone() } else { folder.join(name) }
        };
        pairs(folders, &names, join)
    }

    fn formatted(&self, text: &'a ExprFString, depth: usize) -> Vec<CodePath> {
        let mut place = CodePath::default();
        for part in &text.value {
            match part {
                FStringPart::Literal(literal) => {
                    place = place.concat(&CodePath::text(literal.as_str()));
                }
                FStringPart::FString(formatted) => {
                    for element in &formatted.elements {
                        let next = match element {
                            InterpolatedStringElement::Literal(literal) => {
                                CodePath::text(&literal.value)
                            }
                            InterpolatedStringElement::Interpolation(inner) => {
                                match &self.at(&inner.expression, depth)[..] {
                                    [only] => only.clone(),
                                    _ => CodePath::text("*"),
                                }
                            }
                        };
                        place = place.concat(&next);
                    }
                }
            }
        }
        vec![place]
    }

    fn called(&self, call: &'a ExprCall, depth: usize) -> Vec<CodePath> {
        let (args, keywords) = (&call.arguments.args, &call.arguments);
        let Some(name) = last_name(&call.func) else { return Vec::new() };
        let receiver = match &*call.func {
            Expr::Attribute(attribute) => Some(&*attribute.value),
            _ => None,
        };
        let named = |name: &str| keywords.find_keyword(name).map(|keyword| &keyword.value);
        let first = args.first();
        let of = |expression: Option<&'a Expr>| {
            expression.map_or_else(Vec::new, |it| self.at(it, depth))
        };
        let chain = |start: Vec<CodePath>, rest: &'a [Expr]| {
            rest.iter().fold(start, |folders, part| self.joined(&folders, part, depth))
        };
        let below = |folders: Vec<CodePath>, pattern: &str| -> Vec<CodePath> {
            folders.iter().map(|folder| folder.join(&CodePath::text(pattern))).collect()
        };
        let here = || vec![CodePath::default()];
        match name {
            "Path" | "PurePath" | "PosixPath" | "WindowsPath" | "PurePosixPath" => {
                match &args[..] {
                    [] => here(),
                    [first, rest @ ..] => chain(self.at(first, depth), rest),
                }
            }
            "str" | "fspath" | "abspath" | "realpath" | "normpath" | "relpath" | "sorted"
            | "list" | "set" | "tuple" | "reversed" | "iter" | "next" | "enumerate" | "open"
            | "compile" | "dict" => of(first),
            "resolve" | "absolute" | "as_posix" | "expanduser" | "relative_to" | "items"
            | "values" | "keys" | "get" | "copy" | "strip" | "rstrip" | "replace" | "read"
            | "read_text" | "read_bytes" | "pop"
                if receiver.is_some_and(|it| last_name(it) != Some("path")) =>
            {
                of(receiver)
            }
            "expanduser" => of(first),
            "getattr" => of(args.get(2)),
            // Parts of a text, which are not known.
            "removesuffix" | "removeprefix" | "split" | "rsplit" | "partition" | "rpartition"
            | "splitext" | "basename" | "lower" | "upper" | "endswith" | "startswith" => Vec::new(),
            "filter" | "map" => of(args.get(1)),
            "zip" | "chain" => self.all(args, depth),
            "dirname" => of(first).iter().map(CodePath::parent).collect(),
            "join" if !matches!(receiver, Some(Expr::StringLiteral(_))) => match &args[..] {
                [first, rest @ ..] => chain(self.at(first, depth), rest),
                [] => Vec::new(),
            },
            "joinpath" => chain(of(receiver), args),
            "with_name" => chain(of(receiver).iter().map(CodePath::parent).collect(), args),
            "glob" | "iglob" | "rglob" => {
                let module = receiver.is_none_or(|it| last_name(it) == Some("glob"));
                let found = match name {
                    // Names alone.
                    "glob" | "iglob" if named("root_dir").is_some() => vec![CodePath::text("*")],
                    "glob" | "iglob" if module => of(first),
                    "rglob" => chain(below(of(receiver), "**"), args),
                    _ => chain(of(receiver), args),
                };
                found.iter().map(loosened).collect()
            }
            "iterdir" => below(of(receiver), "*"),
            // Names alone.
            "listdir" => vec![CodePath::text("*")],
            "scandir" if args.is_empty() => below(here(), "*"),
            "scandir" => below(of(first), "*"),
            "walk" => below(
                if receiver.is_some() && first.is_none() { of(receiver) } else { of(first) },
                "**/*",
            ),
            "iter_modules" => below(of(first.or(named("path"))), "*"),
            "walk_packages" => below(of(first.or(named("path"))), "**/*"),
            "cwd" | "getcwd" => here(),
            "format" => of(receiver).iter().map(braces).collect(),
            // `importlib.resources.files("package.part")`
            "files" => {
                of(first).iter().map(|it| CodePath::text(&it.text.replace('.', "/"))).collect()
            }
            _ => match self.returned.get(name) {
                Some(returned) if receiver.is_none() => self.all(returned.iter().copied(), depth),
                // Whatever finds a file of the project most often takes its name.
                _ => self.all(args, depth).into_iter().filter(CodePath::is_script).collect(),
            },
        }
    }

    fn assign(&mut self, target: &'a Expr, value: &'a Expr) {
        match (target, value) {
            (Expr::Name(name), _) => self.assigned.entry(name.id.as_str()).or_default().push(value),
            (Expr::Tuple(targets), Expr::Tuple(values))
                if targets.elts.len() == values.elts.len() =>
            {
                for (target, value) in targets.elts.iter().zip(&values.elts) {
                    self.assign(target, value);
                }
            }
            (Expr::Tuple(targets), _) => targets.elts.iter().for_each(|it| self.assign(it, value)),
            (Expr::List(targets), _) => targets.elts.iter().for_each(|it| self.assign(it, value)),
            _ => {}
        }
    }
}

impl<'a> Visitor<'a> for Values<'a> {
    fn visit_stmt(&mut self, statement: &'a Stmt) {
        match statement {
            Stmt::Assign(assign) => {
                assign.targets.iter().for_each(|target| self.assign(target, &assign.value));
            }
            Stmt::AugAssign(assign) => self.assign(&assign.target, &assign.value),
            Stmt::AnnAssign(assign) => {
                if let Some(value) = &assign.value {
                    self.assign(&assign.target, value);
                }
            }
            Stmt::For(each) => self.assign(&each.target, &each.iter),
            Stmt::With(with) => {
                for item in &with.items {
                    if let Some(target) = &item.optional_vars {
                        self.assign(target, &item.context_expr);
                    }
                }
            }
            Stmt::Import(import) => {
                for name in &import.names {
                    let bound = name.asname.as_ref().unwrap_or(&name.name).as_str();
                    self.things.insert(bound.split('.').next().unwrap_or(bound));
                }
            }
            Stmt::ImportFrom(import) => {
                let bound = |name: &'a ruff_python_ast::Alias| {
                    name.asname.as_ref().unwrap_or(&name.name).as_str()
                };
                self.things.extend(import.names.iter().map(bound));
            }
            Stmt::ClassDef(class) => {
                self.things.insert(class.name.as_str());
            }
            Stmt::Return(returned) => {
                if let (Some(function), Some(value)) = (self.function, &returned.value) {
                    self.returned.entry(function).or_default().push(value);
                }
            }
            Stmt::FunctionDef(function) => {
                self.things.insert(function.name.as_str());
                let around = self.function.replace(function.name.as_str());
                walk_stmt(self, statement);
                self.function = around;
                return;
            }
            _ => {}
        }
        walk_stmt(self, statement);
    }

    fn visit_expr(&mut self, expression: &'a Expr) {
        match expression {
            Expr::Named(named) => self.assign(&named.target, &named.value),
            // `pages.append(value)` and the like.
            Expr::Call(call) => {
                if let Expr::Attribute(method) = &*call.func
                    && let Expr::Name(list) = &*method.value
                    && matches!(method.attr.as_str(), "append" | "extend" | "insert" | "add")
                    && let Some(value) = call.arguments.args.last()
                {
                    self.assigned.entry(list.id.as_str()).or_default().push(value);
                }
            }
            _ => {}
        }
        walk_expr(self, expression);
    }

    fn visit_comprehension(&mut self, comprehension: &'a Comprehension) {
        self.assign(&comprehension.target, &comprehension.iter);
        ruff_python_ast::visitor::walk_comprehension(self, comprehension);
    }
}

fn pairs(
    left: &[CodePath],
    right: &[CodePath],
    put: impl Fn(&CodePath, &CodePath) -> CodePath,
) -> Vec<CodePath> {
    left.iter()
        .flat_map(|one| right.iter().map(|other| put(one, other)).collect::<Vec<_>>())
        .take(MOST)
        .collect()
}

fn is_collection(expression: &Expr) -> bool {
    matches!(expression, Expr::List(_) | Expr::Tuple(_) | Expr::ListComp(_))
}

/// A pattern with `*` for whatever stands for one character of some kind.
fn loosened(path: &CodePath) -> CodePath {
    let mut text = String::new();
    let mut rest = path.text.as_str();
    while let Some((before, after)) = rest.split_once(['?', '[']) {
        text.push_str(before);
        if !text.ends_with('*') {
            text.push('*');
        }
        let of_several = rest[before.len()..].starts_with('[');
        rest = after.split_once(']').filter(|_| of_several).map_or(after, |(_, rest)| rest);
    }
    text.push_str(rest);
    CodePath { up: path.up, text }
}

/// A text for `%`, with what is put in not known.
fn percent(place: &CodePath) -> CodePath {
    let text =
        ["%s", "%d", "%r"].iter().fold(place.text.clone(), |text, sign| text.replace(sign, "*"));
    CodePath { up: place.up, text }
}

/// A text for `format`, with what is put in not known.
fn braces(place: &CodePath) -> CodePath {
    let mut text = String::new();
    let mut rest = place.text.as_str();
    while let Some((before, after)) = rest.split_once('{') {
        text.push_str(before);
        text.push('*');
        rest = after.split_once('}').map_or("", |(_, rest)| rest);
    }
    text.push_str(rest);
    CodePath { up: place.up, text }
}

#[cfg(test)]
mod tests {
    use ruff_python_parser::parse_module;

    use super::*;

    /// The values of the last statement, an expression.
    fn values(code: &str) -> Vec<String> {
        let module = parse_module(code).unwrap();
        let body = &module.syntax().body;
        let Some(Stmt::Expr(last)) = body.last() else { panic!("{code}") };
        let places = Values::read(body).of(&last.value);
        let shown = |place: &CodePath| match place.up {
            Some(up) => format!("{up}:{}", place.text),
            None => place.text.clone(),
        };
        places.iter().map(shown).collect()
    }

    #[test]
    fn what_code_says_of_a_path() {
        for (code, expected) in [
            ("Path(__file__).parent / 'views' / 'a.py'", "1:views/a.py"),
            ("Path(__file__).resolve().parents[1] / 'views'", "2:views"),
            (
                "os.path.join(os.path.dirname(os.path.abspath(__file__)), 'lib', 'a.py')",
                "1:lib/a.py",
            ),
            ("HERE = Path(__file__).parent\nsorted((HERE / 'views').glob('*.py'))", "1:views/*.py"),
            ("Path('views').rglob('p_*.py')", "views/**/p_*.py"),
            ("glob.glob('views/*.py')", "views/*.py"),
            ("Path('views').glob('[0-9]?_*.py')", "views/*_*.py"),
            ("for name in os.listdir('views'):\n    pass\nos.path.join('views', name)", "views/*"),
            (
                "for root, _, names in os.walk('views'):\n    pass\nfor name in names: pass\nos.path.join(root, name)",
                "views/**/*",
            ),
            ("f'views/{name}.py'", "views/*.py"),
            ("HERE = os.path.dirname(__file__)\nf'{HERE}/views/{n}.py'", "1:/views/*.py"),
            ("'views/' + name + '.py'", "views/*.py"),
            ("'views/%s.py' % name", "views/*.py"),
            ("'views/{}.py'.format(name)", "views/*.py"),
            (
                "[str(p) for p in Path('views').iterdir() if p.suffix == '.py']\n[p for p in Path('views').iterdir()]",
                "views/*",
            ),
            ("def here(name):\n    return Path(__file__).with_name(name)\nhere('a.py')", "1:*"),
            ("f\"plugins/{name.removesuffix('.py')}.py\"", "plugins/*.py"),
            ("resource_path('a.py')", "a.py"),
            ("Path(getattr(sys, '_MEIPASS', Path(__file__).parent)) / 'a.py'", "1:a.py"),
            ("pages = []\npages.append('views/b.py')\npages", "views/b.py"),
            ("open(Path('x') / 'y.py').read()", "x/y.py"),
        ] {
            let found = values(code);
            assert_eq!(found.last().map(String::as_str), Some(expected), "{code}: {found:?}");
        }
        // Names that lead to each other in all ways: it ends.
        let circle: String =
            (0..200).map(|n| format!("a{} = [a{n}, a{n}, a{n}, a0]\n", (n + 1) % 200)).collect();
        assert_eq!(values(&format!("{circle}a0")), [""; 0]);
        for unknown in ["name", "x.glob('*.py')", "load()", "1 / 2", "a = a\na", "b = [b, b]\nb"] {
            assert_eq!(values(unknown), [""; 0], "{unknown}");
        }
    }
}
