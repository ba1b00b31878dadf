use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt, DuplexStream};
use tokio::runtime::{Builder, Runtime};

/// No input takes this long by the runtime's own clock, which stands still while there is work.
const HANG: Duration = Duration::from_secs(24 * 3600);

/// Serves one connection on which `input` comes in pieces of this size, and then its end. Returns
/// what serving came to, and all that was answered.
pub(super) fn converse<T>(
    input: &[u8],
    piece: usize,
    serve: impl AsyncFnOnce(DuplexStream) -> T,
) -> (T, Vec<u8>) {
    thread_local!(static RUNTIME: Runtime = Builder::new_current_thread()
        .enable_time()
        .start_paused(true)
        .build()
        .expect("a runtime without I/O"));
    let (client, server) = tokio::io::duplex(16 * 1024);
    let exchange = async { tokio::join!(serve(server), talk(client, input, piece)) };
    let bounded = async { tokio::time::timeout(HANG, exchange).await };
    RUNTIME.with(|runtime| runtime.block_on(bounded)).expect("the connection hangs")
}

async fn talk(client: DuplexStream, input: &[u8], piece: usize) -> Vec<u8> {
    let (mut reader, mut writer) = tokio::io::split(client);
    let write = async {
        for piece in input.chunks(piece) {
            if writer.write_all(piece).await.is_err() {
                return;
            }
            tokio::task::yield_now().await;
        }
        // An end that comes too late is one too.
        let _ = writer.shutdown().await;
    };
    let mut answer = Vec::new();
    let (_, _) = tokio::join!(write, reader.read_to_end(&mut answer));
    answer
}
