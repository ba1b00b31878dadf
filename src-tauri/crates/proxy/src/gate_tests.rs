use std::time::{Duration, Instant};

use http::Request;

use super::{Gate, TOKEN_LIFETIME, Verdict, next_path};
use crate::refusal::Refusal;

const PORT: u16 = 8501;

/// A request that the gate lets pass, before `change` spoils it.
fn judged(
    gate: &Gate,
    change: impl FnOnce(http::request::Builder) -> http::request::Builder,
) -> Verdict {
    judged_at(gate, Instant::now(), change)
}

fn judged_at(
    gate: &Gate,
    now: Instant,
    change: impl FnOnce(http::request::Builder) -> http::request::Builder,
) -> Verdict {
    gate.judge(&change(Request::builder()).body(()).unwrap().into_parts().0, now)
}

fn cookie(gate: &Gate) -> String {
    gate.set_cookie().unwrap().to_str().unwrap().split(';').next().unwrap().to_owned()
}

#[test]
fn each_rule_refuses_on_its_own() {
    let gate = Gate::new(PORT).unwrap();
    let cookie = cookie(&gate);
    let good = || {
        |request: http::request::Builder| {
            request.uri("/x").header("host", "localhost:8501").header("cookie", &cookie)
        }
    };
    assert_eq!(judged(&gate, good()), Verdict::Pass);
    assert_eq!(
        judged(&gate, |r| good()(r).header("origin", "http://127.0.0.1:8501")),
        Verdict::Pass
    );

    let refused = |expected, change: &dyn Fn(http::request::Builder) -> http::request::Builder| {
        assert_eq!(judged(&gate, change), Verdict::Refuse(expected));
    };
    refused(Refusal::Cookie, &|r| r.uri("/x").header("host", "localhost:8501"));
    refused(Refusal::Cookie, &|r| {
        r.uri("/x").header("host", "localhost:8501").header("cookie", "waterskin-8501=")
    });
    refused(Refusal::Cookie, &|r| {
        r.uri("/x")
            .header("host", "localhost:8501")
            .header("cookie", cookie.replace("8501", "8502"))
    });
    refused(Refusal::Host, &|r| r.uri("/x").header("cookie", &cookie));
    refused(Refusal::Host, &|r| good()(r).header("host", "localhost:8501"));
    refused(Refusal::Host, &|r| good()(r).uri("http://evil.example:8501/x"));
    refused(Refusal::Host, &|r| good()(r).uri("https://localhost:8501/x"));
    refused(Refusal::Host, &|r| good()(r).uri("http://evil@localhost:8501/x"));
    for origin in [
        "null",
        "file://",
        "https://localhost:8501",
        "http://localhost:8502",
        "http://evil.example:8501",
        "",
        "http://localhost:8501/",
    ] {
        refused(Refusal::Origin, &|r| good()(r).header("origin", origin));
    }
    refused(Refusal::Origin, &|r| {
        good()(r)
            .header("origin", "http://localhost:8501")
            .header("origin", "http://localhost:8501")
    });
    assert_eq!(judged(&gate, |r| good()(r).uri("http://localhost:8501/x")), Verdict::Pass);
}

#[test]
fn the_cookie_is_found_among_others_and_in_any_field() {
    let gate = Gate::new(PORT).unwrap();
    let cookie = cookie(&gate);
    let request = |r: http::request::Builder| r.uri("/").header("host", "[::1]:8501");
    assert_eq!(
        judged(&gate, |r| request(r)
            .header("cookie", "a=1; ;=")
            .header("cookie", format!("waterskin-8501=old; {cookie};z"))),
        Verdict::Pass
    );
    assert_eq!(
        judged(&gate, |r| request(r).header("cookie", format!("x{cookie}"))),
        Verdict::Refuse(Refusal::Cookie),
        "another cookie's name ends like ours"
    );
}

#[test]
fn a_token_works_once_and_only_from_our_own_addresses() {
    let gate = Gate::new(PORT).unwrap();
    let path = gate.entry_path().unwrap();
    let enter = |path: String, host: &str, method: &str| {
        judged(&gate, |r| r.method(method).uri(path).header("host", host))
    };
    assert_eq!(enter(path.clone(), "evil.example:8501", "GET"), Verdict::Refuse(Refusal::Host));
    assert_eq!(enter(path.clone(), "localhost:8501", "HEAD"), Verdict::Refuse(Refusal::Cookie));
    assert_eq!(enter(path.clone(), "localhost:8501", "POST"), Verdict::Refuse(Refusal::Cookie));
    assert_eq!(
        enter("/_waterskin/enter?token=".into(), "localhost:8501", "GET"),
        Verdict::Refuse(Refusal::Token)
    );
    assert_eq!(
        enter("/_waterskin/enter".into(), "localhost:8501", "GET"),
        Verdict::Refuse(Refusal::Token)
    );
    assert_eq!(
        enter(path.clone(), "localhost:8501", "GET"),
        Verdict::Enter { next: "/".into() },
        "a refused try spends nothing"
    );
    assert_eq!(
        enter(path, "localhost:8501", "GET"),
        Verdict::Refuse(Refusal::Token),
        "a token works once"
    );
    assert_eq!(gate.entry_path(), None);

    let (first, second) = (gate.renew().unwrap(), gate.renew().unwrap());
    assert_eq!(
        enter(first, "localhost:8501", "GET"),
        Verdict::Refuse(Refusal::Token),
        "a newer token replaced it"
    );
    assert_eq!(
        enter(format!("{second}&next=%2Fa%3Fb%3D1"), "localhost:8501", "GET"),
        Verdict::Enter { next: "/a?b=1".into() }
    );
}

#[test]
fn a_spent_link_leads_whoever_has_the_cookie_to_the_app_and_nobody_else() {
    let gate = Gate::new(PORT).unwrap();
    let path = format!("{}&next=/a", gate.entry_path().unwrap());
    let cookie = cookie(&gate);
    let again = |name: &str, value: &str| {
        judged(&gate, |r| r.uri(&path).header("host", "localhost:8501").header(name, value))
    };
    assert_eq!(again("accept", "*/*"), Verdict::Enter { next: "/a".into() });
    assert_eq!(again("accept", "*/*"), Verdict::Refuse(Refusal::Token));
    assert_eq!(again("cookie", "waterskin-8501=0"), Verdict::Refuse(Refusal::Token));
    assert_eq!(again("cookie", &cookie), Verdict::Enter { next: "/a".into() });
    let foreign = judged(&gate, |r| {
        let request = r.uri(&path).header("host", "localhost:8501").header("cookie", &cookie);
        request.header("origin", "http://localhost:9999")
    });
    assert_eq!(foreign, Verdict::Refuse(Refusal::Origin), "the other rules hold");
}

#[test]
fn the_way_after_the_entry_stays_here() {
    let next = |value: &str| next_path(&format!("token=1&next={value}"));
    assert_eq!(next("/page"), "/page");
    assert_eq!(next("%2Fpage%3Fa%3D%2541"), "/page?a=%41", "decoded once");
    for foreign in [
        "",
        "page",
        "//evil.example",
        "%2F%2Fevil.example",
        "/%5Cevil.example",
        "http://evil.example",
        "/a%0D%0Ab",
        "/a%20b",
        "/%C3%A9",
    ] {
        assert_eq!(next(foreign), "/", "{foreign}");
    }
    assert_eq!(next_path("token=1"), "/");
}

#[test]
fn no_secret_is_in_the_debug_text() {
    let gate = Gate::new(PORT).unwrap();
    let text = format!("{gate:?} {:?}", gate.set_cookie().unwrap());
    assert_eq!(text, "Gate { port: 8501, .. } Sensitive");
}

#[test]
fn a_token_that_nobody_used_in_time_is_dead() {
    let gate = Gate::new(PORT).unwrap();
    let enter =
        |path: &str, now| judged_at(&gate, now, |r| r.uri(path).header("host", "localhost:8501"));
    let late = |more| Instant::now() + TOKEN_LIFETIME + more;
    let path = gate.renew().unwrap();
    assert_eq!(
        enter("/_waterskin/enter?token=0", late(Duration::from_secs(1))),
        Verdict::Refuse(Refusal::Token),
        "a wrong one is not told apart by its age"
    );
    assert_eq!(enter(&path, late(Duration::from_secs(1))), Verdict::Refuse(Refusal::Expired));
    assert_eq!(enter(&path, Instant::now()), Verdict::Refuse(Refusal::Token), "and stays dead");
    let path = gate.renew().unwrap();
    let in_time = Instant::now() + TOKEN_LIFETIME - Duration::from_secs(60);
    assert_eq!(enter(&path, in_time), Verdict::Enter { next: "/".into() });
}
