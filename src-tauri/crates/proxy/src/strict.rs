use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use crate::framing::Framing;

/// A client's connection on which framing that can be read in two ways does not get through.
///
/// hyper takes a lone line feed for the end of a line, and of a length and chunks the chunks; RFC
/// 9112 (sections 2.2 and 6.1) allows both, and both are what request smuggling is made of. Here
/// the line feed that ends the line at fault becomes a NUL, which no head may have, and nothing
/// comes after it: in a head, hyper answers 400; in a body, that fails. The connection ends.
#[derive(Debug)]
pub(crate) struct Strict<S> {
    stream: S,
    framing: Framing,
    is_over: bool,
}

impl<S> Strict<S> {
    pub(crate) fn new(stream: S) -> Self {
        Self { stream, framing: Framing::default(), is_over: false }
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Strict<S> {
    fn poll_read(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        if this.is_over {
            return Poll::Ready(Err(io::ErrorKind::InvalidData.into()));
        }
        let before = buffer.filled().len();
        ready!(Pin::new(&mut this.stream).poll_read(context, buffer))?;
        if let Some(fault) = this.framing.feed(&buffer.filled()[before..]) {
            let request = this.framing.heads();
            tracing::debug!(request, "framing that is not certain was refused");
            buffer.set_filled(before + fault + 1);
            buffer.filled_mut()[before + fault] = 0;
            this.is_over = true;
        }
        Poll::Ready(Ok(()))
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Strict<S> {
    fn poll_write(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.get_mut().stream).poll_write(context, bytes)
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.get_mut().stream).poll_write_vectored(context, slices)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_flush(context)
    }

    fn poll_shutdown(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_shutdown(context)
    }
}
