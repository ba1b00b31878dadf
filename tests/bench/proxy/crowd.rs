use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::task::JoinSet;
use waterskin_tests::Result;

use super::bulk::{SMALL_BACK, small_frame};

/// Messages of 100 bytes on so many upgraded connections at once, each with one on its way at a
/// time, for so long; the time of each turn.
pub async fn turns(
    port: u16,
    head: &str,
    connections: usize,
    time: Duration,
) -> Result<Vec<Duration>> {
    let mut open = Vec::new();
    for _ in 0..connections {
        open.push(upgraded(port, head).await?);
    }
    let end = Instant::now() + time;
    let mut tasks: JoinSet<Result<Vec<Duration>>> = JoinSet::new();
    for mut stream in open {
        tasks.spawn(async move {
            let (frame, mut back) = (small_frame(), [0; SMALL_BACK]);
            let mut turns = Vec::new();
            let mut began = Instant::now();
            while began < end {
                stream.write_all(&frame).await?;
                stream.read_exact(&mut back).await?;
                turns.push(began.elapsed());
                began = Instant::now();
            }
            Ok(turns)
        });
    }
    let mut all = Vec::new();
    while let Some(turns) = tasks.join_next().await {
        all.extend(turns??);
    }
    Ok(all)
}

async fn upgraded(port: u16, head: &str) -> Result<TcpStream> {
    let mut stream = TcpStream::connect(("127.0.0.1", port)).await?;
    stream.set_nodelay(true)?;
    stream.write_all(head.as_bytes()).await?;
    let mut answer = Vec::new();
    while !answer.ends_with(b"\r\n\r\n") {
        anyhow::ensure!(stream.read_buf(&mut answer).await? > 0, "ended early");
    }
    anyhow::ensure!(answer.starts_with(b"HTTP/1.1 101 "), "the upgrade was refused");
    Ok(stream)
}
