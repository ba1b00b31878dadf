use std::time::{Duration, Instant};

use anyhow::Context;
use tokio::task::spawn_blocking;
use waterskin_tests::Result;

use super::bulk::{self, Socket};
use super::crowd;
use super::rivals::Rival;
use super::sides::{Kind, Server, Side};
use super::small;
use super::table::Better::{self, Less, More};
use super::table::Table;
use super::usage::Usage;

/// How much is measured.
#[derive(Clone, Copy, Debug)]
pub struct Plan {
    pub rounds: usize,
    /// How long small things are asked for.
    pub time: Duration,
    /// The length of a large body, in bytes.
    pub body: usize,
    /// How often one small message goes there and back.
    pub turns: usize,
    /// How many large messages.
    pub messages: usize,
    /// Whether nothing large is measured: what is told of each request and each frame costs the same.
    pub small: bool,
}

impl Plan {
    pub const WHOLE: Self = Self {
        rounds: 3,
        time: Duration::from_secs(2),
        body: 1 << 30,
        turns: 10_000,
        messages: 8,
        small: false,
    };
    pub const QUICK: Self = Self {
        rounds: 1,
        time: Duration::from_secs(1),
        body: 1 << 28,
        turns: 2_000,
        messages: 3,
        small: false,
    };
}

/// How many requests are under way at once.
const CONNECTIONS: [u32; 3] = [1, 32, 256];

/// How many upgraded connections there are at once.
const CROWD: usize = 500;

/// The length of a large message, in bytes.
const MESSAGE: usize = 64 << 20;

const MB: f64 = 1e6;

/// The sides in the order of the tables.
pub fn kinds() -> Vec<Kind> {
    let ours = [Kind::Direct, Kind::Ours, Kind::OursTraced, Kind::OursUnix];
    ours.into_iter().chain(Rival::ALL.map(Kind::Rival)).collect()
}

/// Measures everything in front of the minimal server.
pub async fn run(server: &Server, plan: &Plan, kinds: &[Kind]) -> Result<Table> {
    let mut table = Table::new(kinds.iter().map(|kind| kind.name()).collect());
    for round in 0..plan.rounds {
        // Each side begins once in a while, and comes last.
        for place in 0..kinds.len() {
            let kind = kinds[(place + round) % kinds.len()];
            let side = Side::start(kind, server).await?;
            Measurement { side: &side, plan, table: &mut table }
                .all(server)
                .await
                .with_context(|| format!("{}, round {round}", kind.name()))?;
            eprintln!("round {} of {}: {}", round + 1, plan.rounds, kind.name());
        }
    }
    Ok(table)
}

/// The name of a script of Streamlit's page, of about 30 kB.
fn script(server: &Server) -> Result<String> {
    let size = |entry: &fs_err::DirEntry| entry.metadata().map_or(0, |metadata| metadata.len());
    let entries = fs_err::read_dir(server.statics.join("static/js"))?.filter_map(|it| it.ok());
    let script = entries.min_by_key(|entry| (size(entry).abs_diff(30_000), entry.file_name()));
    let name = script.context("no scripts")?.file_name();
    Ok(name.to_string_lossy().into_owned())
}

/// One side in one round.
struct Measurement<'a> {
    side: &'a Side,
    plan: &'a Plan,
    table: &'a mut Table,
}

impl Measurement<'_> {
    async fn all(&mut self, server: &Server) -> Result<()> {
        self.cold().await?;
        for connections in CONNECTIONS {
            self.small("small answers", "/small", connections).await?;
        }
        if self.plan.small || self.side.kind == Kind::OursTraced {
            // What a trace costs is in what is small.
            return self.turns().await;
        }
        if matches!(self.side.kind, Kind::Ours | Kind::Rival(Rival::Nginx)) {
            let file = script(server)?;
            self.small("own file of 30 kB", &format!("/static/js/{file}"), 32).await?;
        }
        self.bodies().await?;
        self.messages().await?;
        self.turns().await
    }

    fn add(&mut self, what: &str, better: Better, value: impl Into<Option<f64>>) {
        self.table.add(what, better, self.side.kind.name(), value);
    }

    async fn cold(&mut self) -> Result<()> {
        let (port, head) = (self.side.site.port, self.side.head("GET /small", &[]));
        let first = spawn_blocking(move || bulk::first(port, &head)).await??;
        let whole = self.side.tree().map(|_| self.side.began.elapsed().as_secs_f64() * 1e3);
        self.add("start of the program to answer, ms", Less, whole);
        self.add("first answer, ms", Less, first.as_secs_f64() * 1e3);
        Ok(())
    }

    async fn small(&mut self, what: &str, path: &str, connections: u32) -> Result<()> {
        let usage = self.side.tree().map(Usage::of).transpose()?;
        let asked = small::ask(self.side, path, connections, self.plan.time).await?;
        let processor = usage.map(|usage| usage.processor());
        let what = format!("{what}, {connections} at once");
        self.add(&format!("{what}, per s"), More, asked.rate);
        self.add(&format!("{what}, p50 µs"), Less, asked.p50);
        self.add(&format!("{what}, p99 µs"), Less, asked.p99);
        let count = asked.rate * self.plan.time.as_secs_f64();
        let each = processor.map(|processor| processor * 1e6 / count);
        self.add(&format!("{what}, processor µs"), Less, each);
        Ok(())
    }

    async fn bodies(&mut self) -> Result<()> {
        let length = self.plan.body;
        let port = self.side.site.port;
        let head = self.side.head(&format!("GET /bytes/{length}"), &[]);
        self.bulk("download", length, move || bulk::download(port, &head, length)).await?;
        let field = format!("Content-Length: {length}");
        let head = self.side.head("PUT /sink", &[&field]);
        self.bulk("upload", length, move || bulk::upload(port, &head, length)).await
    }

    async fn messages(&mut self) -> Result<()> {
        let (port, head) = (self.side.site.port, self.socket_head());
        let (count, length) = (self.plan.messages, self.plan.messages * MESSAGE);
        let socket = spawn_blocking(move || Socket::open(port, &head)).await??;
        let mut there = socket.again()?;
        let get = move || (0..count).map(|_| there.get(MESSAGE)).sum();
        self.bulk("messages of 64 MB to window", length, get).await?;
        let mut back = socket;
        let put = move || (0..count).map(|_| back.put(MESSAGE)).sum();
        self.bulk("messages of 64 MB to app", length, put).await
    }

    /// What moves `length` bytes, and the time that it took by its own clock.
    async fn bulk(
        &mut self,
        what: &str,
        length: usize,
        transfer: impl FnOnce() -> Result<Duration> + Send + 'static,
    ) -> Result<()> {
        let usage = self.side.tree().map(Usage::of).transpose()?;
        let time = spawn_blocking(transfer).await??;
        let used = usage.map(|usage| (usage.processor(), usage.peak()));
        self.add(&format!("{what}, MB/s"), More, length as f64 / MB / time.as_secs_f64());
        let each = used.map(|(processor, _)| processor * 1e9 / length as f64);
        self.add(&format!("{what}, processor s/GB"), Less, each);
        self.add(&format!("{what}, peak MB"), Less, used.map(|(_, peak)| peak));
        Ok(())
    }

    async fn turns(&mut self) -> Result<()> {
        let (port, head, count) = (self.side.site.port, self.socket_head(), self.plan.turns);
        let alone = head.clone();
        let turns = spawn_blocking(move || Socket::open(port, &alone)?.turns(count)).await??;
        self.add_turns("message of 100 B, 1 connection", turns);
        let began = Instant::now();
        let turns = crowd::turns(port, &head, CROWD, self.plan.time).await?;
        let rate = turns.len() as f64 / began.elapsed().as_secs_f64();
        self.add(&format!("messages/s, {CROWD} connections"), More, rate);
        self.add_turns(&format!("message of 100 B, {CROWD} connections"), turns);
        Ok(())
    }

    fn add_turns(&mut self, what: &str, mut turns: Vec<Duration>) {
        turns.sort();
        for (name, part) in [("p50", 0.5), ("p99", 0.99)] {
            let at = (turns.len().saturating_sub(1) as f64 * part) as usize;
            let turn = turns.get(at).copied().unwrap_or_default();
            self.add(&format!("{what}, {name} µs"), Less, turn.as_secs_f64() * 1e6);
        }
    }

    fn socket_head(&self) -> String {
        self.side.head(
            "GET /socket",
            &[
                "Connection: Upgrade",
                "Upgrade: websocket",
                "Sec-WebSocket-Version: 13",
                "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
            ],
        )
    }
}
