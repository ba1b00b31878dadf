use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

/// A connection whose reading side tells how an exchange ends.
///
/// A server may answer before it has read the whole request, and close: "413 too large" is the
/// usual case. Writing then fails while the answer is still there to be read, and an HTTP client
/// that stops at the failed write loses it. Here what can no longer be written is dropped, and
/// reading gives the answer, or the end without one. A server that closes with a part of the
/// request unread resets the connection behind its answer: that is the end too. An answer that
/// has a length or chunks is still seen to be cut.
#[derive(Debug)]
pub(crate) struct Tolerant<S> {
    stream: S,
    is_broken: bool,
}

impl<S> Tolerant<S> {
    pub(crate) fn new(stream: S) -> Self {
        Self { stream, is_broken: false }
    }

    /// Takes a failed write for one of `length` bytes, when it failed because nobody reads.
    fn outcome(
        &mut self,
        written: Poll<io::Result<usize>>,
        length: usize,
    ) -> Poll<io::Result<usize>> {
        match written {
            Poll::Ready(Err(error)) if nobody_reads(&error) => {
                self.is_broken = true;
                Poll::Ready(Ok(length))
            }
            other => other,
        }
    }
}

fn nobody_reads(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::BrokenPipe
            | io::ErrorKind::ConnectionReset
            | io::ErrorKind::ConnectionAborted
    )
}

impl<S: AsyncRead + Unpin> AsyncRead for Tolerant<S> {
    fn poll_read(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        match Pin::new(&mut self.get_mut().stream).poll_read(context, buffer) {
            Poll::Ready(Err(error)) if nobody_reads(&error) => Poll::Ready(Ok(())),
            other => other,
        }
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Tolerant<S> {
    fn poll_write(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        if this.is_broken {
            return Poll::Ready(Ok(bytes.len()));
        }
        let written = Pin::new(&mut this.stream).poll_write(context, bytes);
        this.outcome(written, bytes.len())
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        let length = slices.iter().map(|slice| slice.len()).sum();
        if this.is_broken {
            return Poll::Ready(Ok(length));
        }
        let written = Pin::new(&mut this.stream).poll_write_vectored(context, slices);
        this.outcome(written, length)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        if this.is_broken {
            return Poll::Ready(Ok(()));
        }
        Pin::new(&mut this.stream).poll_flush(context)
    }

    fn poll_shutdown(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_shutdown(context)
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::net::{TcpListener, TcpStream};

    use super::Tolerant;

    #[tokio::test]
    async fn what_was_answered_is_read_after_nobody_takes_more() {
        let (ours, mut theirs) = tokio::io::duplex(64);
        let mut stream = Tolerant::new(ours);
        theirs.write_all(b"too large").await.unwrap();
        drop(theirs);
        stream.write_all(&[0; 1000]).await.unwrap();
        stream.flush().await.unwrap();
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).await.unwrap();
        assert_eq!(answer, b"too large");
    }

    #[tokio::test]
    async fn a_reset_behind_the_answer_is_its_end() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let mut ours = TcpStream::connect(listener.local_addr().unwrap()).await.unwrap();
        let (mut theirs, _) = listener.accept().await.unwrap();
        ours.write_all(b"a request that nobody reads").await.unwrap();
        theirs.readable().await.unwrap();
        theirs.write_all(b"too large").await.unwrap();
        let mut stream = Tolerant::new(ours);
        let mut answer = [0; 9];
        stream.read_exact(&mut answer).await.unwrap();
        // Closing with unread bytes sends a reset (RFC 9293 section 3.6.1).
        drop(theirs);
        assert_eq!(stream.read(&mut [0; 9]).await.unwrap(), 0);
        assert_eq!(&answer, b"too large");
    }
}
