//! The bits of H.264 headers: fixed and Exp-Golomb codes (ITU-T H.264, 9.1), and emulation prevention (7.4.1).

/// Reads a payload from its first bit; ends with `None`.
#[derive(Debug)]
pub(super) struct BitReader {
    bytes: Vec<u8>,
    at: usize,
}

impl BitReader {
    /// Over the payload of a NAL unit, its header byte not included.
    pub(super) fn new(payload: &[u8]) -> Self {
        let (mut bytes, mut zeros) = (Vec::with_capacity(payload.len()), 0);
        for &byte in payload {
            if byte == 3 && zeros >= 2 {
                zeros = 0;
                continue;
            }
            zeros = if byte == 0 { zeros + 1 } else { 0 };
            bytes.push(byte);
        }
        Self { bytes, at: 0 }
    }

    /// u(n), at most 32 bits.
    pub(super) fn bits(&mut self, count: u32) -> Option<u32> {
        let mut value = 0;
        for _ in 0..count {
            let byte = self.bytes.get(self.at / 8)?;
            value = value << 1 | u32::from(byte >> (7 - self.at % 8) & 1);
            self.at += 1;
        }
        Some(value)
    }

    /// u(1).
    pub(super) fn flag(&mut self) -> Option<bool> {
        self.bits(1).map(|bit| bit == 1)
    }

    /// ue(v).
    pub(super) fn unsigned(&mut self) -> Option<u32> {
        let mut zeros = 0;
        while !self.flag()? {
            zeros += 1;
            if zeros > 31 {
                return None;
            }
        }
        Some((1 << zeros) - 1 + self.bits(zeros)?)
    }
}

/// Writes a NAL unit.
#[derive(Debug, Default)]
pub(super) struct BitWriter {
    bytes: Vec<u8>,
    used: u32,
}

impl BitWriter {
    /// u(n).
    pub(super) fn bits(mut self, value: u32, count: u32) -> Self {
        for shift in (0..count).rev() {
            if self.used.is_multiple_of(8) {
                self.bytes.push(0);
            }
            if value >> shift & 1 == 1
                && let Some(last) = self.bytes.last_mut()
            {
                *last |= 0x80 >> (self.used % 8);
            }
            self.used += 1;
        }
        self
    }

    /// ue(v), below 2^31.
    pub(super) fn unsigned(self, value: u32) -> Self {
        let length = 32 - (value + 1).leading_zeros();
        self.bits(0, length - 1).bits(value + 1, length)
    }

    /// se(v) of zero.
    pub(super) fn signed_zero(self) -> Self {
        self.unsigned(0)
    }

    /// Ends the payload and makes a NAL unit of it in Annex B, after its start code and header byte.
    pub(super) fn nal(self, header: u8) -> Vec<u8> {
        let payload = self.bits(1, 1).bytes;
        let mut nal = vec![0, 0, 0, 1, header];
        let mut zeros = 0;
        for byte in payload {
            if zeros >= 2 && byte <= 3 {
                nal.push(3);
                zeros = 0;
            }
            zeros = if byte == 0 { zeros + 1 } else { 0 };
            nal.push(byte);
        }
        nal
    }
}

/// The NAL units of an Annex B stream, their header bytes included.
pub(super) fn nal_units(stream: &[u8]) -> impl Iterator<Item = &[u8]> {
    let starts = stream.windows(3).enumerate().filter(|(_, code)| *code == [0, 0, 1]).map(|(at, _)| at + 3);
    let starts: Vec<_> = starts.collect();
    let ends: Vec<_> = starts.iter().skip(1).map(|next| next - 3).chain([stream.len()]).collect();
    // A start code may have a fourth zero before it; no unit ends with one.
    let unit = |(start, end): (usize, usize)| {
        let unit = &stream[start..end];
        let length = unit.iter().rposition(|byte| *byte != 0).map_or(0, |last| last + 1);
        &unit[..length]
    };
    starts.into_iter().zip(ends).map(unit).filter(|unit| !unit.is_empty()).collect::<Vec<_>>().into_iter()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_back() {
        let values = [0, 1, 2, 7, 8, 254, 255, 8159, 65534];
        let writer = values.iter().fold(BitWriter::default(), |writer, value| writer.unsigned(*value));
        let nal = writer.bits(0, 30).bits(3, 2).nal(0x21);
        assert_eq!(nal[..5], [0, 0, 0, 1, 0x21]);
        assert!(!nal[5..].windows(3).any(|bytes| bytes[..2] == [0, 0] && bytes[2] < 3));
        let mut reader = BitReader::new(&nal[5..]);
        for value in values {
            assert_eq!(reader.unsigned(), Some(value));
        }
        assert_eq!((reader.bits(30), reader.bits(2)), (Some(0), Some(3)));
    }

    #[test]
    fn a_stream_falls_into_its_units() {
        let stream = [0, 0, 0, 1, 0x67, 1, 2, 0, 0, 0, 1, 0x68, 3, 0, 0, 1, 0x65, 4];
        let units: Vec<_> = nal_units(&stream).collect();
        assert_eq!(units, [&[0x67, 1, 2][..], &[0x68, 3], &[0x65, 4]]);
    }

    #[test]
    fn a_payload_that_ends_early_is_no_number() {
        assert_eq!(BitReader::new(&[0, 0]).unsigned(), None);
        assert_eq!(BitReader::new(&[]).flag(), None);
    }
}
