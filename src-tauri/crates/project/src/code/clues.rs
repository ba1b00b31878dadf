use std::collections::BTreeSet;

use ruff_python_ast::visitor::{Visitor, walk_expr, walk_stmt};
use ruff_python_ast::{Expr, ExprCall, FStringPart, InterpolatedStringElement, Stmt};

use crate::code::imports::last_name;
use crate::code::path::CodePath;
use crate::code::values::Values;

/// Texts beyond this length are data.
const LONGEST: usize = 400;

/// What a Python file says besides its imports: which files it loads, which functions it calls, what it
/// starts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Clues {
    /// The files that it loads as code.
    pub places: BTreeSet<CodePath>,
    /// The lines that load code from a path that is not known before they run, counted from 1.
    pub dark: BTreeSet<usize>,
    /// Names of all that is called, such as `read_excel`.
    pub calls: BTreeSet<String>,
    /// Arguments by name whose values are texts, as `name=value`.
    pub arguments: BTreeSet<String>,
    /// The texts in it, documentation apart.
    pub texts: BTreeSet<String>,
    /// What it has Streamlit's command line run.
    pub starts: Vec<CodePath>,
    /// Whether it starts Streamlit's command line.
    pub starts_streamlit: bool,
    /// The lines that ask on a terminal, by `input`, counted from 1.
    pub asks: BTreeSet<usize>,
    /// The lines that install packages while the app runs, counted from 1.
    pub installs: BTreeSet<usize>,
    /// What of Streamlit itself it uses: `title` of `st.title`.
    pub streamlit: BTreeSet<String>,
}

impl Clues {
    /// `body` is the file's, `text` its whole text.
    pub fn read(body: &[Stmt], text: &str) -> Self {
        let values = Values::read(body);
        let mut reader =
            Reader { clues: Self::default(), values, text, streamlit: BTreeSet::new() };
        reader.visit_body(body);
        let clues = reader.clues;
        // Where the target can't be told, it is most often the one script that the file names.
        let starts_nothing = clues.starts_streamlit && clues.starts.is_empty();
        let named = clues.texts.iter().filter(|text| text.ends_with(".py"));
        let named: Vec<CodePath> = named.map(|text| CodePath::text(text)).collect();
        match (starts_nothing, &named[..]) {
            (true, [only]) => Self { starts: vec![only.clone()], ..clues },
            _ => clues,
        }
    }

    /// Whether it shows something by Streamlit.
    pub fn shows(&self) -> bool {
        self.streamlit.iter().any(|name| !NO_PICTURE.contains(&name.as_str()))
    }
}

struct Reader<'a> {
    clues: Clues,
    values: Values<'a>,
    text: &'a str,
    /// The names of Streamlit in the file, such as `st`.
    streamlit: BTreeSet<&'a str>,
}

impl<'a> Reader<'a> {
    fn line(&self, call: &ExprCall) -> usize {
        let end = call.range_start.to_usize().min(self.text.len());
        self.text.as_bytes()[..end].iter().filter(|byte| **byte == b'\n').count() + 1
    }

    fn add_scripts(&mut self, expression: &'a Expr) {
        let scripts = self.values.of(expression).into_iter().filter(CodePath::is_script);
        self.clues.places.extend(scripts);
    }

    fn call(&mut self, call: &'a ExprCall) {
        let Some(name) = last_name(&call.func) else { return };
        self.clues.calls.insert(name.to_owned());
        for keyword in &call.arguments.keywords {
            if let (Some(name), Expr::StringLiteral(value)) = (&keyword.arg, &keyword.value) {
                let value = value.value.to_str();
                if value.len() <= LONGEST {
                    self.clues.arguments.insert(format!("{name}={value}"));
                }
            }
        }
        let args = &call.arguments;
        match name {
            "Page" => self.load(call, args.find_argument_value("page", 0)),
            "run_path" => self.load(call, args.find_argument_value("path_name", 0)),
            "spec_from_file_location" => self.load(call, args.find_argument_value("location", 1)),
            "SourceFileLoader" => self.load(call, args.find_argument_value("path", 1)),
            "connection" => {
                if let Some(Expr::StringLiteral(kind)) = args.args.first() {
                    self.clues.streamlit.insert(format!("connection={}", kind.value.to_str()));
                }
            }
            "input"
                if matches!(&*call.func, Expr::Name(_))
                    && !self.values.things.contains("input") =>
            {
                self.clues.asks.insert(self.line(call));
            }
            "exec" => {
                if let Some(code) = args.args.first() {
                    self.add_scripts(code);
                }
            }
            "import_module" | "__import__" | "run_module" => self.import(call),
            "main" | "main_run" | "callback" | "invoke" if self.clues.starts_streamlit => {
                let scripts =
                    args.args.first().map(|first| self.values.of(first)).unwrap_or_default();
                self.clues.starts.extend(scripts.into_iter().filter(CodePath::is_script));
            }
            "run" if self.is_bootstrap(&call.func) => {
                self.clues.starts_streamlit = true;
                let script =
                    args.args.first().map(|first| self.values.of(first)).unwrap_or_default();
                self.clues.starts.extend(script.into_iter().filter(CodePath::is_script));
            }
            "system"
            | "popen"
            | "Popen"
            | "run"
            | "call"
            | "check_call"
            | "check_output"
            | "getoutput"
            | "split"
            | "create_subprocess_shell" => {
                let receiver = match &*call.func {
                    Expr::Attribute(attribute) if name == "split" => Some(&*attribute.value),
                    _ => None,
                };
                if let Some(command) = args.args.first().or(receiver) {
                    if self.installs(command) {
                        self.clues.installs.insert(self.line(call));
                    }
                    self.command(command);
                }
            }
            _ => {}
        }
    }

    fn is_bootstrap(&self, function: &Expr) -> bool {
        match function {
            Expr::Attribute(attribute) => last_name(&attribute.value) == Some("bootstrap"),
            _ => false,
        }
    }

    /// A call that runs the file at `path`.
    fn load(&mut self, call: &'a ExprCall, path: Option<&'a Expr>) {
        let Some(path) = path else { return };
        let places = self.values.of(path);
        if places.is_empty() && !self.is_thing(path) {
            self.clues.dark.insert(self.line(call));
        }
        self.clues.places.extend(places);
    }

    /// A call that imports a module by a name that is put together. One by a plain name is an import like
    /// any other.
    fn import(&mut self, call: &'a ExprCall) {
        let Some(name) = call.arguments.find_argument_value("name", 0) else { return };
        let plain =
            matches!(name, Expr::StringLiteral(text) if !text.value.to_str().starts_with('.'));
        if plain {
            return;
        }
        let names = self.values.of(name);
        if names.is_empty() {
            self.clues.dark.insert(self.line(call));
        }
        let package = call.arguments.find_argument_value("package", 1);
        let package = package.map(|package| self.values.of(package)).unwrap_or_default();
        for name in names.iter().filter(|name| name.up.is_none()) {
            let path = |text: &str| text.trim_matches('.').replace('.', "/");
            let inner = CodePath::text(&path(&name.text));
            match (name.text.starts_with('.'), &package[..]) {
                (true, []) => self.add_module(&CodePath::file().parent().join(&inner)),
                (true, packages) => {
                    for package in packages {
                        self.add_module(&CodePath::text(&path(&package.text)).join(&inner));
                    }
                }
                // A name of which nothing is known may be any module.
                (false, _) if inner.text.starts_with('*') => {
                    let line = self.line(call);
                    self.clues.dark.insert(line);
                }
                (false, _) => self.add_module(&inner),
            }
        }
    }

    fn add_module(&mut self, module: &CodePath) {
        let file = CodePath { up: module.up, text: format!("{}.py", module.text) };
        self.clues.places.insert(file);
        self.clues.places.insert(module.join(&CodePath::text("__init__.py")));
    }

    /// Functions and modules are pages too, and nothing that is loaded by a path.
    fn is_thing(&self, expression: &Expr) -> bool {
        match expression {
            Expr::Lambda(_) => true,
            Expr::Name(name) => self.values.things.contains(name.id.as_str()),
            Expr::Attribute(attribute) => self.is_thing(&attribute.value),
            Expr::Call(call) => last_name(&call.func) == Some("partial"),
            _ => false,
        }
    }

    /// Whether a command is one of pip's that installs.
    fn installs(&self, command: &'a Expr) -> bool {
        let words: Vec<String> = match command {
            Expr::List(list) => {
                list.elts.iter().flat_map(|it| self.values.of(it)).map(|it| it.text).collect()
            }
            _ => self
                .values
                .of(command)
                .iter()
                .flat_map(|it| it.text.split(' ').map(str::to_owned).collect::<Vec<_>>())
                .collect(),
        };
        let pip = words.iter().position(|word| matches!(word.as_str(), "pip" | "pip3"));
        pip.is_some_and(|at| words.get(at + 1).is_some_and(|word| word == "install"))
    }

    /// A command in one text: `streamlit run app.py`.
    fn command(&mut self, command: &'a Expr) {
        let inner: Vec<&Expr> = match command {
            Expr::FString(text) => interpolated(text),
            _ => Vec::new(),
        };
        for text in self.values.of(command) {
            let mut words = text.text.split([' ', '"', '\'']).filter(|word| !word.is_empty());
            if !words.any(is_streamlit) || words.next() != Some("run") {
                continue;
            }
            self.clues.starts_streamlit = true;
            let named = words.find(|word| word.ends_with(".py") && !word.contains('*'));
            self.clues.starts.extend(named.map(CodePath::text));
            let inner = inner.iter().flat_map(|expression| self.values.of(expression));
            let scripts: Vec<CodePath> = inner.filter(CodePath::is_script).collect();
            self.clues.starts.extend(scripts);
        }
    }

    /// A command in parts: `["streamlit", "run", "app.py"]`.
    fn parts(&mut self, parts: &'a [Expr]) {
        let text = |part: &Expr| match part {
            Expr::StringLiteral(text) => Some(text.value.to_str().to_owned()),
            _ => None,
        };
        // `[sys.executable, "-m", "jobs.run"]` runs a module, which may be the project's.
        let module = parts.iter().position(|part| text(part).as_deref() == Some("-m"));
        if let Some(module) = module.and_then(|at| text(parts.get(at + 1)?)) {
            self.add_module(&CodePath::text(&module.replace('.', "/")));
        }
        let Some(run) = parts.iter().position(|part| text(part).as_deref() == Some("run")) else {
            return;
        };
        let streamlit = parts[..run].iter().filter_map(text).any(|part| is_streamlit(&part));
        if !(streamlit || self.clues.starts_streamlit && run <= 1) {
            return;
        }
        self.clues.starts_streamlit = true;
        let mut places = parts[run + 1..].iter().map(|part| self.values.of(part));
        let script = places.find_map(|places| places.into_iter().find(CodePath::is_script));
        self.clues.starts.extend(script);
    }

    fn import_of(&mut self, module: &str) {
        let command_line = [
            "streamlit.web.cli",
            "streamlit.web.bootstrap",
            "streamlit.cli",
            "streamlit.bootstrap",
        ];
        if command_line.contains(&module) {
            self.clues.starts_streamlit = true;
        }
    }
}

impl<'a> Visitor<'a> for Reader<'a> {
    fn visit_stmt(&mut self, statement: &'a Stmt) {
        match statement {
            Stmt::Import(import) => {
                for name in &import.names {
                    self.import_of(name.name.as_str());
                    if name.name.as_str() == "streamlit" {
                        self.streamlit.insert(name.asname.as_ref().unwrap_or(&name.name).as_str());
                    }
                }
            }
            Stmt::ImportFrom(import) if import.level == 0 => {
                let module = import.module.as_ref().map_or("", |module| module.as_str());
                self.import_of(module);
                for name in &import.names {
                    self.import_of(&format!("{module}.{}", name.name));
                    if module == "streamlit" {
                        self.clues.streamlit.insert(name.name.to_string());
                    }
                }
            }
            // Documentation.
            Stmt::Expr(expression) if matches!(*expression.value, Expr::StringLiteral(_)) => return,
            _ => {}
        }
        walk_stmt(self, statement);
    }

    fn visit_expr(&mut self, expression: &'a Expr) {
        match expression {
            Expr::StringLiteral(text) if text.value.len() <= LONGEST => {
                self.clues.texts.insert(text.value.to_str().to_owned());
            }
            Expr::FString(text) => {
                for part in &text.value {
                    let FStringPart::FString(formatted) = part else { continue };
                    for literal in
                        formatted.elements.literals().filter(|it| it.value.len() <= LONGEST)
                    {
                        self.clues.texts.insert(literal.value.to_string());
                    }
                }
                self.add_scripts(expression);
            }
            Expr::BinOp(_) => self.add_scripts(expression),
            Expr::List(list) => self.parts(&list.elts),
            Expr::Tuple(tuple) => self.parts(&tuple.elts),
            Expr::Attribute(attribute) => {
                if let Expr::Name(name) = &*attribute.value
                    && self.streamlit.contains(name.id.as_str())
                {
                    self.clues.streamlit.insert(attribute.attr.to_string());
                }
            }
            Expr::Call(call) => {
                self.call(call);
                let paths = ["join", "joinpath", "glob", "iglob", "rglob", "with_name", "format"];
                if last_name(&call.func).is_some_and(|name| paths.contains(&name)) {
                    self.add_scripts(expression);
                }
            }
            _ => {}
        }
        walk_expr(self, expression);
    }
}

/// What of Streamlit a file may use that only starts it.
const NO_PICTURE: [&str; 8] =
    ["web", "cli", "bootstrap", "config", "runtime", "logger", "__version__", "__file__"];

/// `streamlit`, also by a path to it.
fn is_streamlit(word: &str) -> bool {
    let name = word.rsplit(['/', '\\']).next().unwrap_or(word);
    name == "streamlit" || name == "streamlit.exe"
}

fn interpolated(text: &ruff_python_ast::ExprFString) -> Vec<&Expr> {
    let elements = text.value.elements();
    elements
        .filter_map(|element| match element {
            InterpolatedStringElement::Interpolation(inner) => Some(&*inner.expression),
            InterpolatedStringElement::Literal(_) => None,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use crate::code::imports::Code;

    use super::*;

    fn clues(text: &str) -> Clues {
        Code::parse(text).unwrap().clues
    }

    fn texts(places: impl IntoIterator<Item = CodePath>) -> Vec<String> {
        places.into_iter().map(|place| place.text).collect()
    }

    #[test]
    fn files_that_are_loaded_are_seen() {
        for (code, place) in [
            (
                "st.navigation([st.Page(p) for p in (HERE / 'views').glob('*.py')])\nHERE = Path(__file__).parent",
                "views/*.py",
            ),
            (
                "for name in os.listdir('views'):\n    runpy.run_path(os.path.join('views', name))",
                "views/*",
            ),
            ("exec(open(f'views/{choice}.py').read())", "views/*.py"),
            ("exec(compile(Path('views/a.py').read_text(), 'a', 'exec'))", "views/a.py"),
            ("importlib.import_module(f'views.{name}')", "views/*.py"),
            ("importlib.import_module('views.' + name).show()", "views/*/__init__.py"),
            ("importlib.import_module('.' + name, package='views')", "views/*.py"),
            ("spec_from_file_location(name, Path('plug ins') / f'{name}.py')", "plug ins/*.py"),
            ("subprocess.run([sys.executable, '-m', 'jobs.once'])", "jobs/once.py"),
            ("st.Page(HERE / 'a.py')\nHERE = Path(__file__).parent", "a.py"),
        ] {
            let found = clues(code);
            assert!(texts(found.places.clone()).contains(&place.to_owned()), "{code}: {found:?}");
            assert!(found.dark.is_empty(), "{code}: {found:?}");
        }
    }

    #[test]
    fn what_can_not_be_seen_is_said() {
        let found =
            clues("import streamlit as st\n\nst.Page(load())\nimportlib.import_module(name)\n");
        assert_eq!(found.dark.into_iter().collect::<Vec<_>>(), [3, 4]);
        let known = "from views import a\ndef page(): ...\nst.Page(a.show), st.Page(page), st.Page(lambda: 1)\n\
                     importlib.import_module('yaml')";
        assert!(clues(known).dark.is_empty());
    }

    #[test]
    fn what_an_installed_app_can_not_do_is_seen() {
        let asks = "import streamlit as st\nst.text_input('x')\nform.input()\nname = input('? ')\n";
        assert_eq!(clues(asks).asks.into_iter().collect::<Vec<_>>(), [4]);
        assert!(clues("def input(x): ...\ninput(1)").asks.is_empty());
        for code in [
            "import os\nos.system('pip install humanize')",
            "import subprocess, sys\nsubprocess.check_call([sys.executable, '-m', 'pip', 'install', name])",
            "import os\nos.system(f'pip3 install {name}')",
        ] {
            assert_eq!(clues(code).installs.len(), 1, "{code}");
        }
        assert!(
            clues("import os\nos.system('echo pip')\nrun(['pip', 'list'])").installs.is_empty()
        );
    }

    #[test]
    fn what_starts_streamlit_is_a_launcher() {
        let cli = "import sys\nfrom pathlib import Path\nimport streamlit.web.cli as stcli\n";
        for (code, script) in [
            (format!("{cli}sys.argv = ['streamlit', 'run', 'dashboard.py', '--server.port', '1']\nstcli.main()"), "dashboard.py"),
            (format!("{cli}s = Path(getattr(sys, '_MEIPASS', Path(__file__).parent)) / 'd.py'\nsys.argv = ['streamlit', 'run', str(s)]"), "d.py"),
            (format!("{cli}sys.argv[1:] = ['run', 'd.py']\nstcli.main()"), "d.py"),
            (format!("{cli}stcli.main(['run', 'd.py'])"), "d.py"),
            (format!("{cli}stcli.main_run([resolve('d.py')])"), "d.py"),
            ("from streamlit.web import bootstrap\nbootstrap.run('d.py', False, [], {})".into(), "d.py"),
            ("import subprocess, sys\nsubprocess.run([sys.executable, '-m', 'streamlit', 'run', 'd.py'])".into(), "d.py"),
            ("import os\nos.system('streamlit run d.py --server.port 1')".into(), "d.py"),
            ("import os\ns = os.path.join(os.path.dirname(__file__), 'd.py')\nos.system(f'streamlit run \"{s}\"')".into(), "d.py"),
            ("cmd = 'python -m streamlit run ui/d.py'\nsubprocess.Popen(cmd.split())".into(), "ui/d.py"),
            ("import shlex, subprocess\nsubprocess.call(shlex.split('streamlit run d.py'))".into(), "d.py"),
        ] {
            let found = clues(&code);
            assert!(found.starts_streamlit && !found.shows(), "{code}: {found:?}");
            assert!(texts(found.starts.clone()).contains(&script.to_owned()), "{code}: {found:?}");
        }
        let app = "import streamlit as st\nfrom streamlit.web import cli\nst.title('x')\n\
                   if __name__ == '__main__':\n    cli.main(['run', __file__])";
        assert!(clues(app).shows());
        let words = clues(
            "import streamlit as st\n'''streamlit run other.py'''\nprint('streamlit run other.py')",
        );
        assert!(!words.starts_streamlit, "{words:?}");
    }
}
