use camino::{Utf8Path, Utf8PathBuf};
use waterskin_bundle as bundle;

use super::{
    Runtime, RuntimeError, RuntimeRequest,
    closure::{Closure, closure},
    copy::{self, Links, minimum_glibc},
    interpreter::Interpreter,
    libraries::Libraries,
    prefix, prune, site, start, strip, tk,
};
use crate::Progress;
use crate::elf::{self, set_search_path};

/// Copies an installed interpreter with all that it needs:
///
/// ```text
/// bin/python3.11, python3, python
/// lib/*.so*                  every library but the system's own
/// lib/python3.11/            the standard library; `lib64` where the interpreter says so
/// ```
///
/// No environment variable is needed: CPython finds `lib/python3.11/os.py` above its real
/// executable (`Modules/getpath.py`), and each file finds its libraries by its own search path.
pub(super) fn lay_down(
    python: &Utf8Path,
    request: &RuntimeRequest,
    destination: &Utf8Path,
    progress: &dyn Progress,
) -> Result<Runtime, RuntimeError> {
    if !is_possible(&request.triple) {
        return Err(RuntimeError::Unsupported { triple: request.triple.clone() });
    }
    let interpreter = Interpreter::ask(python)?;
    let standard_library = copy_interpreter(&interpreter, request.tk, destination)?;
    let libraries = destination.join("lib");
    bring_libraries(&interpreter, &standard_library, &libraries, progress)?;

    let binaries = binaries(destination)?;
    for binary in &binaries {
        set_search_path(binary, &search_path(binary, &libraries))?;
    }
    if request.tk {
        tk::bring(&interpreter.program(), &libraries)?;
    }
    // Last, since what writes search paths can't read a table of sections with gaps.
    strip::strip(&binaries)?;
    prefix::hide(&interpreter.base_prefix, &standard_library)?;

    let executable = Utf8Path::new("bin").join(interpreter.name());
    site::admit_packages(destination, &executable, &interpreter.version, true)?;
    start::check(destination, &destination.join(&executable), &interpreter.modules)?;
    let glibc = minimum_glibc(destination)?;
    Ok(Runtime {
        python: bundle::Python {
            version: interpreter.version,
            triple: request.triple.clone(),
            executable: Utf8Path::new(bundle::Layout::PYTHON).join(executable),
            source: bundle::PythonSource::Relocated,
        },
        minimum_glibc: glibc.map(|version| version.to_string()).unwrap_or_default(),
    })
}

/// Whether we know how to do it for a target. Elsewhere there are standalone builds only.
pub(super) fn is_possible(triple: &str) -> bool {
    triple.contains("-linux-")
}

/// Copies the program and the standard library, and returns where the latter is now.
fn copy_interpreter(
    interpreter: &Interpreter,
    tk: bool,
    destination: &Utf8Path,
) -> Result<Utf8PathBuf, RuntimeError> {
    let left_out = |path: &Utf8Path| prune::left_out(path, tk);
    let folder = destination.join(&interpreter.platlibdir).join(interpreter.name());
    // Debian's has links into `/etc`; what they point to is not there on other machines.
    copy::tree(&interpreter.stdlib, &folder, Links::Follow, &left_out)?;
    if interpreter.platstdlib != interpreter.stdlib {
        copy::tree(&interpreter.platstdlib, &folder, Links::Follow, &left_out)?;
    }
    for made in ["bin", "lib"].map(|name| destination.join(name)) {
        fs_err::create_dir_all(&made).map_err(RuntimeError::file("make", &made))?;
    }
    let name = interpreter.name();
    let bin = destination.join("bin");
    copy::file(&interpreter.program(), &bin.join(&name))?;
    for link in ["python3", "python"] {
        copy::link(Utf8Path::new(&name), &bin.join(link))?;
    }
    Ok(folder)
}

/// Copies every library that the program and the extension modules need to `destination`.
fn bring_libraries(
    interpreter: &Interpreter,
    standard_library: &Utf8Path,
    destination: &Utf8Path,
    progress: &dyn Progress,
) -> Result<(), RuntimeError> {
    let system = Libraries::of_this_system();
    let also = own_folders(interpreter);
    // The originals are followed, not the copies: their search paths count from where they are.
    let program = closure(&[interpreter.program()], &also, &system)?;
    if let Some((name, needed_by)) = program.missing.first_key_value() {
        return Err(RuntimeError::Library { name: name.clone(), needed_by: needed_by.clone() });
    }
    let mut needed = program;
    let mut modules = Vec::new();
    for copied in extension_modules(standard_library)? {
        let name = copied.file_name().unwrap_or_default().to_owned();
        let original = interpreter.platstdlib.join("lib-dynload").join(&name);
        let closure = closure(&[original], &also, &system)?;
        if let Some(library) = closure.missing.keys().next() {
            // The author can't import it either.
            progress.note(&format!("left out `{name}`: the library `{library}` is not here"));
            remove(&copied)?;
        } else {
            modules.push((name, copied, closure));
        }
    }
    // `libcrypt` is often the one library that asks for the newest C library, and the module
    // that needs it is deprecated since 3.11 and gone since 3.13. It is looked at last.
    modules.sort_by_key(|(name, ..)| name.starts_with("_crypt."));
    for (name, copied, closure) in modules {
        if name.starts_with("_crypt.") && closure.glibc > needed.glibc {
            progress.note("left out the module `crypt`: it asks for a newer C library");
            remove(&copied)?;
        } else {
            merge(&mut needed, closure);
        }
    }
    for (name, file) in &needed.libraries {
        copy::library(file, &destination.join(name))?;
    }
    Ok(())
}

fn merge(all: &mut Closure, more: Closure) {
    all.glibc = all.glibc.max(more.glibc);
    for (name, file) in more.libraries {
        all.libraries.entry(name).or_insert(file);
    }
}

/// Folders of the installation itself, for interpreters whose program has no search path and
/// that are started with `LD_LIBRARY_PATH`.
fn own_folders(interpreter: &Interpreter) -> Vec<Utf8PathBuf> {
    let own = [interpreter.base_prefix.join("lib"), interpreter.libdir.clone()];
    own.into_iter().filter(|folder| folder.is_dir() && !folder.starts_with("/usr/lib")).collect()
}

fn extension_modules(standard_library: &Utf8Path) -> Result<Vec<Utf8PathBuf>, RuntimeError> {
    let folder = standard_library.join("lib-dynload");
    if !folder.is_dir() {
        return Ok(Vec::new());
    }
    let mut files = copy::files(&folder)?;
    files.retain(|file| file.extension() == Some("so"));
    Ok(files)
}

/// Every program and library of the copy. Each is given the right to be written meanwhile.
fn binaries(destination: &Utf8Path) -> Result<Vec<Utf8PathBuf>, RuntimeError> {
    let mut binaries = Vec::new();
    for file in copy::files(destination)? {
        if elf::is_elf(&file)? {
            binaries.push(file);
        }
    }
    Ok(binaries)
}

/// The way from a file to the libraries' folder, as the dynamic linker reads it.
fn search_path(binary: &Utf8Path, libraries: &Utf8Path) -> String {
    let root = libraries.parent().unwrap_or(libraries);
    let folder = binary.parent().and_then(|folder| folder.strip_prefix(root).ok());
    let inside = folder.and_then(|folder| folder.strip_prefix("lib").ok());
    match (inside, folder) {
        (Some(inside), _) => format!("$ORIGIN{}", "/..".repeat(inside.components().count())),
        (None, Some(folder)) => {
            format!("$ORIGIN{}/lib", "/..".repeat(folder.components().count()))
        }
        (None, None) => "$ORIGIN".to_owned(),
    }
}

fn remove(path: &Utf8Path) -> Result<(), RuntimeError> {
    fs_err::remove_file(path).map_err(RuntimeError::file("remove", path))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn search_paths_lead_to_the_libraries() {
        let libraries = Utf8Path::new("/x/python/lib");
        for (binary, expected) in [
            ("/x/python/bin/python3.11", "$ORIGIN/../lib"),
            ("/x/python/lib/libz.so.1", "$ORIGIN"),
            ("/x/python/lib/python3.11/lib-dynload/zlib.so", "$ORIGIN/../.."),
            ("/x/python/lib64/python3.11/lib-dynload/zlib.so", "$ORIGIN/../../../lib"),
        ] {
            assert_eq!(search_path(binary.into(), libraries), expected);
        }
    }
}
