use std::time::{Duration, Instant};

use http::Request;
use http::request::Parts;

use super::{Departure, LEAVE, LIFETIME, Logins, MOST, Return};

const PORT: u16 = 8501;
const LOGIN: &str = "https://id.example/authorize?response_type=code&client_id=a&state=s%2B1&nonce=n\
     &redirect_uri=http%3A%2F%2Flocalhost%3A8501%2Foauth2callback";
const LOGOUT: &str = "https://id.example/end?client_id=a&id_token_hint=t\
     &post_logout_redirect_uri=http%3A%2F%2Flocalhost%3A8501%2Foauth2callback";

fn get(target: &str) -> Parts {
    Request::get(target).body(()).unwrap().into_parts().0
}

fn depart(logins: &Logins, location: &str) -> Option<Departure> {
    logins.depart(location, PORT, Instant::now()).unwrap()
}

#[test]
fn what_is_no_login_is_left_alone() {
    let logins = Logins::default();
    for location in [
        "/",
        "oauth2callback",
        "//id.example/authorize?state=s",
        "http://localhost:8501/?redirect_uri=http://localhost:8501/x&state=s",
        "http://[::1]:8501/?redirect_uri=http://localhost:8501/x&state=s",
        "https://id.example/",
        "https://id.example/authorize?redirect_uri=http://localhost:8501/x",
        "https://id.example/authorize?state=s",
        "javascript:alert(1)?state=s&redirect_uri=http://localhost:8501/x",
        "mailto:a@example.org?state=s&redirect_uri=http://localhost:8501/x",
        "https://",
        "",
    ] {
        assert_eq!(depart(&logins, location), None, "{location}");
    }
}

#[test]
fn a_login_comes_back_once_with_its_own_state() {
    let logins = Logins::default();
    let now = Instant::now();
    let Some(Departure::Login { path }) = depart(&logins, LOGIN) else { panic!("a login") };
    assert_eq!(logins.leave(&get(LEAVE), now), None);
    assert_eq!(logins.leave(&get(&format!("{LEAVE}?token=0")), now), None);
    assert_eq!(logins.leave(&get(&path), now).as_deref(), Some(LOGIN));
    assert_eq!(logins.leave(&get(&path), now), None, "a way out is good once");

    let back = |target: &str| logins.come_back(&get(target), now);
    for target in [
        "/oauth2callback",
        "/oauth2callback?code=c",
        "/oauth2callback?code=c&state=",
        "/oauth2callback?code=c&state=s",
        "/oauth2callback?code=c&state=s%2B2",
        "/oauth2callback?code=c&State=s%2B1",
        "/oauth2callback/?code=c&state=s%2B1",
        "/elsewhere?code=c&state=s%2B1",
        // The first one counts, as for Streamlit.
        "/oauth2callback?state=x&state=s%2B1",
    ] {
        assert_eq!(back(target), None, "{target}");
    }
    let post = Request::post("/oauth2callback?state=s%2B1").body(()).unwrap().into_parts().0;
    assert_eq!(logins.come_back(&post, now), None);
    let target = "/oauth2callback?code=c%2F1&state=s%2B1";
    assert_eq!(back(target), Some(Return::Login { target: target.to_owned() }));
    assert_eq!(back(target), None, "a state is good once");
}

#[test]
fn an_answer_that_comes_late_is_refused() {
    let logins = Logins::default();
    let begun = Instant::now();
    let Ok(Some(Departure::Login { path })) = logins.depart(LOGIN, PORT, begun) else {
        panic!("a login")
    };
    let late = begun + LIFETIME + Duration::from_secs(1);
    assert_eq!(logins.leave(&get(&path), late), None);
    assert_eq!(logins.come_back(&get("/oauth2callback?state=s%2B1"), late), None);
}

#[test]
fn a_login_that_can_not_come_back_is_told() {
    let logins = Logins::default();
    for redirect_uri in
        ["http://localhost:8502/oauth2callback", "https://app.example/oauth2callback", "nonsense"]
    {
        let location = format!("https://id.example/a?state=s&redirect_uri={redirect_uri}");
        let expected = Departure::NoReturn { redirect_uri: redirect_uri.to_owned() };
        assert_eq!(depart(&logins, &location), Some(expected));
    }
}

#[test]
fn a_logout_comes_back_once_and_the_window_learns_nothing() {
    let logins = Logins::default();
    let now = Instant::now();
    let Some(Departure::Logout { path }) = depart(&logins, LOGOUT) else { panic!("a logout") };
    assert_eq!(logins.leave(&get(&path), now).as_deref(), Some(LOGOUT));
    assert_eq!(logins.come_back(&get("/oauth2callback?code=c&state=s"), now), None);
    assert_eq!(logins.come_back(&get("/oauth2callback"), now), Some(Return::Logout));
    assert_eq!(logins.come_back(&get("/oauth2callback"), now), None);
}

#[test]
fn of_many_tries_the_last_ones_count() {
    let logins = Logins::default();
    let begin = |state: usize| {
        depart(&logins, &LOGIN.replace("s%2B1", &format!("state{state}"))).unwrap();
    };
    (0..=MOST).for_each(begin);
    let back = |state: usize| {
        let target = format!("/oauth2callback?code=c&state=state{state}");
        logins.come_back(&get(&target), Instant::now()).is_some()
    };
    assert!(!back(0), "the oldest one had to go");
    assert!((1..=MOST).all(back));
}
