use waterskin_bundle::{Manifest, Target};

use crate::about::{long_description, maintainer, synopsis};
use crate::text::wrap;
use crate::version;

/// Debian's name for the processor of a target; `None` where it has none.
pub(super) fn architecture(target: &Target) -> Option<&'static str> {
    Some(match target.processor() {
        "x86_64" => "amd64",
        "aarch64" => "arm64",
        "i586" | "i686" => "i386",
        "armv7" => "armhf",
        "riscv64gc" => "riscv64",
        "powerpc64le" => "ppc64el",
        "s390x" => "s390x",
        _ => return None,
    })
}

/// The package's control file (Debian Policy 5.3).
pub(crate) fn control(
    manifest: &Manifest,
    architecture: &str,
    kibibytes: u64,
    depends: &str,
    recommends: &[&str],
) -> String {
    let app = &manifest.app;
    let mut description = format!(" {}\n", synopsis(app));
    for line in wrap(&long_description(manifest), 76) {
        description.push_str(&format!(" {line}\n"));
    }
    let recommends = match recommends {
        [] => String::new(),
        names => format!("Recommends: {}\n", names.join(", ")),
    };
    format!(
        "Package: {package}\n\
         Version: {version}\n\
         Architecture: {architecture}\n\
         Maintainer: {maintainer}\n\
         Installed-Size: {kibibytes}\n\
         Depends: {depends}\n\
         {recommends}\
         Section: misc\n\
         Priority: optional\n\
         Description:{description}",
        package = app.package,
        version = version::of_package(&app.version),
        maintainer = maintainer(app),
    )
}
