//! What people read: the sentences of `data/causes.toml` and the snippets of `data/products`, with what was
//! seen in their gaps.

mod forward;

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::Deserialize;

pub use forward::forward;

use crate::reason::{Cause, Finding, Product};
use crate::seen::{Seen, What};

/// What there is to say of a cause. The file says what each is.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Text {
    /// What works, what does not, and whose it is.
    pub sentence: String,
    /// What it means.
    pub why: String,
    /// What to do.
    pub change: String,
    /// How it is told from its like.
    pub test: String,
}

/// What there is to say of a product.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ProductText {
    /// Its name.
    pub name: String,
    /// Where its snippets belong.
    #[serde(rename = "where")]
    pub place: String,
    /// How a change of it is checked and put to work.
    pub check: String,
    /// Settings with which everything passes.
    pub whole: String,
    /// What to write for a cause, by its name.
    pub snippets: BTreeMap<String, String>,
}

// Both are a part of the program, and a test reads each of them.
static CAUSES: LazyLock<BTreeMap<String, Text>> =
    LazyLock::new(|| toml::from_str(include_str!("../../data/causes.toml")).unwrap_or_default());

/// The text of a cause.
pub fn text(cause: Cause) -> Text {
    CAUSES.get(cause.id()).cloned().unwrap_or_default()
}

/// The text of a product.
pub fn product(product: Product) -> ProductText {
    let source = match product {
        Product::Oauth2Proxy => include_str!("../../data/products/oauth2-proxy.toml"),
        Product::ApiGateway => include_str!("../../data/products/api-gateway.toml"),
        Product::Lambda => include_str!("../../data/products/lambda.toml"),
        Product::AppRunner => include_str!("../../data/products/app-runner.toml"),
        Product::CloudRun => include_str!("../../data/products/cloud-run.toml"),
        Product::Azure => include_str!("../../data/products/azure.toml"),
        Product::Iis => include_str!("../../data/products/iis.toml"),
        Product::KubernetesIngress => include_str!("../../data/products/kubernetes-ingress.toml"),
        Product::Cloudflare => include_str!("../../data/products/cloudflare.toml"),
        Product::Envoy => include_str!("../../data/products/envoy.toml"),
        Product::Traefik => include_str!("../../data/products/traefik.toml"),
        Product::Nginx => include_str!("../../data/products/nginx.toml"),
        Product::Apache => include_str!("../../data/products/apache.toml"),
        Product::Caddy => include_str!("../../data/products/caddy.toml"),
        Product::Haproxy => include_str!("../../data/products/haproxy.toml"),
        Product::Tornado | Product::Uvicorn => {
            include_str!("../../data/products/streamlit.toml")
        }
    };
    toml::from_str(source).unwrap_or_default()
}

/// What belongs into the gaps of a text.
#[derive(Clone, Debug, Default)]
pub struct Gaps(Vec<(String, String)>);

impl Gaps {
    /// Those of a finding.
    pub fn of(seen: &Seen, finding: &Finding, found: Option<Product>) -> Self {
        let front = match found.filter(|product| !product.is_app()) {
            Some(found) => product(found).name,
            None => "something in front of the app".to_owned(),
        };
        let mut gaps = Self::default();
        gaps.put("Front", &capital(&front));
        gaps.put("front", &front);
        gaps.put("host", &seen.contact.host);
        gaps.put("address", &seen.address);
        gaps.put("limit", &format!("{:.0}", seen.terms.limit));
        gaps.put("cookie_bytes", &seen.terms.cookie_bytes.to_string());
        let path = seen.exchange(What::Page).map_or("/", |page| page.path.as_str());
        gaps.put("path", path);
        let port = seen.contact.connects.first().and_then(|it| it.to.rsplit(':').next());
        gaps.put("port", port.unwrap_or("of the address"));
        for (name, value) in &finding.details {
            gaps.put(name, value);
        }
        gaps
    }

    fn put(&mut self, name: &str, value: &str) {
        self.0.push((format!("{{{name}}}"), value.to_owned()));
    }

    /// A sentence with its gaps filled; what is not known is left out.
    pub fn say(&self, text: &str) -> String {
        let filled = self.fill(text);
        let (mut said, mut rest) = (String::new(), filled.as_str());
        while let Some((before, after)) = rest.split_once('{') {
            said.push_str(before);
            match after.split_once('}') {
                Some((name, behind))
                    if name.chars().all(|it| it.is_ascii_lowercase() || it == '_') =>
                {
                    said.push('…');
                    rest = behind;
                }
                _ => {
                    said.push('{');
                    rest = after;
                }
            }
        }
        said + rest
    }

    /// The text with its gaps filled.
    pub fn fill(&self, text: &str) -> String {
        // One pass from the left: what is put in is not looked at again.
        let (mut filled, mut rest) = (String::new(), text);
        while let Some(at) = rest.find('{') {
            let (before, after) = rest.split_at(at);
            filled.push_str(before);
            match self.0.iter().find(|(gap, _)| after.starts_with(gap.as_str())) {
                Some((gap, value)) => {
                    filled.push_str(value);
                    rest = &after[gap.len()..];
                }
                None => {
                    filled.push('{');
                    rest = &after[1..];
                }
            }
        }
        filled + rest
    }
}

fn capital(text: &str) -> String {
    // Names are written as their makers do.
    match text.strip_prefix("something") {
        Some(rest) => format!("Something{rest}"),
        None => text.to_owned(),
    }
}

/// The sentence where no cause could be named.
pub fn unsure(finding: &Finding) -> String {
    let status = finding.detail("status").map(|it| format!(" (status {it})")).unwrap_or_default();
    match finding.stage {
        1 => "The host is there, and closes the connection before it answers.".to_owned(),
        2 if finding.detail("asset").is_some() => {
            "The page comes, but not all of its scripts and styles come in time.".to_owned()
        }
        2 => format!("The host answers, and no page comes{status}."),
        3 => format!(
            "The page loads; the live connection does not{}.",
            status.replace("status no", "no")
        ),
        _ => "The page loads and the live connection opens, and it does not last.".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_cause_has_its_words() {
        let texts: BTreeMap<String, Text> =
            toml::from_str(include_str!("../../data/causes.toml")).unwrap();
        assert_eq!(texts.len(), Cause::ALL.len());
        for cause in Cause::ALL {
            let Text { sentence, why, change, test } = text(cause);
            assert!(sentence.ends_with('.'), "{cause:?}");
            for part in [sentence, why, change, test] {
                assert!(part.len() > 10, "{cause:?}");
            }
        }
    }

    #[test]
    fn every_product_has_its_words() {
        for found in Product::ALL {
            let text = product(found);
            assert!(!text.name.is_empty() && !text.place.is_empty(), "{found:?}");
            for (cause, snippet) in text.snippets {
                let known = Cause::ALL.iter().any(|it| it.id() == cause);
                assert!(known && !snippet.trim().is_empty(), "{found:?}: {cause}");
                assert!(snippet.lines().all(|line| line.len() <= 84), "{found:?}: {cause} is wide");
            }
        }
    }

    #[test]
    fn names_are_the_same_everywhere() {
        for cause in Cause::ALL {
            assert_eq!(serde_json::to_value(cause).unwrap(), cause.id());
        }
        for found in Product::ALL {
            assert_eq!(serde_json::to_value(found).unwrap(), found.id());
        }
    }

    #[test]
    fn gaps_are_filled_once() {
        let mut gaps = Gaps::default();
        gaps.put("a", "{b}");
        gaps.put("b", "x");
        assert_eq!(gaps.fill("{a} {b} {c} {"), "{b} x {c} {");
        assert_eq!(gaps.say("{b} after {seconds} s {X} {"), "x after … s {X} {");
    }
}
