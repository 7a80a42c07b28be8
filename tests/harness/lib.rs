//! What the tests across crates share: generated media, decoded frames, a render context,
//! a running server. No test is here.
#![expect(clippy::unwrap_used, reason = "a test may panic wherever it finds its rule broken")]
#![expect(clippy::missing_panics_doc, reason = "everything here panics where a test's ground is missing")]

mod frames;
mod media;
mod receiver;
mod renders;
mod server;
mod sheet;
pub mod showcase;

pub use frames::{
    Frame, Measured, StreamFacts, decoded_channels, decoded_frame, decoded_frames, decoded_sound, measured,
    psnr, rgb_at, stream_facts,
};
pub use media::{Scratch, ffmpeg};
pub use receiver::{Delivery, Receiver};
pub use renders::{built_binary, gpu_context, render_to, request, sound_of, still_of};
pub use server::{Server, avs_command};
pub use sheet::contact_sheet;
