use waterskin_bundle::PackageName;

/// What Debian's checker finds in every payload, and why it has to be so. The first column is the
/// checker's name of the matter.
const ACCEPTED: [(&str, &str); 12] = [
    ("embedded-library", "the app must run on systems with other versions of these libraries"),
    (
        "custom-library-search-path",
        "the libraries of the payload are found by paths relative to it",
    ),
    (
        "package-installs-python-bytecode",
        "the interpreter is the payload's own, and /usr is read-only",
    ),
    ("unstripped-binary-or-object", "wheels are installed as their projects built them"),
    ("unstripped-static-library", "wheels are installed as their projects built them"),
    ("shared-library-lacks-prerequisites", "so it is with extension modules"),
    ("hardening-no-*", "wheels are installed as their projects built them"),
    ("executable-not-elf-or-script", "modes are those of the distributions"),
    ("script-not-executable", "modules of Python with a first line for scripts are imported"),
    ("*interpreter*", "scripts inside distributions are not started by name"),
    ("extra-license-file", "each distribution's licence stays with it"),
    ("package-contains-*", "distributions keep the files that they install"),
];

/// `/usr/share/lintian/overrides/<package>`: each line takes one matter out of the checker's
/// report, for the payload only.
pub(super) fn overrides(package: &PackageName) -> String {
    let mut text = String::new();
    for (tag, reason) in ACCEPTED {
        text.push_str(&format!("# {reason}\n{package}: {tag} *usr/lib/{package}/payload/*\n"));
    }
    text
}
