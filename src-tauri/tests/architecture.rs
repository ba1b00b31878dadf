//! Holds the imports of all crates, and those of the host's layers, to the map in ARCHITECTURE.md:
//! an import that is not in its table fails here, and so does a line of it that is not needed.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a source that can't be read fails the test"
)]

use std::{
    collections::{BTreeMap, BTreeSet},
    path::{Path, PathBuf},
};

use proc_macro2::{Delimiter, TokenStream, TokenTree};

/// The names that a row of the table stands for, and what it may import.
type Table = BTreeMap<String, BTreeSet<String>>;

/// The folder of the package of the host.
fn package() -> PathBuf {
    std::env::var_os("CARGO_MANIFEST_DIR").unwrap().into()
}

fn root() -> PathBuf {
    package().parent().unwrap().to_owned()
}

/// The rows of the map whose place `belongs` has a name for.
fn allowed(document: &str, mut belongs: impl FnMut(&str) -> Option<String>) -> Table {
    let mut table = Table::new();
    for line in document.lines() {
        let cells: Vec<&str> = line.split('|').map(str::trim).collect();
        let ["", place, _, imports, ""] = cells[..] else { continue };
        let Some(name) = belongs(place.trim_matches('`')) else { continue };
        let words = imports.split(|c: char| !c.is_alphanumeric());
        table.insert(name, words.filter(|word| !word.is_empty()).map(str::to_owned).collect());
    }
    // The words between the names are none.
    let names: BTreeSet<String> = table.keys().cloned().collect();
    for imports in table.values_mut() {
        imports.retain(|import| names.contains(import));
    }
    table
}

/// The Rust files of a crate, or of a folder of it.
fn sources(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs_err::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let is_of_another = path.ends_with("crates") || path.ends_with("target");
        if path.is_dir() && !is_of_another {
            found.extend(sources(&path));
        } else if path.extension().is_some_and(|it| it == "rs") {
            found.push(path);
        }
    }
    found
}

fn tokens(file: &Path) -> Vec<TokenTree> {
    let text = fs_err::read_to_string(file).unwrap();
    let tokens: TokenStream = text.parse().unwrap_or_else(|error| panic!("{file:?}: {error}"));
    tokens.into_iter().collect()
}

/// Every path that begins with `crate` or `super`, from the crate's root on, as `module` has it.
/// Those in macros are among them, those in texts and comments are not.
fn paths(tokens: &[TokenTree], module: &[String], found: &mut Vec<Vec<String>>) {
    let mut at = 0;
    while at < tokens.len() {
        match &tokens[at] {
            TokenTree::Ident(word) if word == "crate" || word == "super" => {
                at = follow(tokens, at, &mut Vec::new(), module, found);
                continue;
            }
            TokenTree::Ident(word) if word == "mod" => {
                if let [_, TokenTree::Ident(name), TokenTree::Group(body), ..] = &tokens[at..] {
                    let inside = [module, &[name.to_string()]].concat();
                    let body: Vec<TokenTree> = body.stream().into_iter().collect();
                    paths(&body, &inside, found);
                    at += 3;
                    continue;
                }
            }
            TokenTree::Group(group) => {
                let group: Vec<TokenTree> = group.stream().into_iter().collect();
                paths(&group, module, found);
            }
            _ => {}
        }
        at += 1;
    }
}

/// Reads one path, with all that a brace in it holds; gives where it ends.
fn follow(
    tokens: &[TokenTree],
    mut at: usize,
    path: &mut Vec<String>,
    module: &[String],
    found: &mut Vec<Vec<String>>,
) -> usize {
    loop {
        match tokens.get(at) {
            Some(TokenTree::Ident(word)) => path.push(word.to_string()),
            Some(TokenTree::Group(group)) if group.delimiter() == Delimiter::Brace => {
                let inner: Vec<TokenTree> = group.stream().into_iter().collect();
                for item in inner.split(|token| is(token, ',')).filter(|item| !item.is_empty()) {
                    follow(item, 0, &mut path.clone(), module, found);
                }
                return at + 1;
            }
            Some(token) if is(token, '*') => path.push("*".to_owned()),
            _ => break,
        }
        at += 1;
        match &tokens[at.min(tokens.len())..] {
            [first, second, ..] if is(first, ':') && is(second, ':') => at += 2,
            _ => break,
        }
    }
    // `pub(super)` names nobody.
    if path.iter().any(|part| part != "super" && part != "crate") {
        found.push(absolute(path, module));
    }
    at
}

fn is(token: &TokenTree, sign: char) -> bool {
    matches!(token, TokenTree::Punct(punct) if punct.as_char() == sign)
}

fn absolute(path: &[String], module: &[String]) -> Vec<String> {
    let ups = path.iter().take_while(|part| *part == "super").count();
    let base = if ups == 0 { &[] } else { &module[..module.len().saturating_sub(ups)] };
    base.iter().chain(path.iter().skip(ups.max(1))).cloned().collect()
}

/// The module that a file of the host is.
fn module(source: &Path, file: &Path) -> Vec<String> {
    let path = file.strip_prefix(source).unwrap().with_extension("");
    let mut parts: Vec<String> =
        path.iter().map(|part| part.to_string_lossy().into_owned()).collect();
    if parts.last().is_some_and(|last| last == "mod" || last == "main") {
        parts.pop();
    }
    parts
}

/// What differs between what is imported and what may be.
fn differences(imported: &Table, allowed: &Table) -> Vec<String> {
    let mut differences = Vec::new();
    for (from, to) in imported {
        let Some(known) = allowed.get(from) else {
            differences.push(format!("`{from}` has no line"));
            continue;
        };
        differences.extend(to.difference(known).map(|to| format!("`{from}` imports `{to}`")));
    }
    for (from, to) in allowed {
        let needed = imported.get(from).cloned().unwrap_or_default();
        let surplus = to.difference(&needed);
        differences.extend(surplus.map(|to| format!("`{from}` does not import `{to}`")));
    }
    differences
}

#[test]
fn crates_import_what_the_map_says() {
    let root = root();
    let document = fs_err::read_to_string(root.join("ARCHITECTURE.md")).unwrap();
    let mut folders = BTreeMap::new();
    let table = allowed(&document, |place| {
        let folder = root.join(place);
        (!place.is_empty() && folder.join("Cargo.toml").is_file()).then(|| {
            let name = folder.file_name().unwrap().to_string_lossy().into_owned();
            folders.insert(name.clone(), folder);
            name
        })
    });
    assert!(table.len() > 9, "the map was not read: {table:?}");
    let mut imported = Table::new();
    for (name, folder) in &folders {
        let mut named = BTreeSet::new();
        for file in sources(folder) {
            words(&tokens(&file), &mut named);
        }
        let ours = named.iter().filter_map(|word| word.strip_prefix("waterskin_"));
        let ours = ours.filter(|it| it != name && folders.contains_key(*it));
        imported.insert(name.clone(), ours.map(str::to_owned).collect());
    }
    for folder in fs_err::read_dir(root.join("src-tauri/crates")).unwrap() {
        let name = folder.unwrap().file_name().to_string_lossy().into_owned();
        imported.entry(name).or_default();
    }
    let differences = differences(&imported, &table);
    assert!(differences.is_empty(), "unlike ARCHITECTURE.md: {differences:#?}");
}

/// Every name in some source, whatever it names.
fn words(tokens: &[TokenTree], found: &mut BTreeSet<String>) {
    for token in tokens {
        match token {
            TokenTree::Ident(word) => {
                found.insert(word.to_string());
            }
            TokenTree::Group(group) => {
                words(&group.stream().into_iter().collect::<Vec<_>>(), found);
            }
            _ => {}
        }
    }
}

/// The host's modules, and the paths that each names.
fn host() -> BTreeMap<Vec<String>, Vec<Vec<String>>> {
    let source = package().join("src");
    let of_file = |file: PathBuf| {
        let (module, mut found) = (module(&source, &file), Vec::new());
        paths(&tokens(&file), &module, &mut found);
        (module, found)
    };
    sources(&source).into_iter().map(of_file).collect()
}

#[test]
fn layers_of_the_host_import_what_the_map_says() {
    let document = fs_err::read_to_string(root().join("ARCHITECTURE.md")).unwrap();
    let table = allowed(&document, |place| Some(place.strip_prefix("src-tauri/src/")?.to_owned()));
    assert!(table.len() > 4, "the map was not read: {table:?}");
    let mut imported = Table::new();
    for (module, paths) in host() {
        // The crate's root is above all layers.
        let Some(layer) = module.first() else { continue };
        let imports = imported.entry(layer.clone()).or_default();
        imports.extend(paths.iter().filter_map(|path| path.first().cloned()));
        imports.remove(layer);
    }
    let differences = differences(&imported, &table);
    assert!(differences.is_empty(), "unlike ARCHITECTURE.md: {differences:#?}");
}

#[test]
fn no_file_of_the_host_needs_itself() {
    let host = host();
    let deepest = |path: &Vec<String>| {
        (1..=path.len()).rev().map(|to| path[..to].to_vec()).find(|it| host.contains_key(it))
    };
    let needs = |module: &Vec<String>| -> BTreeSet<Vec<String>> {
        let parts = host.keys().filter(|it| it.len() == module.len() + 1 && it.starts_with(module));
        let named = host[module].iter().filter_map(deepest);
        named.chain(parts.cloned()).filter(|it| it != module).collect()
    };
    let needed: BTreeMap<_, _> = host.keys().map(|module| (module, needs(module))).collect();
    for module in host.keys() {
        let (mut reached, mut next) = (BTreeSet::new(), vec![module]);
        while let Some(from) = next.pop() {
            next.extend(needed[from].iter().filter(|to| reached.insert(*to)));
        }
        assert!(!reached.contains(module), "{module:?} needs itself, by way of {reached:?}");
    }
}

#[test]
fn the_platform_knows_no_app() {
    let folder = package().join("src/platform");
    for file in sources(&folder) {
        let mut named = BTreeSet::new();
        words(&tokens(&file), &mut named);
        for word in ["AppHandle", "app_handle", "try_state"] {
            assert!(!named.contains(word), "{} names `{word}`", file.display());
        }
    }
}

/// What is compiled serves other clones too, so no part of it may know where the one was that it was
/// compiled in (`scripts/own_target.py` compiles such a part anew in each).
#[test]
fn nothing_that_is_compiled_knows_its_clone() {
    let known = concat!("env!(\"CARGO_MANIFEST", "_DIR\")");
    let knows = |path: &Path| fs_err::read_to_string(path).unwrap().contains(known);
    let root = root();
    let all = ["src-tauri", "src-tauri/crates", "tests"]
        .into_iter()
        .flat_map(|folder| sources(&root.join(folder)));
    let knowing: Vec<_> = all.filter(|path| knows(path)).collect();
    assert!(knowing.is_empty(), "{knowing:?}");
}
