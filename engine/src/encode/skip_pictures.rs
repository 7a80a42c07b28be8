//! Pictures that repeat the one before: P slices made of skipped macroblocks only (ITU-T H.264, 7.3.3 and 7.3.4), some
//! twelve bytes each, written without an encoder. They refer to a parameter set of their own, with CAVLC, so that a slice
//! is a short header and one run; they are references, so that picture order counts never run out of range.

use super::bits::{BitReader, BitWriter, nal_units};

/// NAL unit types.
const SPS: u8 = 7;
const PPS: u8 = 8;
/// Header byte of the second picture parameter set, and of a P slice that is a reference.
const PPS_HEADER: u8 = 0x68;
const SLICE_HEADER: u8 = 0x21;
/// Number of our picture parameter set; x264 has only number 0.
const PPS_ID: u32 = 1;
/// `slice_type` of a picture with P slices only.
const ALL_P: u32 = 5;
/// Profiles whose sequence parameter set says more about chroma (7.3.2.1.1).
const HIGH_PROFILES: [u32; 8] = [100, 110, 122, 244, 44, 83, 86, 118];

/// What of a sequence parameter set a slice depends on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct SkipPictures {
    frame_num_bits: u32,
    /// Bits of the picture order count's low part; none for type 2, which writes none.
    order_bits: Option<u32>,
    macroblocks: u32,
}

impl SkipPictures {
    /// Reads an encoder's parameter sets (Annex B). None where pictures of ours would not fit: interlace, slice groups,
    /// an order count of type 1, no reference frame, or a parameter set of our number.
    pub(super) fn new(parameter_sets: &[u8]) -> Option<Self> {
        let of_type = |kind: u8| nal_units(parameter_sets).filter(move |unit| unit[0] & 0x1f == kind);
        let taken = of_type(PPS).any(|unit| BitReader::new(&unit[1..]).unsigned() != Some(0));
        let sequence = of_type(SPS).next()?;
        if taken { None } else { Self::from_sequence(&sequence[1..]) }
    }

    fn from_sequence(payload: &[u8]) -> Option<Self> {
        let mut reader = BitReader::new(payload);
        let profile = reader.bits(8)?;
        // Constraints and level.
        reader.bits(16)?;
        // Only number 0 is what our parameter set refers to.
        if reader.unsigned()? != 0 {
            return None;
        }
        if HIGH_PROFILES.contains(&profile) {
            let (chroma_format, depth_luma, depth_chroma) =
                (reader.unsigned()?, reader.unsigned()?, reader.unsigned()?);
            let (bypass, scaling) = (reader.flag()?, reader.flag()?);
            if (chroma_format, depth_luma, depth_chroma, bypass, scaling) != (1, 0, 0, false, false) {
                return None;
            }
        }
        let frame_num_bits = reader.unsigned()? + 4;
        let order_bits = match reader.unsigned()? {
            0 => Some(reader.unsigned()? + 4),
            2 => None,
            _ => return None,
        };
        let references = reader.unsigned()?;
        let _gaps_allowed = reader.flag()?;
        let macroblocks = (reader.unsigned()? + 1) * (reader.unsigned()? + 1);
        let frames_only = reader.flag()?;
        (references >= 1 && frames_only).then_some(Self { frame_num_bits, order_bits, macroblocks })
    }

    /// The parameter set that the pictures refer to (7.3.2.2), for the track's header.
    pub(super) fn parameter_set() -> Vec<u8> {
        BitWriter::default()
            .unsigned(PPS_ID)
            .unsigned(0) // seq_parameter_set_id
            .bits(0, 1) // entropy_coding_mode_flag: CAVLC
            .bits(0, 1) // bottom_field_pic_order_in_frame_present_flag
            .unsigned(0) // num_slice_groups_minus1
            .unsigned(0) // num_ref_idx_l0_default_active_minus1: the picture before
            .unsigned(0) // num_ref_idx_l1_default_active_minus1
            .bits(0, 1) // weighted_pred_flag
            .bits(0, 2) // weighted_bipred_idc
            .signed_zero() // pic_init_qp_minus26
            .signed_zero() // pic_init_qs_minus26
            .signed_zero() // chroma_qp_index_offset
            .bits(1, 1) // deblocking_filter_control_present_flag
            .bits(0, 1) // constrained_intra_pred_flag
            .bits(0, 1) // redundant_pic_cnt_present_flag
            .nal(PPS_HEADER)
    }

    /// Picture number `since_idr`, at least 1, after an IDR picture that is followed by such pictures only.
    pub(super) fn picture(&self, since_idr: u32) -> Vec<u8> {
        let low = |value: u32, bits: u32| if bits < 32 { value & ((1 << bits) - 1) } else { value };
        let writer = BitWriter::default()
            .unsigned(0) // first_mb_in_slice
            .unsigned(ALL_P)
            .unsigned(PPS_ID)
            .bits(low(since_idr, self.frame_num_bits), self.frame_num_bits);
        let writer = match self.order_bits {
            // A frame counts two fields.
            Some(bits) => writer.bits(low(since_idr.wrapping_mul(2), bits), bits),
            None => writer,
        };
        writer
            .bits(0, 1) // num_ref_idx_active_override_flag
            .bits(0, 1) // ref_pic_list_modification_flag_l0
            .bits(0, 1) // adaptive_ref_pic_marking_mode_flag: sliding window
            .signed_zero() // slice_qp_delta
            .unsigned(1) // disable_deblocking_filter_idc
            .unsigned(self.macroblocks) // mb_skip_run
            .nal(SLICE_HEADER)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_picture_of_1080p_takes_a_dozen_bytes() {
        let pictures = SkipPictures { frame_num_bits: 4, order_bits: Some(6), macroblocks: 120 * 68 };
        assert!((1..600).all(|index| pictures.picture(index).len() <= 16));
    }

    #[test]
    fn what_is_no_parameter_set_has_no_skip_pictures() {
        assert_eq!(SkipPictures::new(&[]), None);
        assert_eq!(SkipPictures::new(&[0, 0, 1, 0x67, 66]), None);
        // An interlaced or field coded sequence is refused, and one of another number.
        assert_eq!(SkipPictures::new(&[0, 0, 1, 0x67, 66, 0, 30, 0x40]), None);
    }
}
