//! What `waterskin run --trace` writes of a session, on a real Streamlit.

use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use serde_json::Value;
use waterskin_tests::{
    Ask, NEWEST, PATIENCE, Page, Result, Sandbox, Served, ServedOptions, Venv, app, eventually,
};

/// The lines so far; the last one may be under way.
fn lines(file: &Path) -> Result<Vec<Value>> {
    let text = fs_err::read_to_string(file)?;
    let whole = text.rsplit_once('\n').map_or("", |(whole, _)| whole);
    whole.lines().map(|line| Ok(serde_json::from_str(line)?)).collect()
}

/// Waits for a line that `is_it`.
async fn line(file: &Path, what: &str, is_it: impl Fn(&Value) -> bool) -> Result<Value> {
    eventually(what, PATIENCE, async || Ok(lines(file)?.into_iter().find(&is_it))).await
}

fn number(line: &Value, name: &str) -> f64 {
    line[name].as_f64().unwrap_or(f64::NAN)
}

#[tokio::test]
async fn a_trace_tells_what_passed() -> Result<()> {
    let sandbox = Sandbox::new()?;
    let venv = Venv::with_streamlit(NEWEST).await?;
    let folder = sandbox.copy(&app("stages"), "é app")?;
    let file = sandbox.work().join("a trace.jsonl");
    let options = ServedOptions { trace: Some("a trace.jsonl".into()), ..ServedOptions::default() };
    let served = Served::start(&sandbox, &folder, &venv, options).await?;
    assert_eq!(lines(&file)?[0]["type"], "begin", "it is there at once");
    assert_eq!(fs_err::metadata(&file)?.permissions().mode() & 0o777, 0o600);

    let site = served.enter().await?;
    let document = site.get("/?secret=query").await?;
    let text = document.text();
    let start = text.find("./static/js/").expect("a script in the page") + 1;
    let asset = &text[start..start + text[start..].find('"').expect("its end")];
    let script = site.get(asset).await?;
    site.ask(Ask::get("/_stcore/health")).await?;
    let mut page = Page::open(&site).await?;
    let run = page.run().await?;
    drop(page);

    let close = line(&file, "the end of the stream", |line| line["type"] == "close").await?;
    let stranger = site.stranger().ask(Ask::get("/stranger")).await?;
    assert_eq!(stranger.status, 403);
    served.stop(PATIENCE).await?;
    let lines = lines(&file)?;
    let request = |path: &str| {
        let answered = lines.iter().filter(|line| line["type"] == "request");
        let mut found = answered.filter(|line| line["path"] == path);
        found.next().unwrap_or_else(|| panic!("no request for {path} in {lines:#?}"))
    };

    let entry = request("/_waterskin/enter");
    assert_eq!((&entry["type"], &entry["status"]), (&"request".into(), &303.into()));
    assert_eq!((&entry["request"], &entry["by"]), (&1.into(), &"proxy".into()));
    let page = request("/");
    assert_eq!((&page["by"], &page["received"]), (&"files".into(), &document.body.len().into()));
    assert_eq!(request(asset)["received"], script.body.len());
    let health = request("/_stcore/health");
    assert_eq!((&health["by"], &health["received"]), (&"app".into(), &2.into()));
    assert_eq!(request("/stranger")["status"], 403, "the last line, written at the end");
    for line in lines.iter().filter(|line| line["type"] == "request") {
        let begun = |other: &&Value| other["request"] == line["request"];
        let asked = lines.iter().take_while(|other| *other != line).find(begun);
        let asked = asked.expect("the line of a request without its answer");
        assert_eq!((&asked["type"], &asked["path"]), (&"asked".into(), &line["path"]));
        assert_eq!(number(asked, "start"), number(line, "start"));
        assert!(number(line, "start") <= number(line, "first_byte"), "{line}");
        assert!(number(line, "first_byte") <= number(line, "end"), "{line}");
        assert_eq!(line["whole"], true, "{line}");
    }

    let upgrade = request("/_stcore/stream");
    assert_eq!((&upgrade["status"], &upgrade["stream"]), (&101.into(), &1.into()));
    let frames: Vec<&Value> = lines.iter().filter(|line| line["type"] == "frame").collect();
    let messages = |to: &str| -> Vec<&str> {
        let frames = frames.iter().filter(|frame| frame["to"] == to && frame["opcode"] == "binary");
        frames.map(|frame| frame["message"].as_str().unwrap_or("?")).collect()
    };
    assert_eq!(messages("app"), ["rerun_script"]);
    let to_window = messages("window");
    let place = |message: &str| to_window.iter().position(|it| *it == message);
    let (session, delta, finished) =
        (place("new_session"), place("delta"), place("script_finished"));
    assert!(session.is_some() && session < delta && delta < finished, "{to_window:?}");
    assert!(!to_window.contains(&"?"), "{to_window:?}");
    let deltas = to_window.iter().filter(|message| **message == "delta").count();
    assert_eq!(deltas, run.deltas().count());
    // Every message has the length that the page saw.
    let received: Vec<usize> = run.messages.iter().map(|message| message.bytes.len()).collect();
    let traced: Vec<u64> = frames
        .iter()
        .filter(|frame| frame["to"] == "window" && frame["opcode"] == "binary")
        .filter_map(|frame| frame["length"].as_u64())
        .take(received.len())
        .collect();
    assert_eq!(traced, received.iter().map(|length| *length as u64).collect::<Vec<_>>());
    assert_eq!(close["sent"]["frames"], frames.iter().filter(|it| it["to"] == "app").count());
    assert!(number(&close, "at") >= number(frames[frames.len() - 1], "at"));

    // Nothing secret, nothing of what was said.
    let text = fs_err::read_to_string(&file)?;
    let cookie = site.cookie.as_deref().unwrap_or_default();
    let cookie = cookie.split('=').next_back().unwrap_or_default();
    assert!(cookie.len() > 20, "a cookie");
    for secret in [cookie, "token", "secret", "_streamlit_xsrf", "The first text."] {
        assert!(!text.contains(secret), "{secret}");
    }
    Ok(())
}

#[tokio::test]
async fn a_trace_that_cant_be_written_stops_nothing() -> Result<()> {
    let sandbox = Sandbox::new()?;
    let venv = Venv::with_streamlit(NEWEST).await?;
    let folder = sandbox.copy(&app("stages"), "é app")?;
    let options =
        ServedOptions { trace: Some("no folder/trace".into()), ..ServedOptions::default() };
    let mut served = Served::start(&sandbox, &folder, &venv, options).await?;
    let said = |text: &str| text.contains("no trace in `").then_some(());
    served.command.stderr.wait_for("a warning", PATIENCE, said).await?;
    let mut page = Page::open(&served.enter().await?).await?;
    assert!(page.run().await?.has("The first text."));
    let warnings = served.command.stderr.text().matches("no trace in `").count();
    assert_eq!(warnings, 1);
    Ok(())
}
