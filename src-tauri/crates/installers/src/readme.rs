use waterskin_bundle::System;

use crate::InstallTree;
use crate::deb::packages::to_install;
use crate::text::one_line;

/// What a person finds beside the program: how it is started and removed, and what it needs.
pub(crate) fn readme(tree: &InstallTree<'_>) -> String {
    let app = tree.app();
    let (name, program) = (one_line(&app.name), tree.program_name());
    let start = match tree.target.system() {
        System::Windows => format!(".\\{program}"),
        System::Linux | System::MacOs => format!("./{program}"),
    };
    format!(
        "{name} {version}\n\
         \n\
         To start it, open the program `{program}` in this folder, or type in a terminal:\n\
         \n    \
         {start}\n\
         \n\
         The folder can stand anywhere, and runs where it stands. To remove the app, delete it.\n\
         {needs}",
        version = one_line(&app.version),
        needs = needs(tree),
    )
}

/// What the system must have, as a paragraph; nothing where every system has it.
fn needs(tree: &InstallTree<'_>) -> String {
    let more: String = to_install(&tree.needs).map(|package| format!(" {package}")).collect();
    let glibc = match tree.needs.glibc.as_str() {
        "" => String::new(),
        version => format!(" and the GNU C library {version} or newer"),
    };
    match tree.target.system() {
        System::Linux => format!(
            "\n\
             The system must have WebKitGTK 4.1{glibc}. On Debian and Ubuntu:\n\
             \n    \
             sudo apt install libwebkit2gtk-4.1-0{more}\n"
        ),
        System::Windows => {
            "\nThe system must have the WebView2 Runtime, which Windows 11 has.\n".to_owned()
        }
        System::MacOs => String::new(),
    }
}
