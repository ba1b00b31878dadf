//! What `waterskin doctor` says of real hosts of an app, whole and broken.

use waterskin_tests::hosts::{CASES, Case, Lab, Product};
use waterskin_tests::{NEWEST, PATIENCE, Result, Sandbox, TORNADO, app, cli, skipped};

/// Those of these hosts that can be had here.
fn available(wanted: impl Fn(&Case) -> bool) -> Vec<&'static Case> {
    let missing: Vec<Product> =
        Product::ALL.into_iter().filter(|product| product.program().is_none()).collect();
    let is_here = |case: &&Case| case.needs().is_none_or(|product| !missing.contains(&product));
    let wanted = CASES.iter().filter(|case| wanted(case));
    let (here, not): (Vec<&Case>, Vec<&Case>) = wanted.partition(is_here);
    for product in &missing {
        let names: Vec<&str> = not
            .iter()
            .filter(|case| case.needs() == Some(*product))
            .map(|case| case.name)
            .collect();
        if !names.is_empty() {
            let (name, names) = (product.name(), names.join(", "));
            skipped(&format!("{name} is not installed (scripts/setup --tests): {names}"));
        }
    }
    here
}

async fn judge(version: &'static str, wanted: impl Fn(&Case) -> bool) -> Result<()> {
    let cases = available(wanted);
    Lab::start(version, &cases).await?.judge(&cases).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_most_common_hosts_are_told_apart() -> Result<()> {
    judge(NEWEST, |case| case.common).await
}

/// One clear error, and the exit code of a wrong call.
#[tokio::test]
async fn what_is_no_address_is_said() -> Result<()> {
    let sandbox = Sandbox::new()?;
    for (address, names) in [
        ("not a url", "not a url"),
        ("ftp://localhost/", "ftp"),
        ("http://", "http://"),
        ("http://localhost:99999/", "99999"),
    ] {
        let asked = sandbox.launch(cli()?).args(["doctor", address, "--json"]);
        let finished = asked.finish(PATIENCE).await?;
        assert_eq!(finished.code, Some(2), "{address}: {finished:#?}");
        assert_eq!(finished.stdout, "", "{address}");
        let errors = finished.stderr.lines().filter(|line| line.starts_with("error: ")).count();
        assert!(errors == 1 && finished.stderr.contains(names), "{address}: {finished:#?}");
    }
    Ok(())
}

/// docs/doctor.md has a line for each host, with what is said of it.
#[test]
fn the_documents_have_the_hosts() -> Result<()> {
    let file = app("stages").join("../../../docs/doctor.md");
    let text = fs_err::read_to_string(file)?;
    let written: Vec<&str> = text.lines().filter(|line| line.starts_with("| `")).collect();
    let wanted: Vec<String> = CASES.iter().map(line).collect();
    let wanted: Vec<&str> = wanted.iter().map(String::as_str).collect();
    assert_eq!(written, wanted, "the whole table:\n{}", wanted.join("\n"));
    Ok(())
}

fn line(case: &Case) -> String {
    let (stage, cause) = case.expected.cells();
    let product = case.expected.product().unwrap_or_default();
    let tornado = match case.tornado {
        Some(other) => {
            let (stage, cause) = other.cells();
            format!("{stage} {cause}").trim_end().to_owned()
        }
        None => "the same".to_owned(),
    };
    let cells = [&format!("`{}`", case.name), case.what, &stage, &cause, product, &tornado];
    let cells = cells.map(|cell| if cell.is_empty() { " ".into() } else { format!(" {cell} ") });
    format!("|{}|", cells.join("|"))
}

/// All of the hosts, on a Streamlit of either server.
mod long {
    use super::*;

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn every_host_is_told_apart_before_starlette() -> Result<()> {
        judge(NEWEST, |_| true).await
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn every_host_is_told_apart_before_tornado() -> Result<()> {
        judge(TORNADO, |_| true).await
    }
}
