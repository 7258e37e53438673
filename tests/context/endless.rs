//! Input without an end, of which each part is valid: for the tests, and for `benches/adaptors.rs`.

use std::io::{self, ErrorKind, Read, Seek, SeekFrom, Write};

/// A head, then the same bytes over and over.
pub(crate) struct Endless {
    head: io::Cursor<Vec<u8>>,
    body: Vec<u8>,
    at: usize,
}

impl Endless {
    pub(crate) fn new(head: impl Into<Vec<u8>>, body: impl Into<Vec<u8>>) -> Self {
        let head = io::Cursor::new(head.into());
        Self {
            head,
            body: body.into(),
            at: 0,
        }
    }
}

impl Read for Endless {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.head.read(buffer)?;
        if read > 0 || buffer.is_empty() {
            return Ok(read);
        }
        let part = &self.body[self.at..];
        let count = part.len().min(buffer.len());
        buffer[..count].copy_from_slice(&part[..count]);
        self.at = (self.at + count) % self.body.len();
        Ok(count)
    }
}

/// Members of a gzip file, each of which unpacks to a thousand times its length.
pub(crate) fn compressed_bomb() -> Endless {
    let mut member = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    member.write_all(&vec![0; 100_000]).expect("into memory");
    Endless::new("", member.finish().expect("into memory"))
}

/// A PNG of two thousand million rows, each of which is valid.
pub(crate) fn image_bomb() -> Endless {
    fn chunk(kind: &[u8], data: &[u8]) -> Vec<u8> {
        let mut crc = flate2::Crc::new();
        crc.update(kind);
        crc.update(data);
        let length = u32::try_from(data.len()).unwrap();
        [&length.to_be_bytes(), kind, data, &crc.sum().to_be_bytes()].concat()
    }
    let side = 0x7FFF_FFFF_u32.to_be_bytes();
    let header = [&1000_u32.to_be_bytes()[..], &side, &[8, 0, 0, 0, 0]].concat();
    // A block as it is: not the last, 1001 bytes, which are a filter and a row.
    let row = [&[0, 0xE9, 0x03, 0x16, 0xFC][..], &[0; 1001]].concat();
    let head = [
        b"\x89PNG\r\n\x1a\n",
        &chunk(b"IHDR", &header)[..],
        &chunk(b"IDAT", &[0x78, 0x01]),
    ]
    .concat();
    Endless::new(head, chunk(b"IDAT", &row))
}

/// The decoder requires `Seek`, but does not use it.
pub(crate) struct Seekless<R>(pub(crate) R);

impl<R: Read> Read for Seekless<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.0.read(buffer)
    }
}

impl<R> Seek for Seekless<R> {
    fn seek(&mut self, _: SeekFrom) -> io::Result<u64> {
        Err(ErrorKind::Unsupported.into())
    }
}
