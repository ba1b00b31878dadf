//! Nothing is left of a connection: after a hundred thousand of them there are as many
//! descriptors and tasks as before, and as much memory. In a file of its own, since it measures
//! its process.
#![cfg(target_os = "linux")]
#![expect(clippy::disallowed_methods, reason = "a test process owns its tasks until it ends")]
#![expect(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails so")]

#[expect(dead_code, reason = "shared with the other tests, which use more of it")]
#[path = "proxy/support.rs"]
mod support;

use std::sync::Arc;
use std::time::Duration;

use tokio::runtime::Handle;
use tokio::task::JoinSet;

use support::{App, Setup, Wire, status};

/// How many connections there are in all, and how many before the first measurement: what is
/// allocated once is there then.
const ALL: usize = 100_000;
const FIRST: usize = 10_000;

/// How many are open at once.
const AT_ONCE: usize = 16;

/// What memory may differ by, in bytes: less than 100 for each connection.
const BOUND: usize = 8 << 20;

#[derive(Debug)]
struct Figures {
    descriptors: usize,
    tasks: usize,
    resident: usize,
}

fn figures() -> Figures {
    let status = fs_err::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find_map(|it| it.strip_prefix("VmRSS:")).unwrap();
    let kilobytes: usize = line.trim().strip_suffix(" kB").unwrap().parse().unwrap();
    Figures {
        descriptors: fs_err::read_dir("/proc/self/fd").unwrap().count(),
        tasks: Handle::current().metrics().num_alive_tasks(),
        resident: kilobytes << 10,
    }
}

/// Answers requests, and switches to whatever is asked for.
fn app() -> App {
    App::raw(|stream| async move {
        let mut wire = Wire::over(stream);
        while let Some(head) = wire.next_head().await {
            if head.contains("Upgrade: websocket") {
                let head =
                    "HTTP/1.1 101 Switching\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n";
                wire.send(head).await;
                wire.send(b"\x81\x02hi").await;
                wire.rest().await;
                return;
            }
            wire.send("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello").await;
        }
    })
}

/// One connection of each kind that ends in its own way.
async fn one(setup: &Setup, number: usize) {
    let mut wire = setup.connect().await;
    match number % 8 {
        0 => {
            let fields = "Connection: upgrade\r\nUpgrade: websocket\r\n";
            wire.send(setup.head("GET /s", fields)).await;
            assert_eq!(status(&wire.head().await), 101);
            assert_eq!(wire.exactly(4).await, b"\x81\x02hi");
        }
        1 => wire.send("GET / HTTP/1.1\r\nHost: local").await,
        2 => {
            wire.send(format!("GET / HTTP/1.1\r\nHost: localhost:{}\r\n\r\n", setup.port)).await;
            assert_eq!(status(&wire.head().await), 403);
        }
        // Gone before the answer.
        3 => wire.send(setup.head("GET /", "")).await,
        4 => {
            wire.send(setup.head("POST /", "Content-Length: 100\r\n")).await;
            wire.send("half of it").await;
        }
        _ => {
            wire.send(setup.head("GET /", "")).await;
            assert_eq!(status(&wire.head().await), 200);
            assert_eq!(wire.exactly(5).await, b"hello");
        }
    }
    if number % 16 != 5 {
        // A reset leaves no port waiting for its time to be over; there are not enough of them.
        wire.stream.set_zero_linger().unwrap();
    }
}

async fn some(setup: &Arc<Setup>, count: usize) {
    let mut open = JoinSet::new();
    for number in 0..count {
        if open.len() == AT_ONCE {
            open.join_next().await.unwrap().unwrap();
        }
        let setup = Arc::clone(setup);
        open.spawn(async move { one(&setup, number).await });
    }
    while let Some(ended) = open.join_next().await {
        ended.unwrap();
    }
}

/// Waits until no task is left of what was open, beside idle connections to the app.
async fn settled(most: usize) -> Figures {
    let settling = async {
        loop {
            let figures = figures();
            if figures.tasks <= most {
                return figures;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    let settled = tokio::time::timeout(Duration::from_secs(60), settling).await;
    settled.unwrap_or_else(|_| panic!("at most {most} tasks should be left: {:?}", figures()))
}

#[tokio::test]
async fn nothing_is_left_of_a_hundred_thousand_connections() {
    let app = app();
    let setup = Arc::new(Setup::before(&app).await);
    // Each idle connection to the app has a task here and one in the app of this test, and each
    // of the connections that were open at once may have left one.
    let base = figures().tasks;
    let most = base + 4 * AT_ONCE;
    some(&setup, FIRST).await;
    let before = settled(most).await;
    some(&setup, ALL - FIRST).await;
    let after = settled(most).await;
    assert!(after.descriptors <= before.descriptors + 4 * AT_ONCE, "{before:?}, {after:?}");
    assert!(after.resident <= before.resident + BOUND, "{before:?}, {after:?}");
    println!("{before:?}\n{after:?}");
}
