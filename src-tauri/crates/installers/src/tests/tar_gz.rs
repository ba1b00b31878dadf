//! Archives are unpacked by tar.

use super::*;

#[test]
fn an_archive_runs_where_it_is_unpacked() {
    let place = place();
    let (payload, shell) = payload(&place.root);
    let output = place.root.join("output");
    let package = package_of(&payload, &shell, &output);
    let artifact = tar_gz(&package, &Quiet).unwrap();
    assert_eq!(artifact.path, output.join("elan-1.0rc1-linux-x86_64.tar.gz"));
    // The line that people are told to type.
    let printed = Tool::new(find("sh").unwrap())
        .args(["-c", &artifact.install])
        .directory(&place.root)
        .run(&mut |_, _| {})
        .unwrap();
    assert_eq!(printed.stdout, "I am Python\n");
    let unpacked = place.root.join("elan-1.0rc1");
    assert_eq!(
        tree_digest(&unpacked.join("payload")).unwrap(),
        tree_digest(payload.layout.root()).unwrap()
    );
    insta::assert_snapshot!(fs_err::read_to_string(unpacked.join("README.txt")).unwrap());
}

#[test]
fn the_program_in_an_archive_is_called_as_its_system_calls_programs() {
    for (triple, platform, program, word) in [
        ("x86_64-unknown-linux-gnu", "linux-x86_64", "elan", "WebKitGTK"),
        ("aarch64-unknown-linux-gnu", "linux-aarch64", "elan", "WebKitGTK"),
        ("x86_64-pc-windows-msvc", "windows-x86_64", "elan.exe", "WebView2"),
        ("aarch64-apple-darwin", "macos-arm64", "elan", "To remove"),
    ] {
        let place = place();
        let (mut payload, shell) = payload(&place.root);
        payload.manifest.python.triple = triple.to_owned();
        let output = place.root.join("output");
        let artifact = tar_gz(&package_of(&payload, &shell, &output), &Quiet).unwrap();
        assert_eq!(artifact.path, output.join(format!("elan-1.0rc1-{platform}.tar.gz")));
        let names = run("tar", &["-tzf", artifact.path.as_str()]);
        let top: Vec<_> = names.lines().filter_map(|it| it.strip_prefix("elan-1.0rc1/")).collect();
        assert!(top.contains(&program) && top.contains(&"payload/manifest.json"), "{names}");
        assert!(artifact.install.ends_with(program) || program.ends_with("exe"), "{artifact:?}");
        let readme = run("tar", &["-xOzf", artifact.path.as_str(), "elan-1.0rc1/README.txt"]);
        let names_program = readme.contains(&format!("`{program}`"));
        assert!(names_program && readme.contains(word), "{readme}");
        assert_eq!(readme.contains("apt"), platform.starts_with("linux"), "{readme}");
    }
}
