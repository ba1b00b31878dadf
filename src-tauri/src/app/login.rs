//! Logging in at other sites: there in the system's browser, and back in the window.

use tauri::{AppHandle, Manager as _, Url};
use tokio::sync::mpsc::UnboundedReceiver;
use waterskin_bundle::Theme;
use waterskin_session::{Holder, LoginStep, holder};
use waterskin_words::Words;

use crate::{
    context::Context,
    model::{notice::Notice, ui::Ui},
    platform,
    windows::{
        outside,
        registry::{self, MAIN},
    },
};

/// The page that the browser shows in the end. It needs nothing else to be shown.
const PAGE: &str = include_str!("login.html");

/// Does what logins ask for, until the session ends.
pub async fn follow(app: AppHandle, mut steps: UnboundedReceiver<LoginStep>) {
    // Any window of the app can begin one, and it is to end there.
    let mut from = MAIN.to_owned();
    while let Some(step) = steps.recv().await {
        let front = registry::front(&app).map(|front| front.label().to_owned());
        match step {
            LoginStep::Leave { url } => {
                from = front.unwrap_or(from);
                leave(&app, &from, &url);
            }
            LoginStep::Return { url } => come_back(&app, &from, &url),
            LoginStep::PortTaken { port } => {
                let holder = tauri::async_runtime::spawn_blocking(move || holder(port)).await;
                let holder = holder.unwrap_or(Holder::Unknown);
                say(&app, &front.unwrap_or_default(), |words| taken(words, port, &holder));
            }
            LoginStep::Misled { redirect_uri } => {
                say(&app, &front.unwrap_or_default(), |words| misled(words, &redirect_uri));
            }
        }
    }
}

fn leave(app: &AppHandle, label: &str, url: &str) {
    match Url::parse(url) {
        Ok(url) => outside::open(app, &url),
        Err(error) => return tracing::error!(%error, "the way to a login is no address"),
    }
    say(app, label, |words| Notice {
        title: words.say("login-outside-title"),
        text: words.say("login-outside"),
        passing: true,
    });
}

/// Shows the app's own page for the answer, in the window where the app's cookies are.
fn come_back(app: &AppHandle, label: &str, url: &str) {
    let Some(window) = app.get_webview_window(label).or_else(|| registry::front(app)) else {
        return;
    };
    let url = match Url::parse(url) {
        Ok(url) => url,
        Err(error) => return tracing::error!(%error, "the way back from a login is no address"),
    };
    let back = window.navigate(url).and_then(|()| registry::raise(&window));
    // The browser has had its part.
    if let Err(error) = back.and_then(|()| platform::dismiss(&window)) {
        tracing::warn!(%error, "the window could not go on after a login");
    }
}

fn say(app: &AppHandle, label: &str, notice: impl FnOnce(&Words) -> Notice) {
    let Some(window) = app.get_webview_window(label).or_else(|| registry::front(app)) else {
        return;
    };
    let shell = &Context::of(app).shell;
    let notice = notice(&shell.ui.words);
    if let Err(error) = platform::say(shell, &window, notice) {
        tracing::warn!(%error, "what happened to a login could not be told");
    }
}

/// Why logging in can't work while the port is another one.
fn taken(words: &Words, port: u16, holder: &Holder) -> Notice {
    let port = port.to_string();
    let text = match holder {
        Holder::Program(name) => {
            words.tell("login-port-program", &[("port", &port), ("program", name)])
        }
        Holder::Unknown => words.tell("login-port-unknown", &[("port", &port)]),
        Holder::Nobody => words.tell("login-port-free", &[("port", &port)]),
    };
    Notice { title: words.say("login-failed-title"), text, passing: false }
}

/// Why logging in can't work as the author set it up.
fn misled(words: &Words, redirect_uri: &str) -> Notice {
    // An address may have anything behind these.
    let shown = redirect_uri.split(['?', '#']).next().unwrap_or_default();
    let text = words.tell("login-misled", &[("address", shown)]);
    Notice { title: words.say("login-failed-title"), text, passing: false }
}

/// The page that the browser shows in the end.
pub fn page(ui: &Ui) -> String {
    let words = &ui.words;
    let scheme = match ui.looks.theme {
        Theme::Light => "light",
        Theme::Dark => "dark",
        Theme::System => "light dark",
    };
    let icon = ui.icon.as_ref().map_or_else(String::new, |icon| {
        format!("<img src=\"{}\" alt=\"\" width=\"56\" height=\"56\">", icon.data_url)
    });
    fill(&[
        ("LANGUAGE", words.language().tag()),
        ("SCHEME", scheme),
        ("ICON", &icon),
        ("TITLE", &escaped(&words.tell("login-done-title", &[("app", &ui.name)]))),
        ("TEXT", &escaped(&words.say("login-done"))),
    ])
}

/// The page with each `{{NAME}}` replaced. What is put in is not looked at again.
fn fill(values: &[(&str, &str)]) -> String {
    let mut parts = PAGE.split("{{");
    let mut page = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (name, rest) = part.split_once("}}").unwrap_or((part, ""));
        let value = values.iter().find(|(known, _)| *known == name).map_or("", |(_, value)| value);
        page.push_str(value);
        page.push_str(rest);
    }
    page
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use waterskin_words::Language;

    use super::*;
    use crate::model::looks::Looks;

    #[test]
    fn the_last_page_takes_any_name_and_runs_nothing() {
        let looks = Looks {
            title: String::new(),
            script: String::new(),
            size: (1, 1),
            theme: Theme::Dark,
            grounds: waterskin_session::Grounds::default(),
            icon: None,
        };
        let name = "<script>alert(1)</script> {{ICON}} & \"Été\"".to_owned();
        let page = page(&Ui { name, words: Words::of(Language::English), looks, icon: None });
        assert!(!page.contains("<script"), "{page}");
        assert!(
            page.contains("&lt;script&gt;alert(1)&lt;/script&gt; {{ICON}} &amp; &quot;Été&quot;")
        );
        assert_eq!(page.matches("{{").count(), 2, "those in the name: {page}");
        assert!(page.contains("color-scheme: dark;"));
    }

    #[test]
    fn who_has_the_port_is_named_where_it_is_known() {
        let words = Words::of(Language::German);
        let text = |holder: &Holder| taken(&words, 8501, holder).text;
        let named = text(&Holder::Program("sales".to_owned()));
        assert!(named.contains("8501") && named.contains("sales"), "{named}");
        let texts = [named, text(&Holder::Unknown), text(&Holder::Nobody)];
        assert!(texts.iter().all(|text| text.contains("8501")), "{texts:?}");
        assert!(texts[0] != texts[1] && texts[1] != texts[2], "{texts:?}");
        let text = misled(&words, "https://app.example/oauth2callback?key=x#y").text;
        assert!(text.contains("https://app.example/oauth2callback") && !text.contains("key"));
    }
}
