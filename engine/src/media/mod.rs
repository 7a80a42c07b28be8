//! Reading media files: probing, video pictures, sound samples, still images. No placement and no drawing.

mod animated_image;
mod audio_reader;
mod decoded_frame;
mod error;
mod frame_filter;
mod frame_sampler;
mod heif_image;
mod image_reader;
mod input;
mod orientation;
mod picture_scaler;
mod probe;
mod status;
mod svg_image;
mod tempo;
mod video_feed;
mod video_reader;

pub use animated_image::{AnimatedImage, is_animation};
pub use audio_reader::{AudioReader, CHANNELS, SAMPLE_RATE};
pub use error::{MediaError, MediaFault};
pub(crate) use frame_sampler::{FrameSampler, luma_thumb};
pub use image_reader::{ImageHeader, image_from_file, image_header};
pub use input::init;
pub(crate) use picture_scaler::PictureScaler;
pub use picture_scaler::{BackdropDesc, PictureDesc};
pub use probe::{MediaProbe, probe};
pub(crate) use status::checked;
pub use tempo::TempoFilter;
pub use video_feed::{VideoFeed, VideoFeedDesc, VideoPictures};
