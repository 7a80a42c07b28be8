//! H.264 on an Intel or AMD GPU through VA-API: frames are uploaded into the driver's surfaces.

use std::ffi::CString;
use std::path::Path;

use ffmpeg_next as ffmpeg;
use ffmpeg_next::ffi;
use ffmpeg_next::format::Pixel;

use super::backend::{H264Encoder, Session, SessionDesc};
use super::error::EncodeError;
use super::hardware::{BufferRef, FramePool, PoolDesc};
use super::hardware_settings::{VAAPI_RETREATS, vaapi_options};
use super::refusal::Refusal;
use super::video::VideoSettings;
use crate::media::checked;

/// FFmpeg's name of the encoder.
pub(super) const NAME: &str = "h264_vaapi";

/// Where Linux puts its GPUs, and what it calls those that draw and encode.
const NODE_FOLDER: &str = "/dev/dri";
const NODE_PREFIX: &str = "renderD";
/// Surfaces made beforehand; some drivers encode only from those. 4 uploads ahead (`async_depth`), one being uploaded,
/// and what H.264 looks back and ahead at with two B-frames.
const SURFACE_COUNT: i32 = 12;

/// An encoder and the surfaces it takes its pictures from.
pub(super) struct VaapiEncoder {
    session: Session,
    pool: FramePool,
}

/// Looks whether there is anything to try. Costs one look into `/dev` where there is not.
pub(super) fn find_render_node() -> Result<(), Refusal> {
    if render_nodes(Path::new(NODE_FOLDER)).is_empty() { Err(Refusal::NoRenderNode) } else { Ok(()) }
}

/// Opens the encoder on the first render node that has one.
pub(super) fn open(settings: &VideoSettings) -> Result<VaapiEncoder, Refusal> {
    let mut refusal = Refusal::NoRenderNode;
    for node in render_nodes(Path::new(NODE_FOLDER)) {
        match open_on(&node, settings) {
            Ok(encoder) => return Ok(encoder),
            Err(why) => refusal = why,
        }
    }
    Err(refusal)
}

fn open_on(node: &str, settings: &VideoSettings) -> Result<VaapiEncoder, Refusal> {
    // FFmpeg says "invalid argument" for a node that may not be opened and for one without a driver alike.
    if let Err(error) = std::fs::File::options().read(true).write(true).open(node)
        && error.kind() == std::io::ErrorKind::PermissionDenied
    {
        return Err(Refusal::RenderNodeClosed { node: node.to_owned() });
    }
    let device = open_device(node).map_err(|error| Refusal::from_render_node(node, error))?;
    let size_px = (settings.width_px, settings.height_px);
    let refused = |error| Refusal::from_ffmpeg(NAME, error);
    let pool = PoolDesc { format: Pixel::VAAPI, size_px, frame_count: SURFACE_COUNT };
    let pool = FramePool::new(&device, pool).map_err(refused)?;
    let desc = SessionDesc { name: NAME, settings, format: Pixel::VAAPI, pool: Some(pool.buffer()) };
    let session =
        Session::open_retreating(desc, vaapi_options(settings), &VAAPI_RETREATS).map_err(refused)?;
    Ok(VaapiEncoder { session, pool })
}

#[expect(unsafe_code, reason = "the binding has no devices")]
fn open_device(node: &str) -> Result<BufferRef, ffmpeg::Error> {
    let invalid = |_| ffmpeg::Error::Other { errno: ffmpeg::util::error::EINVAL };
    let node = CString::new(node).map_err(invalid)?;
    let mut device = std::ptr::null_mut();
    // SAFETY: the name ends with a zero byte; the device is ours where the call succeeds.
    unsafe {
        let kind = ffi::AVHWDeviceType::AV_HWDEVICE_TYPE_VAAPI;
        let (options, flags) = (std::ptr::null_mut(), 0);
        checked(ffi::av_hwdevice_ctx_create(&raw mut device, kind, node.as_ptr(), options, flags))?;
        BufferRef::from_raw(device)
    }
}

/// The GPUs in a folder, in a fixed order.
fn render_nodes(folder: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().filter_map(Result::ok);
    let names = entries.filter_map(|entry| entry.file_name().into_string().ok());
    let nodes = names.filter(|name| name.starts_with(NODE_PREFIX));
    let mut nodes: Vec<_> = nodes.map(|name| format!("{}/{name}", folder.display())).collect();
    nodes.sort();
    nodes
}

impl H264Encoder for VaapiEncoder {
    fn session(&self) -> &Session {
        &self.session
    }

    fn session_mut(&mut self) -> &mut Session {
        &mut self.session
    }

    fn send(&mut self, frame: &ffmpeg::frame::Video) -> Result<(), EncodeError> {
        let uploaded =
            self.pool.upload(frame).map_err(|source| EncodeError::Encoder { name: NAME, source })?;
        self.session.send(&uploaded)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_without_render_nodes_or_no_folder_has_no_gpu() {
        let folder = std::env::temp_dir().join(format!("avs-render-nodes-{}", std::process::id()));
        assert!(render_nodes(&folder).is_empty());
        std::fs::create_dir(&folder).unwrap();
        for name in ["card0", "renderD129", "renderD128"] {
            std::fs::write(folder.join(name), []).unwrap();
        }
        let found = render_nodes(&folder);
        std::fs::remove_dir_all(&folder).unwrap();
        let names: Vec<_> = found.iter().filter_map(|node| node.rsplit('/').next()).collect();
        assert_eq!(names, ["renderD128", "renderD129"]);
    }

    #[test]
    fn a_render_node_that_is_not_there_is_refused_with_its_name() {
        let refusal = open_on("/dev/dri/renderD999", &crate::encode::choice::probe_settings()).err().unwrap();
        assert!(refusal.to_string().contains("/dev/dri/renderD999"), "{refusal}");
    }
}
