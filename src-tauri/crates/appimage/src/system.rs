use std::fs::{self, File};
use std::path::Path;

use waterskin_process::{Tool, ToolError};

use crate::advice;
use crate::elf::Elf;
use crate::error::RunError;

/// What a system lacks that a program needs.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Lacks {
    /// Libraries that are not there, by the names that the linker knows them by.
    pub libraries: Vec<String>,
    /// What libraries that are there are too old for: `GLIBC_2.38`.
    pub versions: Vec<String>,
    /// Whether the system loads programs in another way, as those with another C library do.
    pub loader: bool,
}

impl Lacks {
    fn nothing(&self) -> bool {
        *self == Self::default()
    }
}

/// Looks whether the system can load a program with all its libraries, by asking what loads it.
///
/// # Errors
///
/// [`RunError::System`] says what is missing, and what to do in the system's own words.
pub(crate) fn check(program: &Path, name: &str) -> Result<(), RunError> {
    // Whatever else is wrong with it, its start will say.
    let Ok(elf) =
        File::open(program).map_err(drop).and_then(|mut it| Elf::read(&mut it).map_err(drop))
    else {
        return Ok(());
    };
    let Some(interpreter) = elf.interpreter else { return Ok(()) };
    let lacks = match interpreter.is_file() {
        false => Lacks { loader: true, ..Lacks::default() },
        true => listed(&interpreter, program),
    };
    if lacks.nothing() {
        return Ok(());
    }
    let release = ["/etc/os-release", "/usr/lib/os-release"]
        .into_iter()
        .find_map(|path| fs::read_to_string(path).ok())
        .unwrap_or_default();
    Err(RunError::System { text: advice::text(name, &lacks, &release) })
}

/// What the linker finds missing when it lists the libraries of a program (ld.so(8), `--list`).
fn listed(interpreter: &Path, program: &Path) -> Lacks {
    let tool = Tool::new(interpreter).arg("--list").arg(program).env("LC_ALL", "C");
    let mut lines = String::new();
    let run = tool.run(&mut |_, line| {
        lines.push_str(line);
        lines.push('\n');
    });
    match run {
        // It lists what it found, and then fails for what it did not.
        Ok(_) | Err(ToolError::Failed { .. }) => parse(&lines),
        // One that can't be asked is no reason not to try.
        Err(_) => Lacks::default(),
    }
}

/// Reads what the linker printed.
fn parse(printed: &str) -> Lacks {
    let mut lacks = Lacks::default();
    let add = |all: &mut Vec<String>, one: &str| {
        if !all.iter().any(|other| other == one) {
            all.push(one.to_owned());
        }
    };
    for line in printed.lines() {
        if let Some(name) = line.trim().strip_suffix(" => not found") {
            add(&mut lacks.libraries, name);
        } else if let Some((_, rest)) = line.split_once("version `")
            && let Some((version, _)) = rest.split_once("' not found")
        {
            add(&mut lacks.versions, version);
        } else if let Some((_, rest)) = line.split_once("error while loading shared libraries: ")
            && let Some((name, _)) = rest.split_once(": cannot open")
        {
            add(&mut lacks.libraries, name);
        }
    }
    lacks
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_linker_does_not_find_is_read() {
        let printed = "\tlinux-vdso.so.1 (0x00007ffd)\n\
             \tlibwebkit2gtk-4.1.so.0 => not found\n\
             \tlibc.so.6 => /lib/x86_64-linux-gnu/libc.so.6 (0x00007f)\n\
             \tlibwebkit2gtk-4.1.so.0 => not found\n\
             /x/app: /lib/libc.so.6: version `GLIBC_2.38' not found (required by /x/app)\n";
        let lacks = parse(printed);
        assert_eq!(lacks.libraries, ["libwebkit2gtk-4.1.so.0"]);
        assert_eq!(lacks.versions, ["GLIBC_2.38"]);
        let fatal = "app: error while loading shared libraries: libgtk-3.so.0: cannot open shared object file: No such file";
        assert_eq!(parse(fatal).libraries, ["libgtk-3.so.0"]);
    }

    #[test]
    fn this_program_lacks_nothing_here_and_a_script_is_not_looked_at() {
        check(&std::env::current_exe().unwrap(), "x").unwrap();
        check(Path::new("/etc/passwd"), "x").unwrap();
        check(Path::new("/nonexistent"), "x").unwrap();
    }
}
