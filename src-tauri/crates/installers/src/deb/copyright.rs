use waterskin_bundle::Manifest;

use crate::about::{maintainer, publisher};
use crate::text::one_line;
use crate::{Documents, time, version};

/// `/usr/share/doc/<package>/copyright` (Debian Policy 12.5).
pub(crate) fn copyright(manifest: &Manifest, seconds: u64) -> String {
    let (maintainer, holder) = (maintainer(&manifest.app), publisher(&manifest.app));
    let (name, package) = (one_line(&manifest.app.name), &manifest.app.package);
    format!(
        "Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/\n\
         Upstream-Name: {name}\n\
         Upstream-Contact: {maintainer}\n\
         \n\
         Files: *\n\
         Copyright: {year} {holder}\n\
         License: as-published\n \
         The app's own files belong to its publisher, under the terms that come with them. What\n \
         it runs on has its own terms:\n \
         .\n \
         Python {python}: Python Software Foundation License; its text is in the file LICENSE.txt\n \
         of its standard library in /usr/lib/{package}/payload/python, where it came with it.\n \
         .\n \
         The distributions in /usr/lib/{package}/payload/site-packages: each has its own licence\n \
         in its folder *.dist-info. The file resolved.txt beside them is the list.\n \
         .\n \
         The program /usr/lib/{package}/{package}: Waterskin, MIT or Apache-2.0. On Debian\n \
         systems the text of the latter is in /usr/share/common-licenses/Apache-2.0.\n",
        year = time::year(seconds),
        python = manifest.python.version,
    )
}

/// `/usr/share/doc/<package>/changelog.gz`, before it is compressed (Debian Policy 12.7).
pub(crate) fn changelog(manifest: &Manifest, documents: &Documents) -> String {
    format!(
        "{package} ({version}) stable; urgency=medium\n\
         \n  \
         * {change}\n\
         \n \
         -- {maintainer}  {date}\n",
        package = manifest.app.package,
        version = version::of_package(&manifest.app.version),
        change = documents.change,
        maintainer = maintainer(&manifest.app),
        date = time::in_mail_form(documents.time),
    )
}
