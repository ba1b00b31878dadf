use std::time::Duration;

use anyhow::Context;
use waterskin_tests::{Launch, Result};

use super::sides::Side;

/// What came of asking for a small thing again and again.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Asked {
    /// Requests per second.
    pub rate: f64,
    /// Median and 99th percentile of the time that an answer took, in µs.
    pub p50: f64,
    pub p99: f64,
}

/// Asks for `path` for so long, on so many connections at once, each with one request at a time.
///
/// By wrk, which needs a good deal less of the processor than any proxy.
pub async fn ask(side: &Side, path: &str, connections: u32, time: Duration) -> Result<Asked> {
    let launch = Launch::new("/usr/bin/wrk").args(["--latency", "-t1"]);
    let launch = launch.arg(format!("-c{connections}")).arg(format!("-d{}s", time.as_secs()));
    let headers = side.headers().into_iter().flat_map(|line| ["-H".to_owned(), line]);
    let url = format!("http://{}:{}{path}", side.site.address, side.site.port);
    let finished = launch.args(headers).arg(url).finish(time + Duration::from_secs(30)).await?;
    let text = finished.success()?.stdout;
    parse(&text).with_context(|| format!("{}, {path}: wrk wrote\n{text}", side.kind.name()))
}

/// Reads what wrk writes; `None` also when a request failed.
fn parse(text: &str) -> Option<Asked> {
    if text.contains("Non-2xx") || text.contains("Socket errors") {
        return None;
    }
    let after =
        |label: &str| text.lines().find_map(|line| line.trim().strip_prefix(label).map(str::trim));
    Some(Asked {
        rate: after("Requests/sec:")?.parse().ok()?,
        p50: micros(after("50%")?)?,
        p99: micros(after("99%")?)?,
    })
}

fn micros(text: &str) -> Option<f64> {
    let unit = text.find(|letter: char| letter.is_ascii_alphabetic())?;
    let (number, unit) = text.split_at(unit);
    let factor = match unit {
        "us" => 1.0,
        "ms" => 1e3,
        "s" => 1e6,
        _ => return None,
    };
    Some(number.parse::<f64>().ok()? * factor)
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "  Latency Distribution\n     50%   45.00us\n     75%   50.00us\n\
        \x20    90%   60.00us\n     99%    1.20ms\n  40 requests in 2.00s, 4MB read\n\
        Requests/sec:  21345.67\nTransfer/sec:      4.00MB\n";

    #[test]
    fn what_wrk_writes_is_understood() {
        let asked = Asked { rate: 21_345.67, p50: 45.0, p99: 1200.0 };
        assert_eq!(parse(TEXT), Some(asked));
        assert_eq!(parse(&format!("{TEXT}  Non-2xx or 3xx responses: 1\n")), None);
    }
}
