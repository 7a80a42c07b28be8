//! Pictures as decoders give them, with colour codes that Rust's enums have.

use ffmpeg_next as ffmpeg;
use ffmpeg_next::ffi;

/// Takes the next picture out of a decoder.
///
/// # Errors
/// What the decoder says, such as that it needs another packet.
pub(super) fn receive(
    decoder: &mut ffmpeg::decoder::Video,
    frame: &mut ffmpeg::frame::Video,
) -> Result<(), ffmpeg::Error> {
    decoder.receive_frame(frame)?;
    clear_unknown_colors(frame);
    Ok(())
}

/// Sets colour codes that FFmpeg does not know to "unspecified". Some decoders, that of ProRes among them, pass on whatever
/// byte a file has, and an enum of Rust with a value that it does not list is undefined behaviour.
#[expect(unsafe_code, reason = "the binding reads the fields as enums")]
fn clear_unknown_colors(frame: &mut ffmpeg::frame::Video) {
    /// Leaves `field` if it is below `count` and not in `gap`; it is never read as the enum that it is declared as.
    ///
    /// # Safety
    /// `field` must be valid for reads and writes.
    unsafe fn clear<T>(field: *mut T, count: T, unspecified: T, gap: std::ops::Range<u32>)
    where
        T: Into<Code>,
    {
        let code = field.cast::<u32>();
        // SAFETY: the caller's promise; bindgen's enums are as large as C's, and every value is a u32.
        unsafe {
            let value = code.read();
            if value >= count.into().0 || gap.contains(&value) {
                code.write(unspecified.into().0);
            }
        }
    }
    use ffi::AVChromaLocation::{AVCHROMA_LOC_NB, AVCHROMA_LOC_UNSPECIFIED};
    use ffi::AVColorPrimaries::{AVCOL_PRI_EBU3213, AVCOL_PRI_NB, AVCOL_PRI_SMPTE432, AVCOL_PRI_UNSPECIFIED};
    use ffi::AVColorRange::{AVCOL_RANGE_NB, AVCOL_RANGE_UNSPECIFIED};
    use ffi::AVColorSpace::{AVCOL_SPC_NB, AVCOL_SPC_UNSPECIFIED};
    use ffi::AVColorTransferCharacteristic::{AVCOL_TRC_NB, AVCOL_TRC_UNSPECIFIED};
    // The primaries alone have numbers between two of theirs that stand for nothing (ITU-T H.273, table 2).
    let no_primaries = AVCOL_PRI_SMPTE432 as u32 + 1..AVCOL_PRI_EBU3213 as u32;
    // SAFETY: the frame is ours; the fields are read and written as the integers that they are in C.
    unsafe {
        let raw = frame.as_mut_ptr();
        clear(&raw mut (*raw).colorspace, AVCOL_SPC_NB, AVCOL_SPC_UNSPECIFIED, 0..0);
        clear(&raw mut (*raw).color_range, AVCOL_RANGE_NB, AVCOL_RANGE_UNSPECIFIED, 0..0);
        clear(&raw mut (*raw).color_primaries, AVCOL_PRI_NB, AVCOL_PRI_UNSPECIFIED, no_primaries);
        clear(&raw mut (*raw).color_trc, AVCOL_TRC_NB, AVCOL_TRC_UNSPECIFIED, 0..0);
        clear(&raw mut (*raw).chroma_location, AVCHROMA_LOC_NB, AVCHROMA_LOC_UNSPECIFIED, 0..0);
    }
}

/// A colour code as the integer that it is in C.
struct Code(u32);

macro_rules! code_from {
    ($($name:ident),+) => {
        $(impl From<ffi::$name> for Code {
            fn from(value: ffi::$name) -> Self {
                Self(value as u32)
            }
        })+
    };
}
code_from!(AVColorSpace, AVColorRange, AVColorPrimaries, AVColorTransferCharacteristic, AVChromaLocation);

#[cfg(test)]
mod tests {
    use ffmpeg::color::{Primaries, Range, Space, TransferCharacteristic};

    use super::*;

    #[test]
    #[expect(unsafe_code, reason = "only a damaged file has such codes otherwise")]
    fn codes_that_stand_for_nothing_are_unspecified_and_others_stay() {
        for (code, primaries) in
            [(200, Primaries::Unspecified), (15, Primaries::Unspecified), (9, Primaries::BT2020)]
        {
            let mut frame = ffmpeg::frame::Video::empty();
            // SAFETY: the frame is ours; the fields are written as integers.
            unsafe {
                let raw = frame.as_mut_ptr();
                (&raw mut (*raw).colorspace).cast::<u32>().write(200);
                (&raw mut (*raw).color_range).cast::<u32>().write(2);
                (&raw mut (*raw).color_primaries).cast::<u32>().write(code);
                (&raw mut (*raw).color_trc).cast::<u32>().write(18);
            }
            clear_unknown_colors(&mut frame);
            assert_eq!(
                (frame.color_space(), frame.color_primaries()),
                (Space::Unspecified, primaries),
                "{code}"
            );
            assert_eq!(frame.color_range(), Range::JPEG);
            assert_eq!(frame.color_transfer_characteristic(), TransferCharacteristic::ARIB_STD_B67);
        }
    }
}
