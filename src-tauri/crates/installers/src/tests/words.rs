//! What people read.

use super::*;
use crate::about::{maintainer, synopsis};
use crate::deb::{control, copyright};
use crate::freedesktop::{desktop, metainfo};

#[test]
fn what_people_read() {
    let manifest = manifest();
    insta::assert_snapshot!("desktop", desktop::desktop(&manifest.app));
    insta::assert_snapshot!(
        "metainfo",
        metainfo::metainfo(&manifest.app, "1.0~rc1", 1_735_689_600)
    );
    insta::assert_snapshot!("copyright", copyright::copyright(&manifest, 1_735_689_600));
    let documents = Documents {
        time: 1_735_689_600,
        change: format!("Version 1.0rc1 of {}.", NAME.replace('\n', " ")),
        licences: String::new(),
        sbom: String::new(),
    };
    insta::assert_snapshot!("changelog", copyright::changelog(&manifest, &documents));
    insta::assert_snapshot!("manual", manual::manual(&manifest.app));
    let mut bare = manifest;
    bare.app.publisher = String::new();
    bare.app.summary = String::new();
    assert!(maintainer(&bare.app).ends_with("authors <noreply@elan.example.org>"));
    bare.app.id = "local.waterskin.elan".parse().unwrap();
    insta::assert_snapshot!("control", control::control(&bare, "amd64", 1234, "libc6", &[]));
    for (publisher, expected) in [
        ("zoe@example.org", "The Élan & Co \"100 %\" \\ it's 数据 authors <zoe@example.org>"),
        ("Zoë", "Zoë <noreply@example.org>"),
        ("Zoë <no address>", "Zoë <noreply@example.org>"),
    ] {
        bare.app.publisher = publisher.to_owned();
        assert_eq!(maintainer(&bare.app), expected);
    }
}

#[test]
fn the_line_in_lists_says_more_than_the_name() {
    let mut manifest = manifest();
    manifest.app.name = "Élan".to_owned();
    for (summary, expected) in [
        ("", "Desktop app made with Streamlit"),
        ("Élan", "Desktop app made with Streamlit"),
        ("Charts", "Desktop app made with Streamlit: Charts"),
        ("elan for all", "Desktop app made with Streamlit: elan for all"),
        ("Counts what is sold.", "Counts what is sold"),
    ] {
        manifest.app.summary = summary.to_owned();
        assert_eq!(synopsis(&manifest.app), expected);
    }
}
