use serde_json::Value;
use waterskin_bundle::Payload;

use crate::tests::{deb, package_of, payload, place, run, tar_gz, write};
use crate::{Compression, InstallTree, Program, Quiet};

/// A payload with Python's licence, and with distributions whose licences are said in three ways.
fn with_works(root: &camino::Utf8Path) -> (Payload, camino::Utf8PathBuf) {
    let (payload, shell) = payload(root);
    let (python, packages) = (payload.layout.python(), payload.layout.site_packages());
    write(&python.join("lib/python3.11/LICENSE.txt"), "PSF\n");
    let digest = "ab".repeat(32);
    for (name, metadata) in [
        ("altair-6.3.0", "Name: altair\nVersion: 6.3.0\nLicense-Expression: BSD-3-Clause\n"),
        (
            "Zope_X-1+b",
            "Name: Zope.X\nVersion: 1+b\nClassifier: License :: OSI Approved :: BSD License\n",
        ),
        ("thing-2", "Name: thing\nVersion: 2\nLicense: \"own\" words, <é>\n"),
        ("none-1", "Name: none\nVersion: 1\n"),
    ] {
        write(&packages.join(format!("{name}.dist-info/METADATA")), metadata);
    }
    write(&packages.join("altair-6.3.0.dist-info/licenses/LICENSE"), "BSD\n");
    write(
        &payload.layout.resolved(),
        &format!(
            "altair==6.3.0 \\\n    --hash=sha256:{digest} \\\n    --hash=sha256:{digest}\n\
             thing @ git+https://example.org/x@1234\nzope-x==1+b --hash=md5:00\n"
        ),
    );
    (payload, shell)
}

#[test]
fn what_is_inside_is_said_for_people_and_for_programs() {
    let place = place();
    let (payload, shell) = with_works(&place.root);
    let output = place.root.join("output");
    let package = package_of(&payload, &shell, &output);
    let program = Program { file: &shell, libraries: Vec::new() };
    let tree = InstallTree::new(&payload, program, None, package.needs.clone()).unwrap();
    insta::assert_snapshot!("licences", tree.documents.licences);
    insta::assert_snapshot!("sbom", tree.documents.sbom);
    let file = tree.write_sbom(&output).unwrap();
    assert_eq!(file, output.join("elan-1.0rc1-linux-x86_64.cdx.json"));
    let sbom = fs_err::read_to_string(&file).unwrap();
    assert_eq!(sbom, tree.documents.sbom);
    is_valid(&file);

    // The same is in the packages.
    let unpacked = place.root.join("unpacked");
    fs_err::create_dir(&unpacked).unwrap();
    let archive = tar_gz(&package, &Quiet).unwrap();
    run("tar", &["-xzf", archive.path.as_str(), "-C", unpacked.as_str()]);
    let top = unpacked.join("elan-1.0rc1");
    assert_eq!(fs_err::read_to_string(top.join("sbom.cdx.json")).unwrap(), sbom);
    let licences = fs_err::read_to_string(top.join("LICENCES.txt")).unwrap();
    for file in licences.lines().filter_map(|line| line.strip_prefix("    ")) {
        assert!(top.join(file).is_file(), "{file}");
    }
    let archive = deb(&package, Compression::default(), &Quiet).unwrap();
    run("dpkg-deb", &["-x", archive.path.as_str(), unpacked.as_str()]);
    let file = unpacked.join("usr/share/doc/elan/sbom.cdx.json.gz");
    assert_eq!(run("gzip", &["-dc", file.as_str()]), sbom);

    // Another part, another number.
    let number = |text: &str| serde_json::from_str::<Value>(text).unwrap()["serialNumber"].clone();
    write(&payload.layout.site_packages().join("x-1.dist-info/METADATA"), "Name: x\nVersion: 1\n");
    let other = super::Documents::of(&payload, &tree.program).unwrap();
    assert_ne!(number(&other.sbom), number(&sbom));
}

/// By the schema of the standard, which the project's own library for Python has.
fn is_valid(file: &camino::Utf8Path) {
    const CHECK: &str = "
import sys
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
error = JsonStrictValidator(SchemaVersion.V1_6).validate_str(open(sys.argv[1], encoding='utf-8').read())
print(error or 'valid')
";
    let library = "cyclonedx-python-lib[json-validation]==11.12.0";
    let arguments = ["run", "--quiet", "--no-project", "--no-config", "--with", library, "--"];
    let check = ["python3", "-c", CHECK, file.as_str()];
    assert_eq!(run("uv", &[&arguments[..], &check].concat()), "valid\n");
}
