use anyhow::Context;
use serde_json::Value;

use super::case::Expected;
use crate::{Finished, Result};

/// What the command said of a host.
#[derive(Clone, Debug)]
pub struct Verdict {
    /// Its exit code.
    pub code: Option<i32>,
    /// The document that it printed.
    pub document: Value,
}

impl Verdict {
    /// Takes what it printed.
    pub fn of(finished: &Finished) -> Result<Self> {
        let document = serde_json::from_str(&finished.stdout);
        let document = document.with_context(|| format!("no document: {finished:#?}"))?;
        Ok(Self { code: finished.code, document })
    }

    /// In one line: the exit code, the cause or causes, and the product.
    pub fn line(&self) -> String {
        let verdict = &self.document["verdict"];
        let cause = match verdict["cause"].as_str() {
            Some(cause) => cause.to_owned(),
            None => format!("{:?}", names(&verdict["possible"])),
        };
        let product = self.document["product"].as_str().unwrap_or("-");
        let sentence = verdict["sentence"].as_str().unwrap_or_default();
        format!("{} {cause} {product}: {sentence}", self.code.unwrap_or(-1))
    }

    /// What of it is not as it has to be.
    pub fn complaints(&self, expected: Expected) -> Vec<String> {
        let mut wrong = Vec::new();
        let verdict = &self.document["verdict"];
        let mut same = |what: &str, is: &Value, should: Value| {
            if *is != should {
                wrong.push(format!("{what} is {is}, not {should}"));
            }
        };
        let stage = expected.stage();
        same("document", &self.document["document"], "waterskin doctor".into());
        same("version", &self.document["version"], 1.into());
        same("the exit code", &self.code.into(), (stage.unwrap_or(0) * 10).into());
        same("whole", &verdict["whole"], stage.is_none().into());
        same("stage", &verdict["stage"], stage.into());
        let possible = names(&verdict["possible"]);
        match expected {
            Expected::Whole { .. } => same("cause", &verdict["cause"], Value::Null),
            Expected::Fails { cause, .. } => same("cause", &verdict["cause"], cause.into()),
            Expected::Open { .. } => same("cause", &verdict["cause"], Value::Null),
        }
        for (at, state) in states(stage).into_iter().enumerate() {
            if let Some(state) = state {
                let what = format!("stage {}", at + 1);
                same(&what, &self.document["stages"][at]["state"], state.into());
            }
        }
        match expected {
            Expected::Open { possible: wanted, .. } => {
                if !wanted.iter().all(|cause| possible.contains(cause)) {
                    wrong.push(format!("{possible:?} are possible, not {wanted:?}"));
                }
            }
            Expected::Whole { .. } | Expected::Fails { .. } => {
                let own = verdict["cause"].as_str();
                if possible.iter().any(|cause| Some(*cause) != own) {
                    wrong.push(format!("{possible:?} are possible too"));
                }
            }
        }
        // Streamlit's own server is no product that stands in front of it.
        let product = self.document["product"].as_str();
        let product = product.filter(|name| !["tornado", "uvicorn"].contains(name));
        if product != expected.product() {
            wrong.push(format!("the product is {product:?}, not {:?}", expected.product()));
        }
        if verdict["sentence"].as_str().is_none_or(|text| text.len() < 10) {
            wrong.push("there is no sentence".to_owned());
        }
        wrong
    }
}

/// The state of each stage: those before the one that fails pass, and after it none has to be known.
fn states(failed: Option<u8>) -> [Option<&'static str>; 4] {
    [1, 2, 3, 4].map(|stage| match failed {
        Some(failed) if stage == failed => Some("failed"),
        Some(failed) if stage > failed => None,
        Some(_) | None => Some("passed"),
    })
}

fn names(list: &Value) -> Vec<&str> {
    list.as_array().map(|list| list.iter().filter_map(Value::as_str).collect()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn said(code: i32, stage: u8, cause: &str, product: &Value) -> Verdict {
        let stages: Vec<Value> = [1, 2, 3, 4]
            .map(|number| json!({ "state": if number < stage { "passed" } else { "failed" } }))
            .into();
        let verdict = json!({
            "sentence": "the page loads, and no more", "whole": false, "stage": stage,
            "cause": cause, "possible": [cause],
        });
        let document = json!({
            "document": "waterskin doctor", "version": 1, "verdict": verdict,
            "product": product, "stages": stages,
        });
        Verdict { code: Some(code), document }
    }

    #[test]
    fn whatever_is_wrong_is_found() {
        let expected = Expected::fails(3, "upgrade-dropped").by("nginx");
        assert_eq!(said(30, 3, "upgrade-dropped", &"nginx".into()).complaints(expected), [""; 0]);
        for wrong in [
            said(20, 3, "upgrade-dropped", &"nginx".into()),
            said(30, 2, "upgrade-dropped", &"nginx".into()),
            said(30, 3, "origin-refused", &"nginx".into()),
            said(30, 3, "upgrade-dropped", &"caddy".into()),
            said(30, 3, "upgrade-dropped", &Value::Null),
        ] {
            assert_ne!(wrong.complaints(expected), [""; 0], "{}", wrong.line());
        }
        let whole = Expected::Whole { product: None };
        assert!(said(30, 3, "upgrade-dropped", &Value::Null).complaints(whole).len() > 3);
        let uvicorn = said(30, 3, "firewall", &"uvicorn".into());
        assert_eq!(uvicorn.complaints(Expected::fails(3, "firewall")), [""; 0]);
    }
}
