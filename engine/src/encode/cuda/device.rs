//! The card that draws, as CUDA and FFmpeg know it: one context and one stream for both.

use std::sync::Arc;

use cudarc::driver::{CudaContext, CudaStream, result};
use ffmpeg_next as ffmpeg;
use ffmpeg_next::ffi;

use super::super::hardware::BufferRef;
use super::super::nvenc;
use super::super::refusal::Refusal;
use crate::media::checked;

/// A card. One a process and card: a context takes half a gigabyte.
#[derive(Debug)]
pub struct CudaDevice {
    pub(super) context: Arc<CudaContext>,
    pub(super) stream: Arc<CudaStream>,
    pub(super) device: BufferRef,
}

/// What FFmpeg's device uses and does not own; it lives until FFmpeg's last reference is gone.
struct Borrowed {
    _context: Arc<CudaContext>,
    _stream: Arc<CudaStream>,
}

impl CudaDevice {
    /// Opens the card with this identity, which Vulkan and CUDA report alike; their numbers of cards differ.
    ///
    /// # Errors
    /// [`Refusal`] where there is no driver, it does not start, or no card is that one.
    pub fn open(uuid: [u8; 16]) -> Result<Self, Refusal> {
        nvenc::find_card()?;
        result::init().map_err(|error| Refusal::CudaSilent { driver: format!("{:?}", error.0) })?;
        let count = result::device::get_count().map_err(failed("count its cards"))?;
        let ordinal = (0..count)
            .find(|ordinal| uuid_of(*ordinal) == Some(uuid))
            .and_then(|ordinal| usize::try_from(ordinal).ok())
            .ok_or_else(|| Refusal::OtherCard { adapter: text_from_uuid(uuid), count })?;
        let context = CudaContext::new(ordinal).map_err(failed("open the card"))?;
        let stream = context.new_stream().map_err(failed("make a stream"))?;
        let device = ffmpeg_device(&context, &stream)
            .map_err(|error| Refusal::Other { name: "FFmpeg's CUDA device", detail: error.to_string() })?;
        Ok(Self { context, stream, device })
    }
}

fn failed(what: &'static str) -> impl Fn(cudarc::driver::DriverError) -> Refusal {
    move |error| Refusal::from_cuda(what, error)
}

fn uuid_of(ordinal: i32) -> Option<[u8; 16]> {
    let device = result::device::get(ordinal).ok()?;
    Some(result::device::get_uuid(device).ok()?.bytes.map(i8::cast_unsigned))
}

/// As `nvidia-smi -L` prints it.
fn text_from_uuid(uuid: [u8; 16]) -> String {
    let hex: String = uuid.iter().map(|byte| format!("{byte:02x}")).collect();
    format!("GPU-{}-{}-{}-{}-{}", &hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..])
}

/// FFmpeg's device over our context. Left to itself FFmpeg would make a second context, whose pointers are not ours, or
/// refuse the primary one for its flags. The stream must be there before the device is initialised.
#[expect(unsafe_code, reason = "the binding has no devices")]
fn ffmpeg_device(context: &Arc<CudaContext>, stream: &Arc<CudaStream>) -> Result<BufferRef, ffmpeg::Error> {
    let borrowed = Borrowed { _context: Arc::clone(context), _stream: Arc::clone(stream) };
    // SAFETY: the new device is ours; its context and stream are valid for as long as `borrowed`, which FFmpeg frees with
    // the device, also where initialising it fails.
    unsafe {
        let kind = ffi::AVHWDeviceType::AV_HWDEVICE_TYPE_CUDA;
        let device = BufferRef::from_raw(ffi::av_hwdevice_ctx_alloc(kind))?;
        let raw = (*device.as_ptr()).data.cast::<ffi::AVHWDeviceContext>();
        (*raw).user_opaque = Box::into_raw(Box::new(borrowed)).cast();
        (*raw).free = Some(free_borrowed);
        let cuda = (*raw).hwctx.cast::<ffi::AVCUDADeviceContext>();
        (*cuda).cuda_ctx = context.cu_ctx().cast();
        (*cuda).stream = stream.cu_stream().cast();
        checked(ffi::av_hwdevice_ctx_init(device.as_ptr()))?;
        Ok(device)
    }
}

#[expect(unsafe_code, reason = "called by FFmpeg")]
unsafe extern "C" fn free_borrowed(device: *mut ffi::AVHWDeviceContext) {
    // SAFETY: FFmpeg calls this once, for the last reference of a device made above.
    drop(unsafe { Box::from_raw((*device).user_opaque.cast::<Borrowed>()) });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_identity_is_written_as_nvidia_smi_writes_it() {
        let uuid = std::array::from_fn(|index| u8::try_from(index * 17).unwrap());
        assert_eq!(text_from_uuid(uuid), "GPU-00112233-4455-6677-8899-aabbccddeeff");
    }

    #[test]
    fn a_card_that_cuda_does_not_have_is_refused_in_plain_words() {
        let refusal = CudaDevice::open([0; 16]).expect_err("no card has this identity");
        if nvenc::find_card().is_err() {
            assert!(matches!(refusal, Refusal::NoNvidiaCard | Refusal::NoCudaDriver), "{refusal}");
        } else {
            let fits = matches!(refusal, Refusal::OtherCard { .. } | Refusal::CudaSilent { .. });
            assert!(fits, "{refusal}");
        }
    }
}
