//! Readers and writers that check.

use std::io::{self, BufRead, ErrorKind, IoSlice, IoSliceMut, Read, Seek, SeekFrom, Write};

use crate::base::location::At;
use crate::check::tick::{due, inherit, tick};
use crate::trip::tripped::{Cause, Tripped};

/// A reader or writer that checks the budgets of this thread at every call, for parsers and codecs whose loops have
/// no check of their own.
///
/// A trip is an [`io::Error`] whose source is the [`Tripped`]; the call that found it has read or written nothing.
/// Code that wraps the error and loses the source can ask [`tripped`](crate::tripped). A check costs a load and a
/// comparison, and is made between two calls of the inner reader: a call that blocks, or that copies a very large
/// buffer at once, is only noticed after it.
///
/// The error's kind is [`TimedOut`](ErrorKind::TimedOut) for a time budget, otherwise [`Other`](ErrorKind::Other),
/// and never [`Interrupted`](ErrorKind::Interrupted): the standard library repeats a call that fails with that, and
/// would do so for ever.
///
/// ```
/// use std::io::{self, Read};
/// use guard_runtime::{Tripped, io::Checked, loop_guard};
///
/// /// Decompresses, parses, decodes: reads to the end.
/// #[loop_guard(timeout = "200ms")]
/// fn load(source: impl Read) -> io::Result<Vec<u8>> {
///     let mut bytes = vec![0; 1024];
///     let mut source = Checked::new(source);
///     io::copy(&mut source, &mut io::sink())?; // somebody else's loop
///     source.read_to_end(&mut bytes)?;
///     Ok(bytes)
/// }
///
/// # fn main() {
/// assert!(load(&b"short"[..]).is_ok());
/// let error = load(io::repeat(7)).unwrap_err(); // never ends
/// let source = error.get_ref().unwrap();
/// assert!(source.is::<Tripped>());
/// # }
/// ```
#[derive(Debug, Clone)]
pub struct Checked<T> {
    inner: T,
    /// Where it was created: a caller inside somebody else's parser would be no useful place.
    at: At,
}

impl<T> Checked<T> {
    /// Checks at every call of `inner`'s methods.
    #[track_caller]
    pub fn new(inner: T) -> Self {
        Self {
            inner,
            at: At::caller("io::Checked"),
        }
    }

    /// The inner reader or writer.
    pub fn get_ref(&self) -> &T {
        &self.inner
    }

    /// The inner reader or writer, to be changed.
    pub fn get_mut(&mut self) -> &mut T {
        &mut self.inner
    }

    /// The inner reader or writer, without the checks.
    ///
    /// ```
    /// use std::io::Read;
    /// use guard_runtime::io::Checked;
    ///
    /// let mut reader = Checked::new(&b"head, body"[..]);
    /// let mut head = [0; 4];
    /// reader.read_exact(&mut head).unwrap();
    /// assert_eq!(reader.into_inner(), b", body");
    /// ```
    pub fn into_inner(self) -> T {
        self.inner
    }

    #[inline]
    fn check(&self) -> io::Result<()> {
        if due(inherit()) {
            tick(&self.at).map_err(error)?;
        }
        Ok(())
    }
}

#[cold]
fn error(tripped: Tripped) -> io::Error {
    let kind = match tripped.cause() {
        Cause::Timeout { .. } => ErrorKind::TimedOut,
        _ => ErrorKind::Other,
    };
    io::Error::new(kind, tripped)
}

// All other methods have default implementations that use these, call by call. Forwarding `read_to_end` or
// `write_all` would be a single call, however long it takes.

impl<T: Read> Read for Checked<T> {
    #[inline]
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.check()?;
        self.inner.read(buffer)
    }

    fn read_vectored(&mut self, buffers: &mut [IoSliceMut<'_>]) -> io::Result<usize> {
        self.check()?;
        self.inner.read_vectored(buffers)
    }
}

impl<T: BufRead> BufRead for Checked<T> {
    #[inline]
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        self.check()?;
        self.inner.fill_buf()
    }

    #[inline]
    fn consume(&mut self, count: usize) {
        self.inner.consume(count);
    }
}

impl<T: Write> Write for Checked<T> {
    #[inline]
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.check()?;
        self.inner.write(bytes)
    }

    fn write_vectored(&mut self, buffers: &[IoSlice<'_>]) -> io::Result<usize> {
        self.check()?;
        self.inner.write_vectored(buffers)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.check()?;
        self.inner.flush()
    }
}

impl<T: Seek> Seek for Checked<T> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.check()?;
        self.inner.seek(to)
    }
}
