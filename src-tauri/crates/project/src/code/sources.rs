use std::cell::Cell;
use std::collections::BTreeMap;

use camino::{Utf8Path, Utf8PathBuf};
use ruff_python_ast::visitor::{Visitor, walk_expr, walk_stmt};
use ruff_python_ast::{Expr, ExprAttribute, ExprCall, ModModule, Stmt, StmtFunctionDef};
use ruff_python_parser::parse_module;

/// The Python files of an app, parsed.
pub(crate) struct Sources(Vec<Source>);

struct Source {
    path: Utf8PathBuf,
    text: String,
    module: ModModule,
}

/// A place in the code: a file, and a function in it (0 for none).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct At {
    file: usize,
    scope: usize,
}

/// What the names in the code stand for, and everything that is called.
pub(crate) struct Names<'a> {
    sources: &'a [Source],
    files: Vec<FileNames<'a>>,
    /// The functions of the app, by their names: a call of one may be a call of another.
    functions: BTreeMap<&'a str, Vec<Function<'a>>>,
    /// The files, by the last part of what they are called as modules.
    modules: BTreeMap<&'a str, Vec<usize>>,
    /// What classes of the app have under a name: what is set in their bodies or on `self`.
    members: BTreeMap<String, Vec<(At, Option<&'a Expr>)>>,
    /// The calls of each of them.
    called: BTreeMap<&'a str, Vec<(At, &'a ExprCall)>>,
    /// How much may still be looked at.
    pub(super) left: Cell<usize>,
}

/// The function in which a name is set, and to what.
type Binding<'a> = (usize, Option<&'a Expr>);

#[derive(Default)]
struct FileNames<'a> {
    /// What names are set to, by the function that sets them. `None` for what can't be told.
    bound: BTreeMap<(usize, String), Vec<Binding<'a>>>,
    /// The function around each function.
    parents: Vec<usize>,
    /// The dotted names that imported names stand for.
    imports: BTreeMap<String, String>,
    calls: Vec<(usize, &'a ExprCall)>,
    functions: Vec<Function<'a>>,
}

#[derive(Clone, Copy)]
struct Function<'a> {
    at: At,
    definition: &'a StmtFunctionDef,
    /// The class that it is a method of: it has a `self` that no call gives.
    class: Option<&'a str>,
}

impl<'a> Function<'a> {
    /// What calls call it: a class is called for what makes its objects.
    fn called(&self) -> &'a str {
        let name = self.definition.name.as_str();
        self.class.filter(|_| name == "__init__").unwrap_or(name)
    }
}

impl Sources {
    /// Parses the files that are valid Python.
    pub fn parse(files: impl IntoIterator<Item = (Utf8PathBuf, String)>) -> Self {
        let parse = |(path, text): (Utf8PathBuf, String)| {
            let text = text.strip_prefix('\u{feff}').map_or(text.clone(), str::to_owned);
            let module = parse_module(&text).ok()?.into_syntax();
            Some(Source { path, text, module })
        };
        Self(files.into_iter().filter_map(parse).collect())
    }

    /// The texts.
    pub fn texts(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(|source| source.text.as_str())
    }

    /// The files and what is in them.
    pub fn bodies(&self) -> impl Iterator<Item = (&Utf8Path, &[Stmt])> {
        self.0.iter().map(|source| (&*source.path, &*source.module.body))
    }

    /// What the names in them stand for.
    pub fn names(&self) -> Names<'_> {
        let mut functions: BTreeMap<&str, Vec<Function<'_>>> = BTreeMap::new();
        let files: Vec<_> = self.0.iter().enumerate().map(FileNames::read).collect();
        for function in files.iter().flat_map(|file| &file.functions) {
            functions.entry(function.called()).or_default().push(*function);
        }
        let (called, left) = (BTreeMap::new(), Cell::new(0));
        let mut modules: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
        for (file, source) in self.0.iter().enumerate() {
            let folder = source.path.parent().and_then(Utf8Path::file_name);
            let name = source.path.file_stem().filter(|stem| *stem != "__init__").or(folder);
            modules.entry(name.unwrap_or_default()).or_default().push(file);
        }
        let mut members: BTreeMap<String, Vec<_>> = BTreeMap::new();
        for (file, names) in files.iter().enumerate() {
            let of_classes = names.bound.iter().filter(|((scope, _), _)| *scope == 0);
            for ((_, name), values) in of_classes {
                // Each is there as `self.name` and by its class.
                if let Some(name) = name.strip_prefix("self.") {
                    let values = values.iter().map(|(scope, it)| (At { file, scope: *scope }, *it));
                    members.entry(name.to_owned()).or_default().extend(values);
                }
            }
        }
        let mut names =
            Names { sources: &self.0, files, functions, modules, members, called, left };
        let mut called: BTreeMap<_, Vec<_>> = BTreeMap::new();
        for (at, call) in names.calls() {
            let name = last_name(&call.func);
            if let Some(name) = name.filter(|name| names.functions.contains_key(name)) {
                called.entry(name).or_default().push((at, call));
            }
        }
        names.called = called;
        names
    }
}

impl<'a> Names<'a> {
    /// Every call, in the order of files and lines.
    pub fn calls(&self) -> impl Iterator<Item = (At, &'a ExprCall)> {
        self.files.iter().enumerate().flat_map(|(file, names)| {
            names.calls.iter().map(move |(scope, call)| (At { file, scope: *scope }, *call))
        })
    }

    /// The file and line of a call.
    pub fn line(&self, at: At, call: &ExprCall) -> (&'a Utf8Path, usize) {
        let source = &self.sources[at.file];
        let end = call.range_start.to_usize().min(source.text.len());
        let breaks = source.text.as_bytes()[..end].iter().filter(|byte| **byte == b'\n').count();
        (&source.path, breaks + 1)
    }

    /// The dotted name of what an expression is, with imported names in full: `np.save` as
    /// `numpy.save`.
    pub fn full(&self, at: At, expression: &Expr) -> Option<String> {
        let dotted = dotted(expression)?;
        let (first, rest) = dotted.split_once('.').map_or((&*dotted, ""), |(a, b)| (a, b));
        Some(match (self.files[at.file].imports.get(first), rest) {
            (Some(module), "") => module.clone(),
            (Some(module), rest) => format!("{module}.{rest}"),
            (None, _) => dotted,
        })
    }

    /// What a name, or a dotted one, may stand for, and where that is written. `None` is something
    /// that the code does not say.
    pub fn meanings(&self, at: At, expression: &Expr) -> Vec<(At, Option<&'a Expr>)> {
        let Some(name) = dotted(expression) else { return Vec::new() };
        let file = &self.files[at.file];
        let mut scope = at.scope;
        loop {
            let mut found: Vec<_> = file
                .bound
                .get(&(scope, name.clone()))
                .into_iter()
                .flatten()
                .map(|(scope, value)| (At { file: at.file, scope: *scope }, *value))
                .collect();
            found.extend(self.given(At { file: at.file, scope }, &name));
            if !found.is_empty() {
                return found;
            }
            if scope == 0 {
                break;
            }
            scope = file.parents.get(scope).copied().unwrap_or_default();
        }
        let full = self.full(at, expression).unwrap_or_default();
        let Some((module, member)) = full.rsplit_once('.') else { return Vec::new() };
        self.constants(module, member)
    }

    /// What an attribute of an object of which nothing else is known may be: what a class of the app has
    /// under that name, or returns as a property.
    pub fn members(&self, at: At, attribute: &'a ExprAttribute) -> Vec<(At, Option<&'a Expr>)> {
        let first = dotted(&attribute.value).unwrap_or_default();
        let first = first.split('.').next().unwrap_or_default();
        // What a package from outside has is not the app's.
        let full = self.full(at, &attribute.value).unwrap_or_default();
        let is_own = full.split('.').any(|part| self.modules.contains_key(part));
        if self.files[at.file].imports.contains_key(first) && !is_own {
            return Vec::new();
        }
        let name = attribute.attr.as_str();
        let mut found = self.members.get(name).cloned().unwrap_or_default();
        for function in self.functions.get(name).into_iter().flatten() {
            let decorators = &function.definition.decorator_list;
            let property = |it: &Expr| last_name(it).is_some_and(|it| it.ends_with("property"));
            if decorators.iter().any(|decorator| property(&decorator.expression)) {
                let mut returns = Returns::default();
                returns.visit_body(&function.definition.body);
                found.extend(returns.0.into_iter().map(|value| (function.at, Some(value))));
            }
        }
        found
    }

    /// What is given to a parameter: its default, and what the calls of its function say.
    fn given(&self, at: At, name: &str) -> Vec<(At, Option<&'a Expr>)> {
        let functions = &self.files[at.file].functions;
        // Functions are numbered from 1, in this order.
        let Some(function) = at.scope.checked_sub(1).and_then(|at| functions.get(at)) else {
            return Vec::new();
        };
        let parameters = &function.definition.parameters;
        let mut places = parameters.posonlyargs.iter().chain(&parameters.args).enumerate();
        let positional = places.find(|(_, it)| it.name().as_str() == name);
        let keyword = parameters.kwonlyargs.iter().find(|it| it.name().as_str() == name);
        let Some(parameter) = positional.map(|(_, it)| it).or(keyword) else { return Vec::new() };
        let outside = At { scope: self.files[at.file].parents[at.scope], ..at };
        let mut found: Vec<_> =
            parameter.default().map(|it| (outside, Some(it))).into_iter().collect();
        let position =
            positional.and_then(|(at, _)| at.checked_sub(usize::from(function.class.is_some())));
        for &(at, call) in self.called.get(function.called()).into_iter().flatten() {
            let value = call.arguments.find_keyword(name).map(|keyword| &keyword.value);
            let value = value.or_else(|| call.arguments.find_positional(position?));
            found.extend(value.map(|value| (at, Some(value))));
        }
        if found.is_empty() { vec![(at, None)] } else { found }
    }

    /// What modules of the app have under a name.
    fn constants(&self, module: &str, member: &str) -> Vec<(At, Option<&'a Expr>)> {
        let path = module.replace('.', "/");
        let is_module = |file: &Utf8Path| {
            [format!("{path}.py"), format!("{path}/__init__.py")]
                .iter()
                .any(|end| file.ends_with(end))
        };
        let last = module.rsplit('.').next().unwrap_or(module);
        let files = self.modules.get(last).into_iter().flatten().copied();
        files
            .filter(|file| is_module(&self.sources[*file].path))
            .flat_map(|file| {
                let bound = self.files[file].bound.get(&(0, member.to_owned()));
                bound
                    .into_iter()
                    .flatten()
                    .map(move |(scope, value)| (At { file, scope: *scope }, *value))
            })
            .collect()
    }

    /// What a function of the app's may return.
    pub fn returned(&self, at: At, function: &Expr) -> Vec<(At, &'a Expr)> {
        // A method of anything but the object itself may be anybody's.
        let own = match function {
            Expr::Attribute(method) => match &*method.value {
                Expr::Name(of) => {
                    let imports = &self.files[at.file].imports;
                    matches!(of.id.as_str(), "self" | "cls") || imports.contains_key(of.id.as_str())
                }
                _ => false,
            },
            _ => true,
        };
        let name = self.full(at, function).filter(|_| own).unwrap_or_default();
        let name = name.rsplit('.').next().unwrap_or_default();
        let functions = self.functions.get(name).into_iter().flatten();
        functions
            .flat_map(|function| {
                let mut returns = Returns::default();
                returns.visit_body(&function.definition.body);
                returns.0.into_iter().map(|value| (function.at, value))
            })
            .collect()
    }
}

#[derive(Default)]
struct Returns<'a>(Vec<&'a Expr>);

impl<'a> Visitor<'a> for Returns<'a> {
    fn visit_stmt(&mut self, statement: &'a Stmt) {
        match statement {
            Stmt::Return(it) => self.0.extend(it.value.as_deref()),
            Stmt::FunctionDef(_) | Stmt::ClassDef(_) => {}
            _ => walk_stmt(self, statement),
        }
    }
}

impl<'a> FileNames<'a> {
    fn read((file, source): (usize, &'a Source)) -> Self {
        let names = Self { parents: vec![0], ..Self::default() };
        let mut reader = Reader { file, names, scope: 0, class: None };
        reader.visit_body(&source.module.body);
        reader.names.functions.sort_by_key(|function| function.at.scope);
        reader.names
    }
}

struct Reader<'a> {
    file: usize,
    names: FileNames<'a>,
    scope: usize,
    /// The class whose body this is.
    class: Option<&'a str>,
}

impl<'a> Reader<'a> {
    fn bind(&mut self, target: &'a Expr, value: Option<&'a Expr>) {
        match (target, value) {
            (Expr::Tuple(targets), Some(Expr::Tuple(values)))
                if targets.elts.len() == values.elts.len() =>
            {
                for (target, value) in targets.elts.iter().zip(&values.elts) {
                    self.bind(target, Some(value));
                }
            }
            (Expr::Tuple(targets), _) => {
                for target in &targets.elts {
                    self.bind(target, None);
                }
            }
            (Expr::Name(name), _) => {
                self.set(self.scope, name.id.to_string(), value);
                for owner in self.class.into_iter().chain(self.class.map(|_| "self")) {
                    self.set(0, format!("{owner}.{}", name.id), value);
                }
            }
            (Expr::Attribute(_), _) => {
                if let Some(name) = dotted(target) {
                    self.set(0, name, value);
                }
            }
            _ => {}
        }
    }

    fn set(&mut self, scope: usize, name: String, value: Option<&'a Expr>) {
        self.names.bound.entry((scope, name)).or_default().push((self.scope, value));
    }

    fn function(&mut self, definition: &'a StmtFunctionDef) {
        for decorator in &definition.decorator_list {
            self.visit_decorator(decorator);
        }
        self.visit_parameters(&definition.parameters);
        let (outer, class) = (self.scope, self.class.take());
        self.scope = self.names.parents.len();
        self.names.parents.push(outer);
        let at = At { file: self.file, scope: self.scope };
        self.names.functions.push(Function { at, definition, class });
        self.visit_body(&definition.body);
        (self.scope, self.class) = (outer, class);
    }
}

impl<'a> Visitor<'a> for Reader<'a> {
    fn visit_stmt(&mut self, statement: &'a Stmt) {
        match statement {
            Stmt::Import(import) => {
                for name in &import.names {
                    let module = name.name.as_str();
                    let (alias, meaning) = match &name.asname {
                        Some(alias) => (alias.as_str(), module),
                        // `import os.path` binds `os`.
                        None => {
                            let first = module.split('.').next().unwrap_or(module);
                            (first, first)
                        }
                    };
                    self.names.imports.insert(alias.to_owned(), meaning.to_owned());
                }
            }
            Stmt::ImportFrom(import) => {
                for name in &import.names {
                    let alias = name.asname.as_ref().unwrap_or(&name.name).to_string();
                    let module = import.module.as_ref().map(|module| module.as_str());
                    let parts = module.into_iter().chain([name.name.as_str()]);
                    self.names.imports.insert(alias, parts.collect::<Vec<_>>().join("."));
                }
            }
            Stmt::Assign(assign) => {
                assign.targets.iter().for_each(|target| self.bind(target, Some(&assign.value)));
            }
            Stmt::AnnAssign(assign) => {
                if let Some(value) = &assign.value {
                    self.bind(&assign.target, Some(value));
                }
            }
            Stmt::For(each) => self.bind(&each.target, Some(&each.iter)),
            Stmt::With(with) => {
                for item in &with.items {
                    if let Some(target) = &item.optional_vars {
                        self.bind(target, Some(&item.context_expr));
                    }
                }
            }
            Stmt::FunctionDef(definition) => return self.function(definition),
            Stmt::ClassDef(class) => {
                let outer = self.class.replace(class.name.as_str());
                walk_stmt(self, statement);
                self.class = outer;
                return;
            }
            _ => {}
        }
        walk_stmt(self, statement);
    }

    fn visit_expr(&mut self, expression: &'a Expr) {
        match expression {
            Expr::Call(call) => self.names.calls.push((self.scope, call)),
            Expr::Named(named) => self.bind(&named.target, Some(&named.value)),
            _ => {}
        }
        walk_expr(self, expression);
    }
}

/// A name with dots: `self.path`.
pub(crate) fn dotted(expression: &Expr) -> Option<String> {
    match expression {
        Expr::Name(name) => Some(name.id.to_string()),
        Expr::Attribute(attribute) => {
            Some(format!("{}.{}", dotted(&attribute.value)?, attribute.attr))
        }
        _ => None,
    }
}

/// The last part of a dotted name.
pub(crate) fn last_name(expression: &Expr) -> Option<&str> {
    match expression {
        Expr::Name(name) => Some(name.id.as_str()),
        Expr::Attribute(attribute) => Some(attribute.attr.as_str()),
        _ => None,
    }
}
