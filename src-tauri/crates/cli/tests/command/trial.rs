//! The start of the app at the end of a build, with the real Python and Streamlit.

use crate::context::Context;

#[test]
fn what_recipients_would_meet_is_said_at_the_build() {
    let context = Context::new();
    // Where no trial may write, and each may read.
    let marker = context.root.join("home/fail");
    let script = format!(
        "import pathlib, streamlit as st\n\nif pathlib.Path({:?}).exists():\n    raise ValueError('again')\nst.title('É')\n",
        marker.as_str()
    );
    context.write(&[
        ("p é/app.py", &*script),
        (
            "p é/pages/1_Weather.py",
            "import urllib.request\nurllib.request.urlopen('http://127.0.0.1:1')\n",
        ),
        ("p é/pages/2_Key.py", "import streamlit as st\nst.write(st.secrets['weather'])\n"),
        ("p é/pages/3_Home.py", "import pathlib\n(pathlib.Path.home() / 'mine').write_text('x')\n"),
        // A clock, as people write them, and a child that is called by its bare name. What comes of it
        // is not taken for the next page's.
        (
            "p é/pages/4_🕐_Clock.py",
            "import subprocess, streamlit as st\n\
             if 'n' not in st.session_state:\n    \
             subprocess.run(['python', '-c', 'import streamlit'], check=True)\n\
             st.session_state.n = 1\nst.write('now')\nst.rerun()\n",
        ),
        ("p é/requirements.txt", "streamlit==[STREAMLIT]\n"),
    ]);
    let finished = context.real_build("p é", []).finish();
    let notes = |text: &str| {
        let notes = text.lines().filter(|line| line.contains("a trial start does not have"));
        notes.map(str::to_owned).collect::<Vec<_>>()
    };
    let said = notes(&finished.stderr);
    assert_eq!(said.len(), 2, "{finished}");
    assert!(said[0].starts_with("note: the page `Weather` needs a network"), "{finished}");
    assert!(said[1].starts_with("note: the page `Key` asks for secrets"), "{finished}");
    assert!(!context.root.join("home/mine").exists(), "the trial has a home of its own");
    assert!(!finished.stderr.contains("still drawing"), "a page that runs itself anew: {finished}");

    // What went well is not tried again, and said again: else it would fail now.
    fs_err::write(&marker, "").unwrap();
    let again = context.real_build("p é", []).finish();
    fs_err::remove_file(&marker).unwrap();
    assert_eq!(notes(&again.stderr), said, "{again}");

    // What a page does when it fails stops the build, with the author's own paths.
    fs_err::remove_dir_all(context.work().join(crate::context::OUTPUT)).unwrap();
    context.write(&[("p é/pages/5_Sums.py", "def sums():\n    return 1 / 0\n\nsums()\n")]);
    let failed = context.real_build("p é", []).finish();
    assert!(
        failed.stderr.contains("error: the packaged app fails on its page `Sums`\n"),
        "{failed}"
    );
    let place = format!("File \"{}/p é/pages/5_Sums.py\", line 2, in sums", context.work());
    assert!(failed.stderr.contains(&place), "{failed}");
    assert!(failed.stderr.contains("ZeroDivisionError: division by zero"), "{failed}");
    crate::context::is_clear(&failed);
    context.nothing_is_made();

    context.real_build("p é", ["--no-try"]).finish().success();
}
