//! Framing: a message is its length as `u32` big endian, then that many bytes of JSON.
//! A codec without I/O, so that blocking and asynchronous ends share it.

use serde::{Serialize, de::DeserializeOwned};

/// Largest accepted message: a template may have 1 MiB, and travels inside a `Render`.
pub const FRAME_BYTES_MAX: usize = 2 << 20;

const PREFIX_BYTES: usize = 4;

/// Why bytes are not a message, or a message cannot become bytes. Neither can be resumed from.
#[derive(Debug, thiserror::Error)]
pub enum FrameError {
    /// The length prefix is over the limit.
    #[error("a message of {size_bytes} bytes is over the limit of {FRAME_BYTES_MAX}")]
    TooLarge {
        /// The length that was announced.
        size_bytes: usize,
    },
    /// The bytes are not the JSON of a known message.
    #[error("not a message of this protocol")]
    Malformed(#[source] serde_json::Error),
}

/// Returns the bytes of `message`, prefix included.
///
/// # Errors
/// [`FrameError::TooLarge`] over [`FRAME_BYTES_MAX`].
pub fn frame_from_message<M: Serialize>(message: &M) -> Result<Vec<u8>, FrameError> {
    let mut frame = vec![0; PREFIX_BYTES];
    serde_json::to_writer(&mut frame, message).map_err(FrameError::Malformed)?;
    let size_bytes = frame.len() - PREFIX_BYTES;
    if size_bytes > FRAME_BYTES_MAX {
        return Err(FrameError::TooLarge { size_bytes });
    }
    let prefix = u32::try_from(size_bytes).expect("the limit fits 32 bits");
    frame[..PREFIX_BYTES].copy_from_slice(&prefix.to_be_bytes());
    Ok(frame)
}

/// Collects bytes as they arrive and yields the messages in them. Holds at most one frame and one read.
#[derive(Debug, Default)]
pub struct FrameDecoder {
    pending: Vec<u8>,
}

impl FrameDecoder {
    /// Adds bytes as read from the peer.
    pub fn push(&mut self, bytes: &[u8]) {
        self.pending.extend_from_slice(bytes);
    }

    /// Returns the next complete message, or `None` until more bytes arrive.
    ///
    /// # Errors
    /// [`FrameError`] where the peer does not speak this protocol; the stream is unusable afterwards.
    pub fn next_message<M: DeserializeOwned>(&mut self) -> Result<Option<M>, FrameError> {
        let Some((prefix, body)) = self.pending.split_first_chunk::<PREFIX_BYTES>() else {
            return Ok(None);
        };
        let size_bytes = u32::from_be_bytes(*prefix) as usize;
        if size_bytes > FRAME_BYTES_MAX {
            return Err(FrameError::TooLarge { size_bytes });
        }
        let Some(json) = body.get(..size_bytes) else {
            return Ok(None);
        };
        let message = serde_json::from_slice(json).map_err(FrameError::Malformed)?;
        self.pending.drain(..PREFIX_BYTES + size_bytes);
        Ok(Some(message))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::{AssetFile, Command, Event, Failure, FailureCode, JobRef};

    fn job() -> JobRef {
        JobRef { job_id: "job_1".into(), attempt: 2 }
    }

    #[test]
    fn a_message_survives_the_round_trip_however_the_bytes_are_cut() {
        let sent = vec![
            Command::Ping { nonce: 7 },
            Command::Render {
                job: job(),
                template: serde_json::json!({ "blocks": [] }),
                output: serde_json::Value::Null,
                assets: vec![AssetFile {
                    name: "a.mp4".into(),
                    pointer: "/blocks/0/source".into(),
                    path: "/m/a.mp4".into(),
                    role: crate::AssetRole::Media,
                    optional: false,
                }],
                out_path: "/o/out.mp4".into(),
            },
            Command::Still {
                job: job(),
                template: serde_json::json!({ "blocks": [] }),
                output: serde_json::Value::Null,
                assets: Vec::new(),
                at_secs: 1.5,
                out_path: "/o/still.png".into(),
            },
            Command::Cancel { job: job() },
        ];
        let bytes: Vec<u8> = sent.iter().flat_map(|m| frame_from_message(m).unwrap()).collect();
        for step in [1, 3, 64, bytes.len()] {
            let mut decoder = FrameDecoder::default();
            let mut received = Vec::new();
            for chunk in bytes.chunks(step) {
                decoder.push(chunk);
                while let Some(message) = decoder.next_message::<Command>().unwrap() {
                    received.push(message);
                }
            }
            assert_eq!(received, sent);
        }
    }

    #[test]
    fn an_event_keeps_its_documented_names_on_the_wire() {
        let failure = Failure {
            code: FailureCode::UnreadableMedia,
            message: "x".into(),
            retryable: false,
            errors: vec![],
        };
        let json = serde_json::to_value(Event::Failed { job: job(), failure }).unwrap();
        assert_eq!(json["kind"], "failed");
        assert_eq!(json["job"]["jobId"], "job_1");
        assert_eq!(json["failure"]["code"], "unreadable_media");
    }

    #[test]
    fn a_frame_over_the_limit_is_refused_before_its_body_is_read() {
        let mut decoder = FrameDecoder::default();
        decoder.push(&u32::MAX.to_be_bytes());
        assert!(matches!(decoder.next_message::<Command>(), Err(FrameError::TooLarge { .. })));
    }

    proptest! {
        #[test]
        fn arbitrary_bytes_never_panic_the_decoder(bytes in proptest::collection::vec(any::<u8>(), 0..256)) {
            let mut decoder = FrameDecoder::default();
            decoder.push(&bytes);
            // Any outcome but a panic is right: the bytes are not ours.
            while let Ok(Some(_)) = decoder.next_message::<Command>() {}
        }
    }
}
