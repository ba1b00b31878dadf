use crate::code::sources::{At, Names};
use ruff_python_ast::{
    Expr, ExprCall, ExprFString, FStringPart, InterpolatedStringElement, Number, Operator,
};

/// Where a path of the app's leads to, as far as its code says it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    /// Into the app's own folder: a relative path, or one beside the script. With what is known of
    /// it; `…` stands for the rest.
    Here(String),
    /// Into the folder that the app is given to write to.
    Given,
    /// To a place that is the same wherever the app is installed: absolute, temporary, in the home,
    /// in memory, at an address.
    Elsewhere,
    /// To nowhere yet: an empty text, to which something is added.
    Nothing,
    /// The code alone does not say it.
    Unknown,
}

/// How far a name is followed.
const DEEPEST: usize = 12;
/// How many expressions are looked at for one: names may stand for each other.
const MOST: usize = 400;

/// Streamlit's fields for files.
const UPLOADS: [&str; 3] = [".file_uploader", ".camera_input", ".audio_input"];

impl Place {
    /// The place that a text names.
    pub fn of_text(text: &str) -> Self {
        if text.is_empty() {
            return Self::Nothing;
        }
        // Markup, a sentence, a pattern: no name of a file that anybody would choose.
        if text.len() > 255 || text.contains(['\n', '<', '>', '|', '*']) {
            return Self::Unknown;
        }
        if let Some(rest) = text.strip_prefix("file:") {
            let read_only = ["mode=ro", "mode=memory", "immutable=1", ":memory:"];
            let elsewhere = read_only.iter().any(|it| rest.contains(it));
            let path = rest.split('?').next().unwrap_or_default();
            return if elsewhere { Self::Elsewhere } else { Self::of_text(path) };
        }
        if let Some((scheme, rest)) = text.split_once("://") {
            // SQLAlchemy's addresses: three slashes and a relative path, or four.
            let is_file = ["sqlite", "duckdb"].iter().any(|it| scheme.starts_with(it));
            return match rest.strip_prefix('/').filter(|_| is_file) {
                Some(path) => Self::of_text(path.split('?').next().unwrap_or_default()),
                None => Self::Elsewhere,
            };
        }
        let drive = text.as_bytes().get(1) == Some(&b':');
        let memory = text.starts_with(":memory:") || text == "memory";
        if text.starts_with(['/', '~', '\\']) || drive || memory {
            return Self::Elsewhere;
        }
        let text = text.trim_start_matches("./");
        Self::Here(if text == "." { String::new() } else { text.to_owned() })
    }

    /// What comes of several possibilities: where one of them is the folder that the app is given,
    /// its author has thought of it.
    fn any(places: impl IntoIterator<Item = Self>) -> Self {
        let rank = |place: &Self| match place {
            Self::Given => 4,
            Self::Here(_) => 3,
            Self::Elsewhere => 2,
            Self::Nothing => 1,
            Self::Unknown => 0,
        };
        let mut best = Self::Unknown;
        for place in places {
            if rank(&place) > rank(&best) {
                best = place;
            }
        }
        best
    }

    fn parent(self) -> Self {
        match self {
            Self::Here(path) => {
                Self::Here(path.rsplit_once('/').map_or("", |(folder, _)| folder).to_owned())
            }
            other => other,
        }
    }

    /// A path below this one.
    fn join(self, below: Self) -> Self {
        match (self, below) {
            (_, elsewhere @ (Self::Elsewhere | Self::Given)) => elsewhere,
            (Self::Here(folder), Self::Here(path)) if folder.is_empty() => Self::Here(path),
            (Self::Here(folder), Self::Here(path)) if path.is_empty() => Self::Here(folder),
            (Self::Here(folder), Self::Here(path)) => Self::Here(format!("{folder}/{path}")),
            (Self::Here(folder), Self::Unknown) if folder.is_empty() => Self::Here("…".to_owned()),
            (Self::Here(folder), Self::Unknown) => Self::Here(format!("{folder}/…")),
            (Self::Nothing, below) => below,
            (place, _) => place,
        }
    }

    /// A text that goes on after this one.
    fn then(self, rest: Self) -> Self {
        match (self, rest) {
            (Self::Nothing, rest) => rest,
            (Self::Here(path), Self::Here(rest)) => Self::Here(path + &rest),
            (Self::Here(path), Self::Elsewhere) if path.is_empty() => Self::Here("…".to_owned()),
            (Self::Here(path), Self::Unknown | Self::Elsewhere) if path.ends_with('…') => {
                Self::Here(path)
            }
            (Self::Here(path), Self::Unknown | Self::Elsewhere) => Self::Here(path + "…"),
            (place, _) => place,
        }
    }
}

impl<'a> Names<'a> {
    /// The place that an expression names.
    pub fn place(&self, at: At, expression: &'a Expr) -> Place {
        self.left.set(MOST);
        self.place_at(at, expression, 0)
    }

    fn place_at(&self, at: At, expression: &'a Expr, depth: usize) -> Place {
        let left = self.left.get();
        if depth > DEEPEST || left == 0 {
            return Place::Unknown;
        }
        self.left.set(left - 1);
        let inner = |expression| self.place_at(at, expression, depth + 1);
        match expression {
            Expr::StringLiteral(text) => Place::of_text(text.value.to_str()),
            Expr::FString(text) => self.place_of_parts(at, text, depth),
            Expr::Name(name) if name.id == "__file__" => Place::Here(String::new()),
            Expr::Name(_) => self.place_of_name(at, expression, depth),
            Expr::Attribute(attribute) => match attribute.attr.as_str() {
                "parent" => inner(&attribute.value).parent(),
                // Of a member of an enumeration.
                "value" => inner(&attribute.value),
                "curdir" => Place::Here(String::new()),
                // Of a file that somebody gave the app: a name without a folder.
                "name" if self.is_upload(at, &attribute.value) => Place::Here("…".to_owned()),
                // Of a temporary file.
                "name" => match inner(&attribute.value) {
                    Place::Elsewhere => Place::Elsewhere,
                    _ => self.place_of_name(at, expression, depth),
                },
                _ => self.place_of_name(at, expression, depth),
            },
            Expr::Lambda(function) => inner(&function.body),
            Expr::Subscript(subscript) => match self.full(at, &subscript.value).as_deref() {
                Some("os.environ") if is_given(&subscript.slice) => Place::Given,
                // The script, and its folder.
                Some("sys.argv" | "sys.path") if is_number(&subscript.slice, 0) => {
                    Place::Here(String::new())
                }
                _ => match &*subscript.value {
                    Expr::Call(call)
                        if self.full(at, &call.func).as_deref() == Some("os.path.split") =>
                    {
                        let path = call.arguments.args.first().map_or(Place::Unknown, inner);
                        if is_number(&subscript.slice, 0) { path.parent() } else { Place::Unknown }
                    }
                    Expr::Attribute(parents) if parents.attr.as_str() == "parents" => {
                        match inner(&parents.value) {
                            Place::Here(_) => Place::Here(String::new()),
                            other => other,
                        }
                    }
                    _ => {
                        let entries = self.entries(at, expression, depth);
                        Place::any(
                            entries.into_iter().map(|(at, it)| self.place_at(at, it, depth + 1)),
                        )
                    }
                },
            },
            Expr::BinOp(operation) => match operation.op {
                Operator::Div => inner(&operation.left).join(inner(&operation.right)),
                Operator::Add => match &*operation.right {
                    Expr::StringLiteral(text) => {
                        followed(inner(&operation.left), text.value.to_str())
                    }
                    right => inner(&operation.left).then(inner(right)),
                },
                Operator::Mod => cut(inner(&operation.left), '%'),
                _ => Place::Unknown,
            },
            Expr::If(choice) => Place::any([inner(&choice.body), inner(&choice.orelse)]),
            Expr::BoolOp(choice) => Place::any(choice.values.iter().map(inner)),
            Expr::Named(named) => inner(&named.value),
            Expr::Await(awaited) => inner(&awaited.value),
            Expr::Call(call) => self.place_of_call(at, call, depth),
            _ => Place::Unknown,
        }
    }

    /// What an entry of a dictionary in the code may be: `CONFIG["out"]["csv"]`.
    fn entries(&self, at: At, expression: &'a Expr, depth: usize) -> Vec<(At, &'a Expr)> {
        if depth > DEEPEST {
            return Vec::new();
        }
        match expression {
            Expr::Dict(_) => vec![(at, expression)],
            Expr::Subscript(entry) => {
                let Expr::StringLiteral(name) = &*entry.slice else { return Vec::new() };
                let of = self.entries(at, &entry.value, depth + 1).into_iter();
                of.filter_map(|(at, dict)| {
                    let Expr::Dict(dict) = dict else { return None };
                    let is = |key: &Option<Expr>| match key {
                        Some(Expr::StringLiteral(key)) => key.value.to_str() == name.value.to_str(),
                        _ => false,
                    };
                    dict.items.iter().find(|item| is(&item.key)).map(|item| (at, &item.value))
                })
                .collect()
            }
            Expr::Name(_) | Expr::Attribute(_) => {
                let meanings = self.meanings(at, expression).into_iter();
                let meanings = meanings.filter_map(|(at, it)| Some((at, it?)));
                meanings.flat_map(|(at, it)| self.entries(at, it, depth + 1)).collect()
            }
            _ => Vec::new(),
        }
    }

    /// Whether it is, or is one of, what a field for files gives.
    fn is_upload(&self, at: At, expression: &'a Expr) -> bool {
        let meanings = self.meanings(at, expression).into_iter();
        meanings.filter_map(|(at, meaning)| Some((at, meaning?))).any(|(at, meaning)| {
            let Expr::Call(call) = meaning else { return false };
            let full = self.full(at, &call.func).unwrap_or_default();
            UPLOADS.iter().any(|field| full.ends_with(field))
        })
    }

    fn place_of_parts(&self, at: At, text: &'a ExprFString, depth: usize) -> Place {
        let mut place = Place::Nothing;
        for part in text.value.iter() {
            match part {
                FStringPart::Literal(literal) => place = followed(place, literal.as_str()),
                FStringPart::FString(part) => {
                    for element in &part.elements {
                        place = match element {
                            InterpolatedStringElement::Literal(literal) => {
                                followed(place, &literal.value)
                            }
                            InterpolatedStringElement::Interpolation(it) => {
                                place.then(self.place_at(at, &it.expression, depth + 1))
                            }
                        };
                    }
                }
            }
        }
        place
    }

    fn place_of_name(&self, at: At, expression: &'a Expr, depth: usize) -> Place {
        let mut meanings = self.meanings(at, expression);
        if let (true, Expr::Attribute(attribute)) = (meanings.is_empty(), expression) {
            meanings = self.members(at, attribute);
        }
        Place::any(meanings.into_iter().map(|(at, meaning)| match meaning {
            Some(meaning) => self.place_at(at, meaning, depth + 1),
            None => Place::Unknown,
        }))
    }

    fn place_of_call(&self, at: At, call: &'a ExprCall, depth: usize) -> Place {
        let inner = |expression| self.place_at(at, expression, depth + 1);
        let arguments = &call.arguments.args;
        let joined = |first: Place| arguments.iter().map(inner).fold(first, Place::join);
        let first = || arguments.first().map_or(Place::Unknown, inner);
        let full = self.full(at, &call.func).unwrap_or_default();
        match full.as_str() {
            "os.getcwd" | "pathlib.Path.cwd" | "inspect.getfile" | "inspect.getsourcefile" => {
                return Place::Here(String::new());
            }
            // Of a class of settings.
            "dataclasses.field" | "pydantic.Field" | "pydantic.fields.Field" => {
                let factory = call.arguments.find_keyword("default_factory").map(|it| &it.value);
                let default = call.arguments.find_argument_value("default", 0);
                return match (default, factory) {
                    (Some(value), _) | (None, Some(value @ Expr::Lambda(_))) => inner(value),
                    (None, Some(function)) => {
                        let returned = self.returned(at, function).into_iter();
                        Place::any(returned.map(|(at, it)| self.place_at(at, it, depth + 1)))
                    }
                    (None, None) => Place::Unknown,
                };
            }
            "pathlib.Path" | "pathlib.PurePath" | "pathlib.PosixPath" | "os.path.join" => {
                return match joined(Place::Nothing) {
                    Place::Nothing => Place::Here(String::new()),
                    place => place,
                };
            }
            "os.path.dirname" => return first().parent(),
            "os.path.abspath" | "os.path.realpath" | "os.path.normpath" | "os.fspath" | "str" => {
                return first();
            }
            "os.environ.get" | "os.getenv" => {
                // Nobody has set it at the recipient's.
                return match arguments.first().is_some_and(is_given) {
                    true => Place::Given,
                    false => call
                        .arguments
                        .find_argument_value("default", 1)
                        .map_or(Place::Unknown, inner),
                };
            }
            "pathlib.Path.home" | "os.path.expanduser" | "os.path.expandvars" | "io.BytesIO"
            | "io.StringIO" => return Place::Elsewhere,
            _ if full.starts_with("tempfile.")
                && call
                    .arguments
                    .find_keyword("dir")
                    .is_some_and(|it| !it.value.is_none_literal_expr()) =>
            {
                let folder = call.arguments.find_keyword("dir").map(|it| &it.value);
                return folder.map_or(Place::Unknown, inner).join(Place::Unknown);
            }
            _ if ["tempfile.", "platformdirs.", "appdirs."]
                .iter()
                .any(|it| full.starts_with(it)) =>
            {
                return Place::Elsewhere;
            }
            _ => {}
        }
        if let Expr::Attribute(method) = &*call.func {
            let receiver = || inner(&method.value);
            match method.attr.as_str() {
                "resolve" | "absolute" | "as_posix" | "with_suffix" | "glob" | "rglob"
                | "iterdir" | "strip" => return receiver(),
                "expanduser" => return Place::Elsewhere,
                "joinpath" => return joined(receiver()),
                "with_name" | "with_stem" => return joined(receiver().parent()),
                "format" => return cut(receiver(), '{'),
                _ => {}
            }
        }
        let returned = self.returned(at, &call.func);
        Place::any(returned.into_iter().map(|(at, value)| self.place_at(at, value, depth + 1)))
    }
}

/// What follows in a text; a path keeps its slashes, which [`Place::of_text`] would judge.
fn followed(place: Place, text: &str) -> Place {
    match place {
        Place::Nothing => Place::of_text(text),
        Place::Here(path) => {
            Place::Here(format!("{path}{text}").trim_start_matches('/').to_owned())
        }
        place => place,
    }
}

/// A text that is filled in from a mark on.
fn cut(place: Place, mark: char) -> Place {
    match place {
        Place::Here(path) => match path.split_once(mark) {
            Some(("", _)) => Place::Unknown,
            Some((known, _)) => Place::Here(format!("{known}…")),
            None => Place::Here(path),
        },
        place => place,
    }
}

fn is_number(expression: &Expr, number: u8) -> bool {
    let Expr::NumberLiteral(it) = expression else { return false };
    matches!(&it.value, Number::Int(it) if it.as_u8() == Some(number))
}

/// Whether it names a variable that the app is given by Waterskin.
fn is_given(name: &Expr) -> bool {
    matches!(name, Expr::StringLiteral(name) if name.value.to_str().starts_with("WATERSKIN_"))
}
