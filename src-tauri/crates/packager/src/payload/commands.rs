//! The commands that packages bring, such as `bin/tabulate`.

use std::io;

use camino::Utf8Path;

/// The folder of the commands in `site-packages`, where an installer puts them that is given only
/// that.
const FOLDER: &str = "bin";

/// Has each command that is a Python script start the payload's interpreter, wherever the payload
/// is: an installer writes the path of the interpreter that it was given. `python` is the
/// executable's path in the payload; where that is one of Windows, no script can be a command, and
/// each goes.
pub(crate) fn relocate(site_packages: &Utf8Path, python: &Utf8Path) -> io::Result<()> {
    let folder = site_packages.join(FOLDER);
    if !folder.is_dir() {
        return Ok(());
    }
    for entry in folder.read_dir_utf8()? {
        let entry = entry?;
        if entry.file_type()?.is_file()
            && let Some(script) = relocated(&fs_err::read(entry.path())?, python)
        {
            // Made anew and not written over: it may be a hard link into the installer's cache.
            let mode = entry.metadata()?.permissions();
            fs_err::remove_file(entry.path())?;
            if python.extension() == Some("exe") {
                continue;
            }
            fs_err::write(entry.path(), script)?;
            fs_err::set_permissions(entry.path(), mode)?;
        }
    }
    Ok(())
}

/// The script with another beginning, unless it is none of Python.
///
/// Two lines that a shell reads as a command and Python as a text, since the kernel takes a path in
/// `#!` as it is, and at most 255 bytes of it (execve(2)). Installers write these lines themselves
/// for a path that is long or has a blank.
fn relocated(script: &[u8], python: &Utf8Path) -> Option<Vec<u8>> {
    let mut lines = script.splitn(2, |byte| *byte == b'\n');
    let (first, mut rest) = (lines.next()?, lines.next()?);
    if !first.starts_with(b"#!") {
        return None;
    }
    let first = String::from_utf8_lossy(first);
    if first.trim_end() == "#!/bin/sh" {
        rest = rest.strip_prefix(b"'''exec' ")?;
        rest = after(rest, b"\n")?;
        rest = after(rest, b"\n")?;
    } else if !first.contains("python") {
        return None;
    }
    let beginning = format!(
        "#!/bin/sh\n'''exec' \"$(dirname -- \"$(realpath -- \"$0\")\")/../../{python}\" \"$0\" \"$@\"\n' '''\n"
    );
    Some([beginning.as_bytes(), rest].concat())
}

/// What follows the first `mark`.
fn after<'a>(text: &'a [u8], mark: &[u8]) -> Option<&'a [u8]> {
    let at = text.windows(mark.len()).position(|part| part == mark)?;
    text.get(at + mark.len()..)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(script: &str) -> Option<String> {
        let made = relocated(script.as_bytes(), "python/bin/python3.12".into())?;
        Some(String::from_utf8(made).unwrap())
    }

    #[test]
    fn a_script_of_python_finds_the_interpreter_of_its_payload() {
        let expected = "#!/bin/sh\n'''exec' \"$(dirname -- \"$(realpath -- \"$0\")\")/../../python/bin/python3.12\" \"$0\" \"$@\"\n' '''\nimport x\n";
        for script in [
            "#!/home/ann/python/bin/python3\nimport x\n",
            "#!/usr/bin/env python\nimport x\n",
            "#!python\nimport x\n",
            "#!/bin/sh\n'''exec' '/home/an n/bin/python3' \"$0\" \"$@\"\n' '''\nimport x\n",
        ] {
            assert_eq!(of(script).as_deref(), Some(expected), "{script}");
        }
        assert_eq!(of(expected).as_deref(), Some(expected));
    }

    #[test]
    fn other_programs_stay_as_they_are() {
        for script in ["", "#!/bin/sh\necho python\n", "#!/usr/bin/perl\n1;\n", "\u{7f}ELF\n", "#!"]
        {
            assert_eq!(of(script), None, "{script}");
        }
    }
}
