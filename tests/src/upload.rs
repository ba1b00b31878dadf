use anyhow::Context;

use crate::{Draft, Result, Site};

/// An upload of `content` to the session `session`, as the page sends one. `xsrf` is the cookie against
/// forged requests ([`xsrf`]).
pub fn upload(session: &str, name: &str, content: &[u8], xsrf: &str) -> Draft {
    let token = xsrf.split_once('=').map_or("", |(_, value)| value);
    Draft::new(format!("PUT /_stcore/upload_file/{session}/{name}"))
        .cookie(xsrf)
        .field("X-Xsrftoken", token)
        .field("Content-Type", "multipart/form-data; boundary=edge")
        .body(multipart("f\u{e9}.bin", content))
}

/// The cookie against forged requests that a site gives.
pub async fn xsrf(site: &Site) -> Result<String> {
    let answer = site.send(&Draft::new("GET /_stcore/health")).await?;
    let cookie = answer.values("set-cookie").find(|it| it.starts_with("_streamlit_xsrf="));
    let cookie = cookie.context("no cookie against forged requests")?;
    Ok(cookie.split(';').next().unwrap_or_default().to_owned())
}

fn multipart(name: &str, content: &[u8]) -> Vec<u8> {
    let head = format!(
        "--edge\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{name}\"\r\n\
         Content-Type: application/octet-stream\r\n\r\n"
    );
    [head.as_bytes(), content, b"\r\n--edge--\r\n"].concat()
}
