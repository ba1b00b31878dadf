//! Whether an app shows nothing but text and the usual controls.
//!
//! Streamlit imports pandas, numpy, pyarrow, pillow and its chart libraries when a table, a chart or
//! a picture is shown, or a value that might be one. Here an app is taken to show none only when
//! every command of Streamlit that it names is known to do without, in every way in which it is
//! called; anything that can't be seen in the text makes it a full app.

use std::collections::BTreeSet;

use ruff_python_ast::visitor::{
    Visitor, walk_comprehension, walk_except_handler, walk_expr, walk_pattern, walk_stmt,
};
use ruff_python_ast::{
    Arguments, Comprehension, ExceptHandler, Expr, ExprAttribute, ExprCall, Pattern, Stmt,
};
use ruff_python_parser::parse_module;

/// What of Streamlit does without these packages (1.67, each tried without them, with values of
/// many kinds).
const SAFE: &[&str] = &[
    "audio_input",
    "badge",
    "balloons",
    "button",
    "cache_data",
    "cache_resource",
    "camera_input",
    "caption",
    "chat_input",
    "chat_message",
    "checkbox",
    "code",
    "color_picker",
    "columns",
    "container",
    "date_input",
    "datetime_input",
    "dialog",
    "divider",
    "download_button",
    "empty",
    "error",
    "errors",
    "exception",
    "expander",
    "feedback",
    "file_uploader",
    "form",
    "form_submit_button",
    "fragment",
    "get_option",
    "header",
    "html",
    "info",
    "json",
    "latex",
    "link_button",
    "markdown",
    "metric",
    "multiselect",
    "navigation",
    "number_input",
    "Page",
    "page_link",
    "pills",
    "popover",
    "progress",
    "query_params",
    "radio",
    "rerun",
    "secrets",
    "segmented_control",
    "select_slider",
    "selectbox",
    "session_state",
    "set_page_config",
    "sidebar",
    "slider",
    "snow",
    "space",
    "spinner",
    "status",
    "stop",
    "subheader",
    "success",
    "switch_page",
    "tabs",
    "text",
    "text_area",
    "text_input",
    "time_input",
    "title",
    "toast",
    "toggle",
    "warning",
    "write",
];

/// What needs them, or may. These names count wherever they stand after a dot, since a column or a
/// container may go by any name.
const UNSAFE: &[&str] = &[
    "add_rows",
    "altair_chart",
    "area_chart",
    "arrow_table",
    "audio",
    "bar_chart",
    "bokeh_chart",
    "connection",
    "data_editor",
    "dataframe",
    "echarts_chart",
    "graphviz_chart",
    "iframe",
    "image",
    "line_chart",
    "logo",
    "map",
    "pdf",
    "plotly_chart",
    "pydeck_chart",
    "pyplot",
    "scatter_chart",
    "table",
    "vega_lite_chart",
    "video",
    "write_stream",
];

/// What takes a list of options. A generator goes through numpy.
const CHOICES: &[&str] =
    &["multiselect", "pills", "radio", "segmented_control", "select_slider", "selectbox"];

/// Those of them that go through a value in the same way: the chosen ones at first, and those that
/// the app keeps under the widget's key.
const MULTIPLE: &[&str] = &["multiselect", "pills", "segmented_control"];

/// Arguments of several commands for a time; pandas reads one that is a text, such as "1h"
/// (`time_util.py`).
const TIMES: &[&str] = &["live", "run_every", "ttl"];

/// Functions whose work can't be seen in the text.
const HIDDEN: &[&str] = &[
    "__import__",
    "compile",
    "delattr",
    "eval",
    "exec",
    "getattr",
    "globals",
    "locals",
    "setattr",
    "vars",
];

/// Modules of the standard library that may import others by name, or run other Python.
const HIDDEN_MODULES: &[&str] = &[
    "code",
    "codeop",
    "ctypes",
    "dbm",
    "imp",
    "importlib",
    "marshal",
    "multiprocessing",
    "pickle",
    "pkgutil",
    "runpy",
    "shelve",
    "sqlite3",
    "subprocess",
    "zipimport",
];

/// Whether the file with this text shows no table, chart or picture, for sure.
pub(super) fn is_plain(text: &str) -> bool {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let Ok(module) = parse_module(text) else { return false };
    let mut reader = Reader { plain: true, ..Reader::default() };
    // Names are known before they are used: a function may stand above what it uses.
    reader.gathering = true;
    reader.visit_body(&module.syntax().body);
    reader.gathering = false;
    reader.visit_body(&module.syntax().body);
    reader.plain
}

#[derive(Default)]
struct Reader {
    plain: bool,
    gathering: bool,
    /// The names under which the file has Streamlit.
    streamlit: BTreeSet<String>,
    /// Names that only ever stand for a list and its like.
    lists: BTreeSet<String>,
    /// The names of its functions.
    functions: BTreeSet<String>,
    /// Names that stand for something else, somewhere.
    others: BTreeSet<String>,
}

impl Reader {
    fn refuse_unless(&mut self, fine: bool) {
        self.plain &= fine;
    }

    fn gather(&mut self, statement: &Stmt) {
        match statement {
            Stmt::Import(import) => {
                for name in &import.names {
                    let bound = name.asname.as_ref().unwrap_or(&name.name).to_string();
                    match name.name.as_str() {
                        "streamlit" => self.streamlit.insert(bound),
                        _ => self.others.insert(bound),
                    };
                }
            }
            Stmt::ImportFrom(import) => {
                let bound = import.names.iter().map(|it| it.asname.as_ref().unwrap_or(&it.name));
                self.others.extend(bound.map(ToString::to_string));
            }
            Stmt::Assign(assign) => {
                for target in &assign.targets {
                    self.bind(target, is_list(&assign.value));
                }
            }
            Stmt::AnnAssign(assign) => {
                let list = assign.value.as_deref().is_some_and(is_list);
                self.bind(&assign.target, list);
            }
            Stmt::AugAssign(assign) => self.bind(&assign.target, is_list(&assign.value)),
            Stmt::For(each) => self.bind(&each.target, false),
            Stmt::With(with) => {
                for item in &with.items {
                    if let Some(target) = &item.optional_vars {
                        self.bind(target, false);
                    }
                }
            }
            Stmt::FunctionDef(function) => {
                self.functions.insert(function.name.to_string());
                self.others.insert(function.name.to_string());
                self.others.extend(function.parameters.iter().map(|it| it.name().to_string()));
            }
            _ => {}
        }
    }

    fn bind(&mut self, target: &Expr, list: bool) {
        match target {
            Expr::Name(name) if list => drop(self.lists.insert(name.id.to_string())),
            Expr::Name(name) => drop(self.others.insert(name.id.to_string())),
            Expr::Tuple(tuple) => tuple.elts.iter().for_each(|it| self.bind(it, false)),
            Expr::List(list) => list.elts.iter().for_each(|it| self.bind(it, false)),
            Expr::Starred(starred) => self.bind(&starred.value, false),
            _ => {}
        }
    }

    fn judge(&mut self, statement: &Stmt) {
        match statement {
            Stmt::Import(import) => {
                for name in &import.names {
                    let module = name.name.as_str();
                    self.refuse_unless(!is_hidden(module) && !module.starts_with("streamlit."));
                }
            }
            Stmt::ImportFrom(import) => {
                let module = import.module.as_ref().map_or("", |it| it.as_str());
                let streamlit = module == "streamlit" && import.level == 0;
                self.refuse_unless(!is_hidden(module) && !module.starts_with("streamlit."));
                for name in &import.names {
                    let (known, bound) = (name.name.as_str(), &name.asname);
                    let fine = SAFE.contains(&known) && !is_looked_at(known) && bound.is_none();
                    self.refuse_unless(!streamlit || fine);
                }
            }
            // Streamlit writes what stands alone on a line, whatever it is ("magic").
            Stmt::Expr(alone) => self.refuse_unless(matches!(
                *alone.value,
                Expr::Call(_)
                    | Expr::StringLiteral(_)
                    | Expr::FString(_)
                    | Expr::Await(_)
                    | Expr::Yield(_)
                    | Expr::YieldFrom(_)
                    | Expr::EllipsisLiteral(_)
            )),
            _ => {}
        }
    }

    fn call(&mut self, call: &ExprCall) {
        let name = match &*call.func {
            Expr::Attribute(attribute) => attribute.attr.as_str(),
            Expr::Name(name) => name.id.as_str(),
            _ => return,
        };
        let arguments = &call.arguments;
        let fine = match name {
            "write" => are_texts(arguments),
            "set_page_config" => is_absent_or(arguments, "page_icon", is_sign),
            "chat_message" => {
                is_absent_or(arguments, "avatar", is_sign) && arguments.args.len() <= 1
            }
            "metric" => {
                is_absent_or(arguments, "chart_data", |_| false) && arguments.args.len() <= 3
            }
            // A page in a file that only shows at run time would be one that nobody looked at.
            "Page" => arguments.args.first().is_some_and(|page| match page {
                Expr::StringLiteral(_) | Expr::Lambda(_) => true,
                Expr::Name(name) => self.functions.contains(name.id.as_str()),
                _ => false,
            }),
            _ if CHOICES.contains(&name) => {
                let options = keyword(arguments, "options").or_else(|| arguments.args.get(1));
                options.is_none_or(|options| self.is_list(options))
                    && (!MULTIPLE.contains(&name) || self.are_known(arguments))
            }
            _ => true,
        };
        // `**options` hides what is given.
        let seen = arguments.keywords.iter().all(|keyword| keyword.arg.is_some());
        let starred = arguments.args.iter().any(Expr::is_starred_expr);
        let command = SAFE.contains(&name) && name != "get_option";
        let timely = TIMES.iter().all(|time| is_absent_or(arguments, time, is_time));
        self.refuse_unless(fine && timely && (!command || (seen && !starred)));
    }

    /// Whether all values that a widget of several choices may have are lists.
    fn are_known(&self, arguments: &Arguments) -> bool {
        let chosen = keyword(arguments, "default").or_else(|| arguments.args.get(2));
        let kept = keyword(arguments, "key").is_some();
        !kept && chosen.is_none_or(|it| it.is_literal_expr() || self.is_list(it))
    }

    fn is_list(&self, expression: &Expr) -> bool {
        let name = |name: &str| self.lists.contains(name) && !self.others.contains(name);
        is_list(expression) || matches!(expression, Expr::Name(it) if name(it.id.as_str()))
    }
}

impl<'a> Visitor<'a> for Reader {
    fn visit_stmt(&mut self, statement: &'a Stmt) {
        if self.gathering {
            self.gather(statement);
        } else {
            self.judge(statement);
        }
        walk_stmt(self, statement);
    }

    fn visit_expr(&mut self, expression: &'a Expr) {
        if self.gathering {
            match expression {
                Expr::Named(named) => self.bind(&named.target, is_list(&named.value)),
                Expr::Lambda(lambda) => {
                    let parameters = lambda.parameters.iter().flat_map(|it| it.iter());
                    self.others.extend(parameters.map(|it| it.name().to_string()));
                }
                _ => {}
            }
            return walk_expr(self, expression);
        }
        match expression {
            Expr::Attribute(attribute) => {
                self.refuse_unless(!is_looked_at(attribute.attr.as_str()));
                self.attribute(attribute);
                self.inside(&attribute.value);
            }
            Expr::Call(call) => {
                self.call(call);
                match &*call.func {
                    Expr::Attribute(attribute) => {
                        self.attribute(attribute);
                        self.inside(&attribute.value);
                    }
                    function => self.visit_expr(function),
                }
                self.visit_arguments(&call.arguments);
            }
            // Streamlit in other hands: under a second name, given to a function, in a list.
            Expr::Name(name) => {
                let name = name.id.as_str();
                self.refuse_unless(!HIDDEN.contains(&name) && !self.streamlit.contains(name));
            }
            _ => walk_expr(self, expression),
        }
    }

    fn visit_comprehension(&mut self, comprehension: &'a Comprehension) {
        if self.gathering {
            self.bind(&comprehension.target, false);
        }
        walk_comprehension(self, comprehension);
    }

    fn visit_except_handler(&mut self, handler: &'a ExceptHandler) {
        let ExceptHandler::ExceptHandler(named) = handler;
        self.others.extend(named.name.iter().map(ToString::to_string));
        walk_except_handler(self, handler);
    }

    fn visit_pattern(&mut self, pattern: &'a Pattern) {
        match pattern {
            Pattern::MatchAs(it) => self.others.extend(it.name.iter().map(ToString::to_string)),
            Pattern::MatchStar(it) => self.others.extend(it.name.iter().map(ToString::to_string)),
            _ => {}
        }
        walk_pattern(self, pattern);
    }
}

impl Reader {
    fn attribute(&mut self, attribute: &ExprAttribute) {
        let name = attribute.attr.as_str();
        let known = !self.is_streamlit(&attribute.value) || SAFE.contains(&name);
        self.refuse_unless(known && !UNSAFE.contains(&name));
    }

    /// Looks at what stands before a dot, where Streamlit's own name is in its place.
    fn inside(&mut self, value: &Expr) {
        if !self.is_streamlit(value) {
            self.visit_expr(value);
        }
    }

    fn is_streamlit(&self, expression: &Expr) -> bool {
        matches!(expression, Expr::Name(name) if self.streamlit.contains(name.id.as_str()))
    }
}

fn is_hidden(module: &str) -> bool {
    HIDDEN_MODULES.contains(&crate::code::imports::top_level(module))
}

/// Whether the arguments of this command decide; then it must be called on the spot.
fn is_looked_at(name: &str) -> bool {
    CHOICES.contains(&name)
        || ["Page", "chat_message", "metric", "set_page_config", "write"].contains(&name)
}

/// A list and its like, written down or made on the spot: no generator, and nothing that a function
/// of unknown kind gives.
fn is_list(expression: &Expr) -> bool {
    match expression {
        Expr::List(_)
        | Expr::Tuple(_)
        | Expr::Set(_)
        | Expr::Dict(_)
        | Expr::ListComp(_)
        | Expr::SetComp(_)
        | Expr::DictComp(_)
        | Expr::StringLiteral(_) => true,
        Expr::Call(call) => matches!(&*call.func, Expr::Name(name)
            if ["dict", "list", "range", "set", "sorted", "tuple"].contains(&name.id.as_str())),
        Expr::BinOp(both) => is_list(&both.left) && is_list(&both.right),
        _ => false,
    }
}

/// `st.write` shows texts as they are, and looks closer at anything else.
fn are_texts(arguments: &Arguments) -> bool {
    let is_text = |value: &Expr| matches!(value, Expr::StringLiteral(_) | Expr::FString(_));
    arguments.args.iter().all(is_text)
}

/// A number, nothing, or a `timedelta`.
fn is_time(value: &Expr) -> bool {
    match value {
        Expr::NumberLiteral(_) | Expr::BooleanLiteral(_) | Expr::NoneLiteral(_) => true,
        Expr::BinOp(both) => is_time(&both.left) && is_time(&both.right),
        Expr::Call(call) => match &*call.func {
            Expr::Name(name) => name.id == "timedelta",
            Expr::Attribute(attribute) => attribute.attr.as_str() == "timedelta",
            _ => false,
        },
        _ => false,
    }
}

/// An emoji or the name of a drawn icon; anything else may be a picture.
fn is_sign(value: &Expr) -> bool {
    matches!(value, Expr::StringLiteral(text) if {
        let text = text.value.to_str();
        text.starts_with(':') || !text.is_ascii() && !text.contains(['.', '/'])
    })
}

fn is_absent_or(arguments: &Arguments, name: &str, fine: impl Fn(&Expr) -> bool) -> bool {
    keyword(arguments, name).is_none_or(fine)
}

fn keyword<'a>(arguments: &'a Arguments, name: &str) -> Option<&'a Expr> {
    arguments.find_keyword(name).map(|keyword| &keyword.value)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plain(text: &str) -> bool {
        is_plain(&format!("import streamlit as st\n{text}\n"))
    }

    #[test]
    fn texts_and_controls_need_no_data_packages() {
        for text in [
            "'''doc'''\nst.title('x')\nst.write('a', f'{1}')",
            "n = st.slider('x', 0, 10)\nst.write(f'{n}')\nif st.button('x'): st.rerun()",
            "st.session_state.n = st.session_state.get('n', 0) + 1",
            "NAMES = ['a', 'b']\nst.selectbox('x', NAMES)\nst.radio('x', options=sorted({'a'}))",
            "with st.sidebar:\n  a, b = st.columns(2)\n  a.metric('x', 1, 2)\n  b.caption('x')",
            "st.set_page_config(page_title='x', page_icon=':material/add:')",
            "st.set_page_config(page_icon='🎈')\nst.chat_message('user', avatar='🎈').markdown('x')",
            "@st.cache_data(ttl=3)\ndef f(x): return [x]\nst.json(f(1))",
            "from streamlit import title\ntitle('x')",
            "@st.cache_data(ttl=60 * 60)\ndef f(): pass",
            "@st.fragment(run_every=datetime.timedelta(seconds=2))\ndef f(): pass",
            "st.pills('x', ['a'], default='a')\nst.multiselect('x', ['a'], ['a'])",
            "st.button('x', on_click=st.balloons)",
            "def home(): st.title('x')\nst.navigation([st.Page(home), st.Page('a.py')]).run()",
            "f = open('x', 'w')\nf.write('text')",
            "import json, datetime\nst.text(json.dumps({}))",
        ] {
            assert!(plain(text), "{text}");
        }
    }

    #[test]
    fn whatever_may_be_a_table_a_chart_or_a_picture_needs_them() {
        for text in [
            "st.dataframe(x)",
            "a, b = st.columns(2)\na.line_chart([1])",
            "st.write(x)",
            "st.write('a', 1)",
            "x",
            "[1, 2]",
            "'a' + b",
            "getattr(st, name)('x')",
            "exec(text)",
            "show(st)",
            "s = st",
            "show = st.write",
            "pages = [st]",
            "st.button('x', on_click=st.write, args=(1,))",
            "st.Page(path)",
            "st.Page(f'{x}.py')",
            "from streamlit import write",
            "from streamlit import title as t",
            "names = ['a']\n[st.selectbox('x', names) for names in load()]",
            "import importlib",
            "import pickle",
            "import sqlite3",
            "import streamlit.components.v1",
            "from streamlit import *",
            "from streamlit import image",
            "from streamlit.elements import x",
            "st.image('x.png')",
            "st.new_command()",
            "st.context.headers",
            "st.set_page_config(page_icon='icon.png')",
            "st.set_page_config(**options)",
            "st.chat_message('x', avatar=picture)",
            "st.metric('x', 1, chart_data=[1, 2])",
            "st.metric(*values)",
            "st.selectbox('x', (x for x in y))",
            "st.selectbox('x', path.glob('*'))",
            "def f(names): st.selectbox('x', names)",
            "names = ['a']\nnames = load()\nst.selectbox('x', names)",
            "for names in load(): st.selectbox('x', names)",
            "@st.cache_data(ttl='1h')\ndef f(): pass",
            "@st.fragment(run_every=every)\ndef f(): pass",
            "functools.partial(st.cache_data, ttl='1h')(f)",
            "st.text_input('x', live=pause)",
            "st.multiselect('x', ['a'], default=(x for x in y))",
            "st.multiselect('x', ['a'], chosen)",
            "st.pills('x', ['a'], key='kept')",
            "(",
        ] {
            assert!(!plain(text), "{text}");
        }
    }
}
