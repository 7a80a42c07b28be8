//! Memory that is drawn into through Vulkan is the same bytes for whoever imports it. The first tests run on any Vulkan
//! device, lavapipe too; those of CUDA say that they are skipped where there is none, and fail with
//! `REQUIRE_CUDA_TESTS=1`.
#![cfg(target_os = "linux")]
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test may panic wherever it finds its rule broken"
)]

use std::os::fd::AsRawFd;

use avs_engine::encode::{EncoderChoice, VideoSettings};
use avs_engine::geometry::Nv12Layout;
use avs_engine::gpu::{ExportError, ExportedSlot, Gpu, GpuContext, GpuError, PlanePair, write_plane};
use avs_engine::job::{CardSlot, card_slots, open_card_path};

/// Sizes whose rows are a multiple of 256, of nothing but 2, and the smallest.
const SIZES: [(u32, u32); 4] = [(1920, 1080), (1270, 718), (258, 146), (2, 2)];

#[test]
fn a_frame_in_an_exported_buffer_is_the_frame_that_was_drawn() {
    let Some(gpu) = open_gpu() else { return };
    for size in SIZES {
        let (mut slot, memory) = ExportedSlot::new(&gpu.device, size).unwrap();
        assert!(memory.fd.as_raw_fd() > 2);
        assert!(memory.allocation_bytes >= memory.layout.size_bytes());
        assert_eq!(memory.layout, slot.layout());
        assert!(memory.layout.pitch_bytes.is_multiple_of(256) && memory.layout.pitch_bytes >= size.0);
        let planes = drawn(&gpu, size);
        let submission = submit(&gpu, |encoder| slot.record_copy(encoder, &planes));
        slot.submitted(submission);
        slot.wait(&gpu.device).unwrap();
        assert_shows(&read(&gpu, slot.buffer()), slot.layout(), "Vulkan");
    }
}

#[test]
fn every_slot_has_memory_of_its_own_and_outlives_the_descriptor() {
    let Some(gpu) = open_gpu() else { return };
    let (mut first, memory) = ExportedSlot::new(&gpu.device, (258, 146)).unwrap();
    let (second, other) = ExportedSlot::new(&gpu.device, (258, 146)).unwrap();
    assert_ne!(memory.fd.as_raw_fd(), other.fd.as_raw_fd());
    assert_eq!(memory.device_uuid, other.device_uuid);
    drop((memory, second, other));
    let planes = drawn(&gpu, (258, 146));
    first.submitted(submit(&gpu, |encoder| first.record_copy(encoder, &planes)));
    first.wait(&gpu.device).unwrap();
    assert_shows(&read(&gpu, first.buffer()), first.layout(), "Vulkan");
}

#[test]
fn an_odd_size_is_refused() {
    let Some(gpu) = open_gpu() else { return };
    let refused = ExportedSlot::new(&gpu.device, (1271, 718)).map(drop);
    assert_eq!(refused, Err(ExportError::OddSize { width_px: 1271, height_px: 718 }));
}

#[test]
fn a_device_that_cuda_does_not_have_closes_the_card_path_in_plain_words() {
    let Some(gpu) = open_gpu() else { return };
    if let Err(refusal) = card_slots(&gpu.device, (258, 146), 3) {
        let said = refusal.to_string();
        assert!(said.contains("NVIDIA") || said.contains("CUDA") || said.contains("share"), "{said}");
        assert!(open_card_path(&gpu.device, &settings((258, 146)), 3).is_none());
    }
}

#[test]
fn cuda_reads_the_bytes_that_vulkan_drew() {
    for size in SIZES {
        let Some((gpu, frames, mut slots)) = open_card(size) else { return };
        for slot in &mut slots {
            fill(&gpu, slot, size);
            let bytes = slot.imported().read_back(frames.device()).unwrap();
            assert_shows(&bytes, slot.imported().layout(), "CUDA");
        }
    }
}

#[test]
fn the_frames_that_nvenc_would_get_are_the_bytes_that_vulkan_drew() {
    for size in SIZES.into_iter().filter(|size| size.0 > 2) {
        let Some((gpu, frames, mut slots)) = open_card(size) else { return };
        // More frames at once than slots: a slot is free as soon as its frame is taken.
        let mut taken = Vec::new();
        for _ in 0..3 {
            for slot in &mut slots {
                fill(&gpu, slot, size);
                taken.push(frames.frame_from_slot(slot.imported()).unwrap());
            }
        }
        for frame in &taken {
            let host = frames.download(frame).unwrap();
            for (plane, rows) in [(0, size.1), (1, size.1 / 2)] {
                for row in 0..rows as usize {
                    let bytes = &host.data(plane)[row * host.stride(plane)..][..size.0 as usize];
                    assert_eq!(bytes, pattern_row(plane, row, size.0), "plane {plane}, row {row}");
                }
            }
        }
    }
}

#[test]
fn nvenc_encodes_what_was_drawn_without_the_cpu() {
    let size = (1270, 718);
    let Some((gpu, ..)) = open_card(size) else { return };
    let Some((mut encoder, mut slots)) = open_card_path(&gpu.device, &settings(size), 3) else {
        eprintln!("skipped: no NVENC here (`avs-engine encoders` says why)");
        return;
    };
    let mut packets = 0;
    for frame in 0..60 {
        let slot = &mut slots[frame % 3];
        fill(&gpu, slot, size);
        encoder.show(slot).unwrap();
        packets += std::iter::from_fn(|| encoder.encoder().next_packet()).count();
    }
    encoder.encoder().finish().unwrap();
    packets += std::iter::from_fn(|| encoder.encoder().next_packet()).count();
    assert_eq!((packets, encoder.encoder().name()), (60, "h264_nvenc"));
}

fn settings((width_px, height_px): (u32, u32)) -> VideoSettings {
    VideoSettings {
        width_px,
        height_px,
        fps: 30,
        preset: "veryfast".to_owned(),
        crf: 23,
        encoder: EncoderChoice::Auto,
        encode_repeats: false,
    }
}

/// A device that shares memory, or none and a line that says why.
fn open_gpu() -> Option<GpuContext> {
    let wanted = std::env::var("AVS_ADAPTER").ok();
    let gpu = match Gpu::find(wanted.as_deref()).and_then(|gpu| gpu.context().cloned()) {
        Ok(gpu) => gpu,
        Err(GpuError::NoAdapter) if std::env::var_os("REQUIRE_GPU_TESTS").is_none() => {
            eprintln!("skipped: no graphics adapter");
            return None;
        }
        Err(error) => panic!("{error}"),
    };
    match ExportedSlot::new(&gpu.device, (2, 2)) {
        Ok(_) => Some(gpu),
        Err(error) => {
            eprintln!("skipped: {error}");
            None
        }
    }
}

type OpenCard = (GpuContext, avs_engine::encode::CudaFrames, Vec<CardSlot>);

/// A card that draws and that CUDA has, or none and a line that says why.
fn open_card(size: (u32, u32)) -> Option<OpenCard> {
    let gpu = open_gpu()?;
    match card_slots(&gpu.device, size, 3) {
        Ok((frames, slots)) => Some((gpu, frames, slots)),
        Err(refusal) => {
            assert!(std::env::var_os("REQUIRE_CUDA_TESTS").is_none(), "{refusal}");
            eprintln!("skipped: {refusal}");
            None
        }
    }
}

/// Row `row` of the picture of these tests: no two rows or columns near each other are the same.
fn pattern_row(plane: usize, row: usize, width: u32) -> Vec<u8> {
    let value = |column: usize| (column * 7 + row * 13 + plane * 101 + column * row / 5) % 251;
    (0..width as usize).map(|column| u8::try_from(value(column)).expect("below 251")).collect()
}

fn drawn(gpu: &GpuContext, (width, height): (u32, u32)) -> PlanePair {
    let planes = PlanePair::new(&gpu.device, "test", (width, height), PlanePair::NV12);
    let bytes = |plane, rows: u32| -> Vec<u8> {
        (0..rows as usize).flat_map(|row| pattern_row(plane, row, width)).collect()
    };
    write_plane(&gpu.queue, &planes.luma, &bytes(0, height));
    write_plane(&gpu.queue, &planes.chroma, &bytes(1, height / 2));
    planes
}

fn fill(gpu: &GpuContext, slot: &mut CardSlot, size: (u32, u32)) {
    let planes = drawn(gpu, size);
    let submission = submit(gpu, |encoder| slot.record_copy(encoder, &planes));
    slot.submitted(submission);
    slot.wait(&gpu.device).unwrap();
}

fn submit(gpu: &GpuContext, record: impl FnOnce(&mut wgpu::CommandEncoder)) -> wgpu::SubmissionIndex {
    let mut encoder = gpu.device.create_command_encoder(&wgpu::CommandEncoderDescriptor::default());
    record(&mut encoder);
    gpu.queue.submit([encoder.finish()])
}

/// The bytes of a buffer, through wgpu.
fn read(gpu: &GpuContext, buffer: &wgpu::Buffer) -> Vec<u8> {
    let mapped = gpu.device.create_buffer(&wgpu::BufferDescriptor {
        label: Some("test"),
        size: buffer.size(),
        usage: wgpu::BufferUsages::COPY_DST | wgpu::BufferUsages::MAP_READ,
        mapped_at_creation: false,
    });
    submit(gpu, |encoder| encoder.copy_buffer_to_buffer(buffer, 0, &mapped, 0, buffer.size()));
    mapped.map_async(wgpu::MapMode::Read, .., |outcome| outcome.unwrap());
    gpu.device.poll(wgpu::PollType::wait_indefinitely()).unwrap();
    mapped.get_mapped_range(..).unwrap().to_vec()
}

#[track_caller]
fn assert_shows(bytes: &[u8], layout: Nv12Layout, by: &str) {
    let Nv12Layout { width_px, height_px, pitch_bytes } = layout;
    let chroma = usize::try_from(layout.chroma_offset_bytes()).unwrap();
    for (plane, start, rows) in [(0, 0, height_px), (1, chroma, height_px / 2)] {
        for row in 0..rows as usize {
            let found = &bytes[start + row * pitch_bytes as usize..][..width_px as usize];
            assert_eq!(found, pattern_row(plane, row, width_px), "{by}, plane {plane}, row {row}");
        }
    }
}
