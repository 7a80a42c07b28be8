//! The memory watch: ends the process when it holds more than it may, before the machine runs out for everyone.

use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt;
use std::time::Duration;

use super::{SandboxError, files};

/// Between two looks. Filling memory takes longer: at the 4 GB/s of one core it is 800 MB.
const LOOK_INTERVAL: Duration = Duration::from_millis(200);
/// More than the kernel's `status` ever is.
const STATUS_BYTES_MAX: usize = 8 << 10;

/// Starts to watch.
pub(super) fn watch(memory_bytes_max: u64) -> Result<(), SandboxError> {
    let status = File::open("/proc/self/status").map_err(SandboxError::Memory)?;
    held_bytes(&status).map_err(SandboxError::Memory)?;
    let watch = move || {
        // It has its file open already. Where there is no Landlock, the report says so.
        drop(files::close_all());
        loop {
            match held_bytes(&status) {
                Ok(held_bytes) if held_bytes > memory_bytes_max => {
                    tracing::error!(held_bytes, memory_bytes_max, "over the memory limit, the engine ends");
                    std::process::abort();
                }
                Ok(_) => std::thread::sleep(LOOK_INTERVAL),
                Err(error) => return tracing::error!(%error, "the memory in use is not watched any more"),
            }
        }
    };
    let started = std::thread::Builder::new().name("memory".into()).spawn(watch);
    started.map(drop).map_err(SandboxError::Memory)
}

/// Resident and swapped memory, as the kernel counts it.
fn held_bytes(status: &File) -> io::Result<u64> {
    let mut bytes = [0; STATUS_BYTES_MAX];
    let count = status.read_at(&mut bytes, 0)?;
    let text = String::from_utf8_lossy(&bytes[..count]);
    let resident = kib_of(&text, "VmRSS:").ok_or_else(|| io::Error::other("the kernel tells no VmRSS"))?;
    Ok((resident + kib_of(&text, "VmSwap:").unwrap_or(0)) << 10)
}

fn kib_of(status: &str, name: &str) -> Option<u64> {
    let line = status.lines().find_map(|line| line.strip_prefix(name))?;
    line.split_whitespace().next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn memory_that_was_touched_is_counted() {
        let status = File::open("/proc/self/status").unwrap();
        let before = held_bytes(&status).unwrap();
        let touched = std::hint::black_box(vec![1_u8; 64 << 20]);
        let after = held_bytes(&status).unwrap();
        assert!(after >= before + (60 << 20), "{before} before, {after} after");
        drop(touched);
    }
}
