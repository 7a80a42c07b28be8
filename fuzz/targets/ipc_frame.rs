//! Any bytes as messages of either side, cut anywhere: refused, or the same message comes back from its own bytes.
#![no_main]

use avs_protocol::{Command, Event, FrameDecoder, frame_from_message};
use libfuzzer_sys::fuzz_target;
use serde::{Serialize, de::DeserializeOwned};

fuzz_target!(|bytes: &[u8]| {
    let Some((&cut, bytes)) = bytes.split_first() else { return };
    messages::<Command>(bytes, usize::from(cut));
    messages::<Event>(bytes, usize::from(cut));
});

fn messages<M: Serialize + DeserializeOwned>(bytes: &[u8], cut: usize) {
    let mut decoder = FrameDecoder::default();
    for part in bytes.chunks(cut.max(1)) {
        decoder.push(part);
        loop {
            match decoder.next_message::<M>() {
                Ok(Some(message)) => assert_returns(&message),
                Ok(None) => break,
                Err(_) => return,
            }
        }
    }
}

fn assert_returns<M: Serialize + DeserializeOwned>(message: &M) {
    let frame = frame_from_message(message).expect("what was read is within the limit");
    let mut decoder = FrameDecoder::default();
    decoder.push(&frame);
    let again: M = decoder.next_message().expect("what we write can be read").expect("it is whole");
    let bytes = frame_from_message(&again).expect("it is as long as before");
    assert!(bytes == frame, "a message changes on its way");
}
