use waterskin_bundle::PackageName;

use crate::Compression;

/// What Debian's checker finds in nearly every payload, and why it has to be so. Only names that
/// the checker of Debian 12 knows may stand here: it takes others for errors.
const ACCEPTED: [(&str, &str); 16] = [
    ("custom-library-search-path", "the payload's libraries are found by paths relative to it"),
    ("embedded-library", "the app must run beside other versions of these libraries"),
    ("executable-not-elf-or-script", "modes are as the distributions have them"),
    ("interpreter-in-usr-local", "modules are imported, and their first lines are not read"),
    ("library-not-linked-against-libc", "extension modules use what the interpreter has loaded"),
    ("missing-dep-for-interpreter", "modules are imported, and their first lines are not read"),
    ("package-installs-python-bytecode", "the interpreter is the payload's, and can't write here"),
    (
        "package-installs-python-pycache-dir",
        "the interpreter is the payload's, and can't write here",
    ),
    ("python3-script-but-no-python3-dep", "the interpreter is in the payload"),
    ("script-not-executable", "modules are imported, and their first lines are not read"),
    ("shared-library-is-executable", "modes are as the distributions have them"),
    ("shared-library-lacks-prerequisites", "extension modules use what the interpreter has loaded"),
    ("statically-linked-binary", "distributions bring programs as their projects built them"),
    ("unstripped-binary-or-object", "distributions are as their projects built them"),
    ("unusual-interpreter", "modules are imported, and their first lines are not read"),
    ("wrong-path-for-interpreter", "modules are imported, and their first lines are not read"),
];

/// `/usr/share/lintian/overrides/<package>`: each line takes one matter out of the checker's
/// report, for the files that it is about.
pub(super) fn overrides(package: &PackageName, compression: Compression) -> String {
    let mut text = String::new();
    if let Compression::Zstd(_) = compression {
        text.push_str(
            "# dpkg reads it since 1.21.18, which the checker of Debian 12 does not know\n",
        );
        text.push_str(&format!("{package}: malformed-deb-archive *data.tar.zst*\n"));
    }
    text.push_str("# the names of functions make a crash report readable\n");
    text.push_str(&format!(
        "{package}: unstripped-binary-or-object *usr/lib/{package}/{package}*\n"
    ));
    text.push_str("# other programs' libraries in LD_LIBRARY_PATH would keep it from starting\n");
    text.push_str(&format!(
        "{package}: custom-library-search-path *usr/lib/{package}/{package}*\n"
    ));
    for (tag, reason) in ACCEPTED {
        text.push_str(&format!("# {reason}\n{package}: {tag} *usr/lib/{package}/payload/*\n"));
    }
    text
}
