use std::collections::BTreeSet;

use crate::{InstallTree, Progress};

/// The packages of Debian and Ubuntu that hold the libraries a shell needs: the library's name
/// without its version, and what to depend on. Ubuntu 24.04 and Debian 13 renamed some for 64-bit
/// times (`t64`); the name that is new comes first, since it is the one to install today.
const PACKAGES: [(&str, &str); 19] = [
    ("libwebkit2gtk-4.1.so.0", "libwebkit2gtk-4.1-0"),
    ("libjavascriptcoregtk-4.1.so.0", "libjavascriptcoregtk-4.1-0"),
    ("libgtk-3.so.0", "libgtk-3-0t64 | libgtk-3-0"),
    ("libgdk-3.so.0", "libgtk-3-0t64 | libgtk-3-0"),
    ("libsoup-3.0.so.0", "libsoup-3.0-0"),
    ("libglib-2.0.so.0", "libglib2.0-0t64 | libglib2.0-0"),
    ("libgobject-2.0.so.0", "libglib2.0-0t64 | libglib2.0-0"),
    ("libgio-2.0.so.0", "libglib2.0-0t64 | libglib2.0-0"),
    ("libgmodule-2.0.so.0", "libglib2.0-0t64 | libglib2.0-0"),
    ("libcairo.so.2", "libcairo2"),
    ("libcairo-gobject.so.2", "libcairo-gobject2"),
    ("libgdk_pixbuf-2.0.so.0", "libgdk-pixbuf-2.0-0"),
    ("libpango-1.0.so.0", "libpango-1.0-0"),
    ("libpangocairo-1.0.so.0", "libpangocairo-1.0-0"),
    ("libatk-1.0.so.0", "libatk1.0-0t64 | libatk1.0-0"),
    ("libdbus-1.so.3", "libdbus-1-3"),
    ("libX11.so.6", "libx11-6"),
    ("libgcc_s.so.1", "libgcc-s1"),
    ("libstdc++.so.6", "libstdc++6"),
];

/// What every app needs, whatever its shell says: a shell may load its window's libraries late,
/// and wheels need the compiler's run time (the manylinux policy).
const ALWAYS: [&str; 4] =
    ["libwebkit2gtk-4.1-0", "libgtk-3-0t64 | libgtk-3-0", "libgcc-s1", "libstdc++6"];

/// What the package depends on, as the field's value.
pub(super) fn depends(tree: &InstallTree<'_>, progress: &dyn Progress) -> String {
    let (needs, libraries) = (&tree.needs, &tree.program.libraries);
    for name in unknown(libraries) {
        progress.note(&format!("the shell needs `{name}`, which no dependency of ours names"));
    }
    let mut depends = field(libraries, &needs.glibc, &needs.webkitgtk);
    for package in &needs.packages {
        depends.push_str(", ");
        depends.push_str(package.as_str());
    }
    depends
}

fn field(needed: &[String], glibc: &str, webkitgtk: &str) -> String {
    let found = |name: &String| PACKAGES.iter().find(|(library, _)| library == name);
    let mut packages: BTreeSet<&str> = ALWAYS.into_iter().collect();
    packages.extend(needed.iter().filter_map(found).map(|(_, package)| *package));
    let mut fields = vec![match glibc {
        "" => "libc6".to_owned(),
        version => format!("libc6 (>= {version})"),
    }];
    fields.extend(packages.into_iter().map(|package| match package {
        "libwebkit2gtk-4.1-0" if !webkitgtk.is_empty() => format!("{package} (>= {webkitgtk})"),
        _ => package.to_owned(),
    }));
    fields.join(", ")
}

/// Libraries that are neither in the table nor the C library's.
fn unknown(needed: &[String]) -> impl Iterator<Item = &String> {
    const OF_THE_C_LIBRARY: [&str; 6] =
        ["libc.", "libm.", "libdl.", "libpthread.", "librt.", "ld-linux"];
    needed.iter().filter(|name| {
        !OF_THE_C_LIBRARY.iter().any(|stem| name.starts_with(stem))
            && !PACKAGES.iter().any(|(library, _)| library == name)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_field_names_each_package_once() {
        let needed =
            ["libgtk-3.so.0", "libgdk-3.so.0", "libc.so.6", "libsoup-3.0.so.0"].map(str::to_owned);
        insta::assert_snapshot!(
            field(&needed, "2.35", "2.40"),
            @"libc6 (>= 2.35), libgcc-s1, libgtk-3-0t64 | libgtk-3-0, libsoup-3.0-0, libstdc++6, libwebkit2gtk-4.1-0 (>= 2.40)"
        );
        assert_eq!(unknown(&["libodd.so.1".into(), "libm.so.6".into()]).count(), 1);
    }
}
