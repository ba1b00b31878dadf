use super::{Cause, Finding};
use crate::seen::{Answer, Exchange, Fault, Kind, Mark, Seen, What};

/// The types that browsers take for a module script (HTML, "JavaScript MIME type").
const SCRIPT_TYPES: &[&str] = &[
    "text/javascript",
    "application/javascript",
    "application/x-javascript",
    "application/ecmascript",
    "text/ecmascript",
    "text/x-javascript",
];

/// What is wrong with the page, its scripts and its styles.
pub fn find(seen: &Seen) -> Option<Finding> {
    let page = seen.exchange(What::Page)?;
    if page.fault() == Some(&Fault::EndlessHead) {
        return Some(Finding::named(2, Cause::Endless).with("what", "answer's head"));
    }
    let answer = page.answer()?;
    if answer.has(Mark::PlainToTls) {
        return Some(
            Finding::named(1, Cause::OtherProtocol)
                .with("spoken", "TLS; the address may have to begin with `https`"),
        );
    }
    if !(answer.has(Mark::Streamlit) && answer.status == 200) {
        return Some(other_page(seen, page, answer));
    }
    if !answer.body.whole {
        return Some(Finding::named(2, Cause::Endless).with("what", "page"));
    }
    assets(seen)
}

/// What came is not Streamlit's page.
fn other_page(seen: &Seen, page: &Exchange, answer: &Answer) -> Finding {
    let status = answer.status.to_string();
    let leads = answer.field("location");
    let redirects = seen.exchanges.iter().filter(|it| it.what == What::Page).count();
    if (300..400).contains(&answer.status) && leads.is_some() {
        // Where it led to could not be reached, or there was no end of it.
        if redirects > 10 {
            // Streamlit (1.57 and newer) takes the slash away from every path but its own, and a proxy
            // adds it to that of an app: the path is not Streamlit's.
            if seen.answer(What::PageFile).is_some_and(|it| it.has(Mark::Streamlit)) {
                return Finding::named(2, Cause::BasePath).with("status", status);
            }
            return Finding::named(2, Cause::RedirectLoop).with("times", redirects.to_string());
        }
        if is_login(seen, page, answer) {
            return Finding::named(2, Cause::LoginInFront).with("status", status);
        }
        return Finding::named(2, Cause::NotStreamlit)
            .with("status", status)
            .with("kind", format!("a redirect to `{}`", leads.unwrap_or_default()));
    }
    if is_login(seen, page, answer) {
        return Finding::named(2, Cause::LoginInFront).with("status", status);
    }
    if !answer.body.whole && answer.body.kind != Kind::Empty {
        return Finding::named(2, Cause::Endless).with("what", "page");
    }
    match answer.status {
        502 | 504 => Finding::named(2, Cause::UpstreamDown).with("status", status),
        503 => Finding::one_of(2, &[Cause::UpstreamDown, Cause::Starting]).with("status", status),
        403 if is_cloudflare(answer) => Finding::named(2, Cause::Cloudflare).with("status", status),
        403 => Finding::one_of(2, &[Cause::Firewall, Cause::LoginInFront]).with("status", status),
        _ if answer.has(Mark::LongHeader) => {
            Finding::named(2, Cause::HeaderTooLong).with("status", status)
        }
        431 | 413 | 494 if seen.terms.cookie_bytes > 0 => {
            Finding::named(2, Cause::HeaderTooLong).with("status", status)
        }
        // The app answers at another path of the same host.
        _ if healthy_elsewhere(seen) => Finding::named(2, Cause::BasePath).with("status", status),
        _ => {
            let kind = match answer.body.kind {
                Kind::Html => "another page",
                Kind::Empty => "nothing",
                Kind::Json => "data",
                _ => "no page",
            };
            Finding::named(2, Cause::NotStreamlit).with("status", status).with("kind", kind)
        }
    }
}

fn is_login(seen: &Seen, page: &Exchange, answer: &Answer) -> bool {
    let leads = answer.field("location").is_some_and(names_login);
    // A redirect to another host's page to sign in on.
    let led = names_login(&page.path)
        && seen.exchanges.iter().any(|it| {
            it.what == What::Page && it.answer().is_some_and(|it| (300..400).contains(&it.status))
        });
    let asks = answer.field("www-authenticate").is_some();
    answer.status == 401
        || asks
        || answer.has(Mark::Login)
        || answer.has(Mark::Oauth2Proxy)
        || leads
        || led
}

/// Whether an address is one to sign in on, by its words.
pub fn names_login(address: &str) -> bool {
    let address = address.to_ascii_lowercase();
    ["login", "signin", "sign_in", "sign-in", "/oauth2/", "/authorize", "/saml", "/auth/", "/sso"]
        .iter()
        .any(|word| address.contains(word))
}

pub fn is_cloudflare(answer: &Answer) -> bool {
    answer.has(Mark::Cloudflare)
        || answer.field("cf-ray").is_some()
        || answer.field("server").is_some_and(|it| it.eq_ignore_ascii_case("cloudflare"))
}

/// Whether a health route says `ok` at another base than the page's own.
fn healthy_elsewhere(seen: &Seen) -> bool {
    [What::Health, What::HealthAbove, What::HealthRoot, What::HealthTwice]
        .iter()
        .any(|what| is_ok(seen, *what))
}

/// Whether a health route says so.
pub fn is_ok(seen: &Seen, what: What) -> bool {
    seen.answer(what).is_some_and(|it| it.status == 200 && it.body.kind == Kind::Ok)
}

/// What is wrong with the scripts and styles.
fn assets(seen: &Seen) -> Option<Finding> {
    let bad: Vec<(&Exchange, Wrong)> =
        seen.exchanges.iter().filter_map(|it| Some((it, wrong(it)?))).collect();
    // What came tells more than what did not come in time.
    let told = bad.iter().find(|(_, wrong)| *wrong != Wrong::Late);
    let (first, what) = told.or(bad.first())?;
    let all = seen.exchanges.iter().filter(|it| is_asset(it)).count();
    // All of them are lost, and the app's own routes with them: the app is at another path.
    let healthy = is_ok(seen, What::Health) || is_ok(seen, What::HealthAbove);
    let finding = if bad.len() == all && !healthy {
        Finding::named(2, Cause::BasePath)
    } else {
        match what {
            Wrong::Type(_) => Finding::named(2, Cause::ScriptType),
            Wrong::Missing => Finding::named(2, Cause::ScriptMissing),
            Wrong::Late => Finding::one_of(2, &[Cause::SlowLine, Cause::ScriptMissing]),
            Wrong::Login => Finding::named(2, Cause::LoginInFront).with("status", "200"),
        }
    };
    let came = match what {
        Wrong::Type(came) => came.clone(),
        Wrong::Login => "a page to sign in on".to_owned(),
        Wrong::Late => "nothing, or a part of it, in time".to_owned(),
        Wrong::Missing => match first.answer() {
            Some(answer) if answer.status != 200 => format!("status {}", answer.status),
            Some(answer) if answer.body.kind == Kind::Html => "a page in its place".to_owned(),
            Some(_) => "an empty answer".to_owned(),
            None => "nothing".to_owned(),
        },
    };
    let path = first.path.rsplit('/').next().unwrap_or_default().to_owned();
    Some(
        finding
            .with("asset", path)
            .with("came", came)
            .with("bad", bad.len().to_string())
            .with("all", all.to_string()),
    )
}

/// What is wrong with a script or a style.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Wrong {
    /// Its type.
    Type(String),
    /// It had not come, or not whole, when the limit was over.
    Late,
    /// A page to sign in on came in its place.
    Login,
    /// It did not come.
    Missing,
}

pub fn is_asset(exchange: &Exchange) -> bool {
    matches!(exchange.what, What::Script | What::Style)
}

/// What is wrong with one exchange, where it is for a script or a style.
pub fn wrong(exchange: &Exchange) -> Option<Wrong> {
    if !is_asset(exchange) {
        return None;
    }
    let answer = match (exchange.answer(), exchange.fault()) {
        (Some(answer), _) => answer,
        (None, Some(Fault::Silent)) => return Some(Wrong::Late),
        (None, _) => return Some(Wrong::Missing),
    };
    if answer.has(Mark::Login) {
        return Some(Wrong::Login);
    }
    // Streamlit gives its page for every path that it does not know (1.57 and newer).
    let page = answer.body.kind == Kind::Html;
    if answer.status != 200 || answer.body.kind == Kind::Empty || page {
        return Some(Wrong::Missing);
    }
    if !answer.body.whole {
        return Some(Wrong::Late);
    }
    let kind = answer.content_type().to_ascii_lowercase();
    let fits = match exchange.what {
        What::Script => SCRIPT_TYPES.contains(&kind.as_str()),
        _ => kind == "text/css",
    };
    (!fits).then(|| {
        Wrong::Type(if kind.is_empty() { "no type".to_owned() } else { format!("`{kind}`") })
    })
}
