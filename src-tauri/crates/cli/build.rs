//! Says what is missing where the drawing of an app's size was not built yet.

use std::path::Path;

/// What `size_report.rs` has in it.
const DRAWING: &str = "../../../ui/dist-report/weight.js";

fn main() {
    println!("cargo::rerun-if-changed={DRAWING}");
    if !Path::new(DRAWING).is_file() {
        println!(
            "cargo::error=the drawing of an app's size is not built yet: run `scripts/build --ui`"
        );
    }
}
