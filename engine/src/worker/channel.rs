//! The socket to the control plane: commands read on a thread of their own, events written by whoever has one.

use std::io::{Read, Write};
use std::os::fd::{FromRawFd, OwnedFd, RawFd};
use std::os::unix::net::UnixStream;
use std::sync::{Arc, Mutex, PoisonError};

use avs_protocol::{Command, Event, FrameDecoder, frame_from_message};

const READ_BYTES: usize = 64 << 10;

/// The writing half; cheap to clone.
#[derive(Debug, Clone)]
pub(crate) struct EventSender(Arc<Mutex<UnixStream>>);

impl EventSender {
    /// Sends one event, whole. Where the control plane is gone, the process has no one to work for: it ends.
    pub(crate) fn send(&self, event: &Event) {
        let Ok(frame) = frame_from_message(event) else {
            tracing::error!("an event is too large to send");
            return;
        };
        let mut stream = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if stream.write_all(&frame).is_err() {
            tracing::info!("the control plane is gone");
            std::process::exit(0);
        }
    }
}

/// The reading half.
#[derive(Debug)]
pub(crate) struct CommandReceiver {
    stream: UnixStream,
    decoder: FrameDecoder,
}

impl CommandReceiver {
    /// The next command; `None` when the control plane is gone or speaks another language.
    pub(crate) fn next_command(&mut self) -> Option<Command> {
        let mut bytes = vec![0; READ_BYTES];
        loop {
            match self.decoder.next_message() {
                Ok(Some(command)) => return Some(command),
                Ok(None) => {}
                Err(error) => {
                    tracing::error!(%error, "cannot follow the control plane");
                    return None;
                }
            }
            match self.stream.read(&mut bytes) {
                Ok(0) | Err(_) => return None,
                Ok(count) => self.decoder.push(&bytes[..count]),
            }
        }
    }
}

/// Takes over the inherited descriptor.
///
/// # Errors
/// The system's, where it is not an open socket.
pub(crate) fn channel_from_fd(fd: RawFd) -> std::io::Result<(EventSender, CommandReceiver)> {
    #[expect(unsafe_code, reason = "an inherited descriptor has no safe form")]
    // SAFETY: the parent opened this descriptor for us and nothing else in this process knows its number.
    let owned = unsafe { OwnedFd::from_raw_fd(fd) };
    let stream = UnixStream::from(owned);
    stream.peer_addr()?;
    let reader = stream.try_clone()?;
    let decoder = FrameDecoder::default();
    Ok((EventSender(Arc::new(Mutex::new(stream))), CommandReceiver { stream: reader, decoder }))
}
