//! Real interpreters compile real files.

use waterskin_bundle::tree_digest;
use waterskin_process::find;

use super::*;
use crate::Quiet;

fn place(name: &str) -> (tempfile::TempDir, Utf8PathBuf) {
    let folder = tempfile::Builder::new().prefix(name).tempdir().unwrap();
    let root = Utf8PathBuf::from_path_buf(folder.path().to_owned()).unwrap();
    (folder, root)
}

fn python() -> Utf8PathBuf {
    find("python3").unwrap().try_into().unwrap()
}

fn write(path: &Utf8Path, content: &str) {
    fs_err::create_dir_all(path.parent().unwrap()).unwrap();
    fs_err::write(path, content).unwrap();
}

/// Copies part of the standard library, which has every kind of constant in it.
fn library(root: &Utf8Path) -> Utf8PathBuf {
    let code = "import os; print(os.path.dirname(os.__file__))";
    let answer = Tool::new(python().as_std_path()).args(["-c", code]).run(&mut |_, _| {}).unwrap();
    let source = Utf8PathBuf::from(answer.stdout.trim());
    let tree = root.join("site-packages");
    for folder in ["asyncio", "email", "json", "http", "importlib", "unittest"] {
        for entry in source.join(folder).read_dir_utf8().unwrap().flatten() {
            if entry.path().extension() == Some("py") {
                let content = fs_err::read_to_string(entry.path()).unwrap();
                write(&tree.join(folder).join(entry.file_name()), &content);
            }
        }
    }
    tree
}

#[test]
fn the_bytecode_is_the_same_in_every_folder_and_is_never_checked() {
    let made = ["one ", "un autre dossier d'été "].map(|name| {
        let (folder, root) = place(name);
        let tree = library(&root);
        write(&tree.join("sets.py"), "if x in {'a', 'b', 'c', 'd', 1, 2.0, None}: pass\n");
        let report = byte_compile(&python(), std::slice::from_ref(&tree), None, &Quiet).unwrap();
        assert_eq!(report.failed, []);
        assert!(report.compiled > 80);
        (folder, tree)
    });
    let (one, other) = (&made[0].1, &made[1].1);
    assert_eq!(tree_digest(one).unwrap(), tree_digest(other).unwrap());
    let cache = one.join("json/__pycache__");
    let bytecode = cache.read_dir_utf8().unwrap().flatten().next().unwrap();
    let content = fs_err::read(bytecode.path()).unwrap();
    assert_eq!(content[4..8], [1, 0, 0, 0], "a hash that is not checked (PEP 552)");
    let text = String::from_utf8_lossy(&content);
    assert!(text.contains("site-packages/json/") && !text.contains(one.as_str()));
}

#[test]
fn a_traceback_names_the_real_file() {
    let (_folder, root) = place("mon dossier ");
    let app = root.join("app");
    write(&app.join("broken é.py"), "def f():\n    1 / 0\n");
    byte_compile(&python(), std::slice::from_ref(&app), None, &Quiet).unwrap();
    let code = format!(
        "import sys, traceback; sys.path.insert(0, {:?})\n\
         try: __import__('broken é').f()\n\
         except ZeroDivisionError: print(traceback.format_exc())",
        app.as_str()
    );
    let said =
        Tool::new(python().as_std_path()).args(["-I", "-c", &code]).run(&mut |_, _| {}).unwrap();
    assert!(
        said.stdout.contains(&format!("File \"{app}/broken é.py\", line 2")),
        "{}",
        said.stdout
    );
}

#[test]
fn files_that_are_no_python_are_reported_with_their_line() {
    let (_folder, root) = place("app ");
    let app = root.join("app");
    write(&app.join("good.py"), "x = 1\n");
    write(&app.join("old.py"), "x = 1\nprint 'hello'\n");
    fs_err::write(app.join("bytes.py"), b"\0\xff").unwrap();
    let report = byte_compile(&python(), std::slice::from_ref(&app), None, &Quiet).unwrap();
    assert_eq!(report.compiled, 1);
    let failed = report.failed;
    assert_eq!(failed.len(), 2, "{failed:?}");
    assert_eq!(failed[0].file, app.join("bytes.py"));
    assert_eq!((failed[1].file.clone(), failed[1].line), (app.join("old.py"), Some(2)));
    assert!(failed[1].message.contains("Missing parentheses"), "{}", failed[1].message);
}

#[test]
fn an_interpreter_that_fails_is_an_error() {
    let (_folder, root) = place("app ");
    write(&root.join("app/good.py"), "x = 1\n");
    let error = byte_compile("/nonexistent/python".into(), &[root.join("app")], None, &Quiet);
    assert!(matches!(error, Err(CompileError::Tool { .. })));
    let error = byte_compile(&python(), &[root.join("none")], None, &Quiet);
    assert!(matches!(error, Err(CompileError::Read { .. })));
}

#[test]
fn a_package_is_compiled_once_whatever_else_is_there() {
    let (_folder, root) = place("pâquets ");
    let cache = Cache::open(&root.join("cache")).unwrap();
    let keeping = Some(Keeping { cache: &cache, interpreter: "this one" });
    let compiled = |name: &str, python: &Utf8Path, more: &str| {
        let tree = root.join(name).join("site-packages");
        write(&tree.join("package/a.py"), "x = {1, 2, 'three'}\n");
        write(&tree.join("package/old.py"), "x = 1\nprint 'hello'\n");
        write(&tree.join(more), "y = 1\n");
        byte_compile(python, std::slice::from_ref(&tree), keeping, &Quiet).map(|report| {
            let file = tree.join("package/__pycache__").read_dir_utf8().unwrap().flatten().next();
            (fs_err::read(file.unwrap().path()).unwrap(), report.failed)
        })
    };
    let (bytecode, failed) = compiled("one", &python(), "module.py").unwrap();
    assert_eq!((failed.len(), failed[0].line), (1, Some(2)));
    // With no interpreter at all: nothing is left to compile.
    let (again, failed) = compiled("two", "/nonexistent/python".into(), "module.py").unwrap();
    assert_eq!(bytecode, again);
    assert_eq!(failed[0].file, root.join("two/site-packages/package/old.py"));
    assert!(compiled("three", "/nonexistent/python".into(), "new/module.py").is_err());
    let (beside, _) = compiled("four", &python(), "new/module.py").unwrap();
    assert_eq!(bytecode, beside);
}
