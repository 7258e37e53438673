//! Foreign waits, limited by `remaining()` and `deadline()`: the table "Foreign waits" of the documentation, row by
//! row.

use std::io::{self, Read};
use std::net::{TcpListener, TcpStream};
use std::process::{Child, Command, ExitStatus};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::time::Duration;

use guard_runtime::{
    Budget, Cause, Tripped, checkpoint, deadline, every, loop_guard, remaining, tripped,
};

const HOUR: Duration = Duration::from_secs(3600);
const SHORT: Duration = Duration::from_millis(20);

/// Asserts that the wait runs out of time and then returns the trip.
fn assert_ends(wait: impl FnOnce() -> Result<(), Tripped>) {
    let tripped = Budget::timeout(SHORT).run(wait).unwrap().unwrap_err();
    assert!(matches!(tripped.cause(), Cause::Timeout { limit, .. } if limit == SHORT));
}

#[test]
fn a_channel_of_the_standard_library() {
    fn receive<T>(receiver: &Receiver<T>) -> Result<Option<T>, Tripped> {
        loop {
            match receiver.recv_timeout(remaining().unwrap_or(Duration::MAX)) {
                Ok(item) => return Ok(Some(item)),
                Err(RecvTimeoutError::Disconnected) => return Ok(None),
                Err(RecvTimeoutError::Timeout) => checkpoint()?,
            }
        }
    }
    let (sender, receiver) = mpsc::channel();
    sender.send(7).unwrap();
    assert_eq!(receive(&receiver).unwrap(), Some(7), "without a budget");
    assert_ends(|| receive(&receiver).map(drop));
    drop(sender);
    let last = Budget::timeout(HOUR).run(|| receive(&receiver));
    assert_eq!(last.unwrap().unwrap(), None);
}

#[test]
fn a_channel_of_crossbeam() {
    fn receive<T>(receiver: &crossbeam_channel::Receiver<T>) -> Result<Option<T>, Tripped> {
        while let Some(end) = deadline() {
            match receiver.recv_deadline(end) {
                Ok(item) => return Ok(Some(item)),
                Err(error) if error.is_disconnected() => return Ok(None),
                Err(_) => checkpoint()?,
            }
        }
        Ok(receiver.recv().ok())
    }
    let (sender, receiver) = crossbeam_channel::unbounded();
    sender.send(7).unwrap();
    assert_eq!(receive(&receiver).unwrap(), Some(7));
    assert_ends(|| receive(&receiver).map(drop));
    drop(sender);
    let last = Budget::timeout(HOUR).run(|| receive(&receiver));
    assert_eq!(last.unwrap().unwrap(), None);
}

#[test]
fn a_lock_of_parking_lot() {
    use parking_lot::{Mutex, MutexGuard};

    fn lock<T>(mutex: &Mutex<T>) -> Result<MutexGuard<'_, T>, Tripped> {
        while let Some(end) = deadline() {
            match mutex.try_lock_until(end) {
                Some(guard) => return Ok(guard),
                None => checkpoint()?,
            }
        }
        Ok(mutex.lock())
    }
    let mutex = Mutex::new(7);
    let held = lock(&mutex).unwrap();
    assert_ends(|| lock(&mutex).map(drop));
    drop(held);
    let locked = Budget::timeout(HOUR).run(|| lock(&mutex).map(|guard| *guard));
    assert_eq!(locked.unwrap().unwrap(), 7);
}

#[cfg(unix)]
#[test]
fn a_child_process() {
    /// Waits for a child, and kills it if it takes too long.
    fn wait(mut child: Child) -> io::Result<ExitStatus> {
        for turn in every(Duration::from_millis(2)) {
            if turn.is_err() {
                child.kill()?;
            }
            if let Some(status) = child.try_wait()? {
                return Ok(status);
            }
            turn?;
        }
        child.wait()
    }
    let start = |seconds| Command::new("sleep").arg(seconds).spawn().unwrap();
    let ended = Budget::timeout(HOUR).run(|| wait(start("0.01")));
    assert!(ended.unwrap().unwrap().success());
    let outcome = Budget::timeout(SHORT).run(|| (wait(start("3600")), tripped()));
    let (outcome, tripped) = outcome.unwrap();
    assert!(tripped.is_some());
    assert!(outcome.map_or(true, |status| !status.success()), "killed");
}

#[test]
fn a_socket() {
    /// Each read has the remaining time. Zero is an error for a socket.
    fn read(stream: &mut TcpStream, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            checkpoint()?;
            let left = remaining().map(|left| left.max(Duration::from_millis(1)));
            stream.set_read_timeout(left)?;
            match stream.read(buffer) {
                Err(error) if is_timeout(error.kind()) => {}
                outcome => return outcome,
            }
        }
    }
    fn is_timeout(kind: io::ErrorKind) -> bool {
        matches!(kind, io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut)
    }
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let mut stream = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
    let (mut peer, _) = listener.accept().unwrap();
    let mut buffer = [0; 4];
    let outcome = Budget::timeout(SHORT).run(|| read(&mut stream, &mut buffer));
    let error = outcome.unwrap().unwrap_err();
    assert!(error.get_ref().unwrap().is::<Tripped>(), "{error}");
    io::Write::write_all(&mut peer, b"data").unwrap();
    let outcome = Budget::timeout(HOUR).run(|| read(&mut stream, &mut buffer));
    assert_eq!((outcome.unwrap().unwrap(), &buffer), (4, b"data"));
}

#[test]
fn a_cell_that_is_filled_once() {
    use once_cell::sync::OnceCell;

    #[loop_guard(inherit)]
    fn build(rounds: u32) -> Result<u32, Tripped> {
        let mut n = 0;
        while n < rounds {
            n += 1;
            std::thread::sleep(Duration::from_millis(1));
        }
        Ok(n)
    }
    let cell = OnceCell::new();
    assert_ends(|| cell.get_or_try_init(|| build(u32::MAX)).map(drop));
    assert!(cell.get().is_none(), "a trip leaves it empty");
    let filled = Budget::timeout(HOUR).run(|| cell.get_or_try_init(|| build(3)).copied());
    assert_eq!(filled.unwrap().unwrap(), 3);
}
