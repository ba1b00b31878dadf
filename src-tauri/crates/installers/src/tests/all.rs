//! What holds for every format.

use super::*;

#[test]
fn kept_layers_give_the_same_bytes_and_are_made_once() {
    let place = place();
    let (mut payload, shell) = payload(&place.root);
    let layout = payload.layout.clone();
    for (name, tree) in [("python", layout.python()), ("site-packages", layout.site_packages())] {
        payload.manifest.digests.insert(name.to_owned(), tree_digest(&tree).unwrap());
    }
    let output = place.root.join("output");
    fs_err::create_dir(&output).unwrap();
    let scratch = Scratch::new(&place.root.join("cache"));
    let all = |store| {
        let package = Package { store, ..package_of(&payload, &shell, &output) };
        let made = [
            deb(&package, Compression::Zstd(1), &Quiet).unwrap(),
            make("rpm", &package, Compression::Zstd(1), &Quiet).unwrap(),
            tar_gz(&package, &Quiet).unwrap(),
        ];
        made.map(|artifact| fs_err::read(artifact.path).unwrap())
    };
    let kept = || scratch.names();
    let cold = all(Some(&scratch));
    let after_cold = kept();
    assert_eq!(after_cold.iter().filter(|name| name.starts_with("layer-")).count(), 9);
    assert!(all(Some(&scratch)) == cold, "from the cache");
    assert_eq!(kept(), after_cold, "nothing is made again");
    assert!(all(None) == cold, "with another store");

    // Only the app's own file differs, so no layer is made anew.
    write(&layout.app().join("app é.py"), "import streamlit as st\n");
    assert!(all(Some(&scratch)) != cold);
    assert_eq!(kept(), after_cold);
    assert_eq!(fs_err::read_dir(&output).unwrap().count(), 3, "nothing else is left");
}

#[test]
fn the_same_payload_gives_the_same_bytes() {
    let formats: [fn(&Package<'_>) -> Artifact; 5] = [
        |package| deb(package, Compression::Zstd(3), &Quiet).unwrap(),
        |package| deb(package, Compression::Gzip, &Quiet).unwrap(),
        |package| make("rpm", package, Compression::Zstd(3), &Quiet).unwrap(),
        |package| make("AppImage", package, Compression::Zstd(3), &Quiet).unwrap(),
        |package| tar_gz(package, &Quiet).unwrap(),
    ];
    for make in formats {
        let made = [place(), place()].map(|place| {
            let (payload, shell) = payload(&place.root);
            let package = package_of(&payload, &shell, &place.root);
            let path = make(&package).path;
            (path.file_name().unwrap().to_owned(), fs_err::read(&path).unwrap())
        });
        assert!(made[0] == made[1], "{} differs", made[0].0);
    }
}

#[test]
fn progress_adds_up_to_what_was_announced() {
    #[derive(Default)]
    struct Sum(std::sync::atomic::AtomicU64, std::sync::atomic::AtomicU64);
    impl Progress for Sum {
        fn begin(&self, bytes: u64) {
            self.0.store(bytes, std::sync::atomic::Ordering::Relaxed);
        }
        fn advance(&self, units: u64) {
            self.1.fetch_add(units, std::sync::atomic::Ordering::Relaxed);
        }
        fn note(&self, _: &str) {}
    }
    let place = place();
    let (payload, shell) = payload(&place.root);
    let package = package_of(&payload, &shell, &place.root);
    let sum = Sum::default();
    deb(&package, Compression::default(), &sum).unwrap();
    let (total, done) = (sum.0.into_inner(), sum.1.into_inner());
    assert!(total > 0);
    assert_eq!(total, done);
}

#[test]
fn a_failure_leaves_nothing_behind() {
    let place = place();
    let (payload, shell) = payload(&place.root);
    let output = place.root.join("output");
    let package = package_of(&payload, &shell, &output);
    let failures: [(&str, Package<'_>); 2] = [
        (
            "a shell that is not there",
            Package { shell: Utf8Path::new("/nonexistent"), ..package.clone() },
        ),
        ("an icon that is no picture", Package { icon: Some(&shell), ..package.clone() }),
    ];
    for (what, package) in failures {
        assert!(deb(&package, Compression::default(), &Quiet).is_err(), "{what}");
        let left = fs_err::read_dir(&output).map_or(0, Iterator::count);
        assert_eq!(left, 0, "{what}");
    }
    // A full disk.
    let full = Package { output: Utf8Path::new("/dev/full/output"), ..package.clone() };
    assert!(tar_gz(&full, &Quiet).is_err());
    let mut foreign = payload.clone();
    foreign.manifest.python.triple = "m68k-unknown-linux-gnu".to_owned();
    insta::assert_snapshot!(
        deb(&Package { payload: &foreign, ..package }, Compression::Gzip, &Quiet).unwrap_err(),
        @"there are no Debian packages for `m68k-unknown-linux-gnu`"
    );
}
