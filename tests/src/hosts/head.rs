use anyhow::Context;
use tokio::net::TcpStream;

use crate::Result;
use crate::exchange::read_head;

/// The head of a request or an answer, as it was on the wire.
#[derive(Clone, Debug)]
pub struct Head {
    /// Its first line.
    pub line: String,
    fields: Vec<(String, String)>,
}

impl Head {
    /// Reads one, and what came after it.
    pub async fn read(stream: &mut TcpStream) -> Result<(Self, Vec<u8>)> {
        let (text, rest) = read_head(stream).await?;
        let mut lines = text.trim_end().split("\r\n");
        let line = lines.next().context("an empty head")?.to_owned();
        let field = |line: &str| {
            let (name, value) = line.split_once(':')?;
            Some((name.to_owned(), value.trim().to_owned()))
        };
        Ok((Self { line, fields: lines.filter_map(field).collect() }, rest))
    }

    /// The path of a request, with its query.
    pub fn path(&self) -> &str {
        self.line.split(' ').nth(1).unwrap_or_default()
    }

    /// The value of a field; empty where there is none.
    pub fn get(&self, name: &str) -> &str {
        let found = self.fields.iter().find(|(known, _)| known.eq_ignore_ascii_case(name));
        found.map_or("", |(_, value)| value)
    }

    /// Takes fields out.
    pub fn remove(&mut self, names: &[&str]) {
        self.fields.retain(|(known, _)| !names.iter().any(|name| known.eq_ignore_ascii_case(name)));
    }

    /// Sets a field, in the place of those of its name.
    pub fn set(&mut self, name: &str, value: &str) {
        self.remove(&[name]);
        self.add(name, value);
    }

    /// Adds a field to those of its name.
    pub fn add(&mut self, name: &str, value: &str) {
        self.fields.push((name.to_owned(), value.to_owned()));
    }

    /// Whether a request asks for another protocol.
    pub fn is_upgrade(&self) -> bool {
        self.get("upgrade").eq_ignore_ascii_case("websocket")
    }

    /// Whether an answer grants it.
    pub fn is_switch(&self) -> bool {
        self.line.split(' ').nth(1) == Some("101")
    }

    /// As it goes on the wire; a letter is a byte (Latin-1).
    pub fn bytes(&self) -> Vec<u8> {
        let fields = self.fields.iter().map(|(name, value)| format!("{name}: {value}\r\n"));
        let text = format!("{}\r\n{}\r\n", self.line, fields.collect::<String>());
        text.chars().map(|letter| u8::try_from(letter).unwrap_or(b'?')).collect()
    }
}
