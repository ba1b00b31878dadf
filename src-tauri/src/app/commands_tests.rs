//! Writes the commands down for the screens, and compares the lists that name them.

use std::collections::BTreeSet;

use syn::{FnArg, GenericArgument, Item, ItemFn, Pat, PathArguments, ReturnType, Type};

use crate::{
    app::{output::LOG_EVENT, present::STATE_EVENT},
    windows::registry::INSPECTOR,
};

/// What Tauri hands to a command by itself.
const GIVEN: [&str; 3] = ["AppHandle", "State", "WebviewWindow"];

fn commands() -> Vec<ItemFn> {
    let file = syn::parse_file(include_str!("commands.rs")).unwrap();
    let functions = file.items.into_iter().filter_map(|item| match item {
        Item::Fn(function) => Some(function),
        _ => None,
    });
    let is_command = |it: &ItemFn| {
        it.attrs.iter().any(|it| it.path().segments.last().is_some_and(|it| it.ident == "command"))
    };
    functions.filter(is_command).collect()
}

fn names() -> BTreeSet<String> {
    commands().iter().map(|it| it.sig.ident.to_string()).collect()
}

/// The name of a type, and the types that it is made with.
fn named(of: &Type) -> (String, Vec<&Type>) {
    match of {
        Type::Path(path) => {
            let last = path.path.segments.last().unwrap();
            let inner: Vec<&GenericArgument> = match &last.arguments {
                PathArguments::AngleBracketed(inner) => inner.args.iter().collect(),
                _ => Vec::new(),
            };
            let inner = inner.into_iter().filter_map(|it| match it {
                GenericArgument::Type(inner) => Some(inner),
                _ => None,
            });
            (last.ident.to_string(), inner.collect())
        }
        Type::Tuple(tuple) if tuple.elems.is_empty() => ("()".to_owned(), Vec::new()),
        _ => panic!("a command has a type that is not written here"),
    }
}

/// What JSON has for a type, in TypeScript. One that JSON has no word for comes from its own file.
fn in_typescript(of: &Type, files: &mut BTreeSet<String>) -> String {
    let (name, inner) = named(of);
    match (name.as_str(), &inner[..]) {
        ("Result", [good, _]) => in_typescript(good, files),
        ("Vec", [one]) => format!("{}[]", in_typescript(one, files)),
        // What a channel is apart from that, one file of the screens alone knows.
        ("Channel", [one]) => {
            format!("{{ onmessage: (message: {}) => void }}", in_typescript(one, files))
        }
        ("()", []) => "void".to_owned(),
        ("bool", []) => "boolean".to_owned(),
        ("String", []) => "string".to_owned(),
        ("u64" | "usize", []) => "number".to_owned(),
        (_, []) => {
            files.insert(name.clone());
            name
        }
        _ => panic!("`{name}` is not written here"),
    }
}

fn camel(name: &str) -> String {
    let mut words = name.split('_');
    let first = words.next().unwrap_or_default().to_owned();
    words.fold(first, |all, word| all + &word[..1].to_uppercase() + &word[1..])
}

fn line(of: &ItemFn, files: &mut BTreeSet<String>) -> String {
    let mut arguments = Vec::new();
    for argument in &of.sig.inputs {
        let FnArg::Typed(argument) = argument else { panic!("a command has no `self`") };
        let Pat::Ident(name) = &*argument.pat else { panic!("an argument has no name") };
        if !GIVEN.contains(&named(&argument.ty).0.as_str()) {
            let name = camel(&name.ident.to_string());
            arguments.push(format!("{name}: {}", in_typescript(&argument.ty, files)));
        }
    }
    let takes = match arguments.is_empty() {
        true => String::new(),
        false => format!("args: {{ {} }}", arguments.join(", ")),
    };
    let gives = match &of.sig.output {
        ReturnType::Default => "void".to_owned(),
        ReturnType::Type(_, gives) => in_typescript(gives, files),
    };
    format!("  {}: ({takes}) => {gives};\n", of.sig.ident)
}

#[test]
fn the_screens_have_the_same() {
    let mut files = BTreeSet::new();
    let lines: String = commands().iter().map(|it| line(it, &mut files)).collect();
    let imports: String =
        files.iter().map(|name| format!("import type {{ {name} }} from \"./{name}\";\n")).collect();
    let text = format!(
        "// Written by the tests of `waterskin-shell`, from its `commands.rs`.\n\
         {imports}\n\
         /** The host's commands: what each takes, and gives. */\n\
         export interface Commands {{\n{lines}}}\n\n\
         export const STATE_EVENT = \"{STATE_EVENT}\";\n\
         export const LOG_EVENT = \"{LOG_EVENT}\";\n"
    );
    let here = std::env::var("CARGO_MANIFEST_DIR").unwrap();
    let file = format!("{here}/../ui/src/gen/commands.ts");
    if fs_err::read_to_string(&file).ok().as_ref() != Some(&text) {
        fs_err::write(&file, text).unwrap();
    }
}

/// The commands that a capability allows, and the windows that it allows them to.
fn allowed(capability: &str) -> (BTreeSet<String>, Vec<String>) {
    let capability: serde_json::Value = serde_json::from_str(capability).unwrap();
    let texts = |name: &str| -> Vec<String> {
        let texts = capability[name].as_array().unwrap().iter();
        texts.filter_map(|it| it.as_str().map(str::to_owned)).collect()
    };
    assert!(capability["remote"].is_null());
    let permissions = texts("permissions");
    let commands = permissions.iter().filter_map(|it| it.strip_prefix("allow-"));
    (commands.map(|it| it.replace('-', "_")).collect(), texts("windows"))
}

/// A command that `build.rs` did not find would need no permission.
#[test]
fn every_command_needs_a_permission_and_the_screens_have_it() {
    let (screens, windows) = allowed(include_str!("../../capabilities/screens.json"));
    let (inspector, inspectors) = allowed(include_str!("../../capabilities/inspector.json"));
    assert_eq!(screens.union(&inspector).cloned().collect::<BTreeSet<_>>(), names());
    // The main window shows the app's page most of the time.
    let both: Vec<_> = screens.intersection(&inspector).collect();
    assert_eq!(both, ["session_state"]);
    assert_eq!(inspectors, [INSPECTOR]);
    assert!(!windows.contains(&INSPECTOR.to_owned()));
    let found = env!("WATERSKIN_COMMANDS").split(' ').map(str::to_owned);
    assert_eq!(found.collect::<BTreeSet<_>>(), names());
}

#[test]
fn types_are_written_as_json_has_them() {
    let mut files = BTreeSet::new();
    let written = [
        "fn a(app: AppHandle, it: State<'_, Context>, from_byte: u64) -> Result<Vec<Part>, Bad>",
        "async fn b() -> Result<(), Bad>",
        "fn c(once: bool, text: String)",
        "fn d(parts: Channel<Part>)",
    ]
    .map(|text| line(&syn::parse_str(&format!("{text} {{}}")).unwrap(), &mut files));
    assert_eq!(
        written.concat(),
        "  a: (args: { fromByte: number }) => Part[];\n  b: () => void;\n  \
         c: (args: { once: boolean, text: string }) => void;\n  \
         d: (args: { parts: { onmessage: (message: Part) => void } }) => void;\n"
    );
    assert_eq!(files.into_iter().collect::<Vec<_>>(), ["Part"]);
}
