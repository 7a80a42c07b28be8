//! The files outside a job that drivers, libraries and fonts need, and no others: configuration of other programs may
//! hold keys, and a device node may be a whole disk.

use std::path::{Path, PathBuf};

/// Read where they exist. Not /etc, /opt, /run, /var and /proc as a whole: the control plane may keep its configuration,
/// its data or its sockets there, and /proc tells of other processes.
const READ: [&str; 40] = [
    "/usr",
    "/lib",
    "/lib32",
    "/lib64",
    "/libx32",
    // Guix and NixOS: every library is below these.
    "/gnu/store",
    "/nix/store",
    "/etc/alternatives",
    "/etc/drirc",
    "/etc/fonts",
    "/etc/glvnd",
    "/etc/ld.so.cache",
    "/etc/ld.so.conf",
    "/etc/ld.so.conf.d",
    "/etc/localtime",
    "/etc/nsswitch.conf",
    "/etc/nvidia",
    "/etc/passwd",
    "/etc/static",
    "/etc/vulkan",
    "/opt/amdgpu",
    "/opt/amdgpu-pro",
    "/opt/rocm",
    "/proc/cpuinfo",
    "/proc/devices",
    "/proc/driver",
    "/proc/filesystems",
    "/proc/meminfo",
    "/proc/modules",
    "/proc/stat",
    "/proc/sys",
    "/proc/version",
    "/run/current-system/sw",
    "/run/nvidia",
    "/run/opengl-driver",
    "/run/udev/data",
    "/sys",
    "/var/cache/fontconfig",
    "/var/lib/dbus/machine-id",
    "/etc/machine-id",
];

/// Read below the home directory, where they exist.
const READ_AT_HOME: [&str; 3] = [".fonts", ".local/share/fonts", ".local/share/vulkan"];

/// Nodes that every program may use.
const DEVICES: [&str; 5] = ["/dev/null", "/dev/zero", "/dev/full", "/dev/random", "/dev/urandom"];

/// First letters of the nodes of graphics cards: the kernel's own, AMD's compute, NVIDIA's, Arm's, NVIDIA's Tegra, WSL's.
const CARD_DEVICES: [&str; 7] = ["dri", "kfd", "nvidia", "mali", "nvhost", "nvmap", "dxg"];

/// Shader caches below the cache directory.
const CACHES: [&str; 4] = ["mesa_shader_cache", "mesa_shader_cache_db", "nvidia", "radv_builtin_shaders64"];

/// What this machine has of them.
#[derive(Debug)]
pub(super) struct SystemPaths {
    /// Read.
    pub(super) read: Vec<PathBuf>,
    /// Read, written and configured.
    pub(super) devices: Vec<PathBuf>,
    /// Written by drivers while they warm up. Read only once a job is open: what one job left there, the next would run.
    pub(super) caches: Vec<PathBuf>,
}

impl SystemPaths {
    /// Looks around; once /dev is closed it could not be listed.
    pub(super) fn find() -> Self {
        let home = std::env::var_os("HOME").map(PathBuf::from).filter(|home| home.is_absolute());
        let below = |folder: Option<&Path>, names: &[&str]| -> Vec<PathBuf> {
            folder.iter().flat_map(|folder| names.iter().map(|name| folder.join(name))).collect()
        };
        let cache = std::env::var_os("XDG_CACHE_HOME").map(PathBuf::from);
        let cache = cache.or_else(|| home.as_ref().map(|home| home.join(".cache")));
        let mut read = READ.map(PathBuf::from).to_vec();
        read.extend(below(home.as_deref(), &READ_AT_HOME));
        let mut caches = below(cache.as_deref(), &CACHES);
        caches.extend(below(home.as_deref(), &[".nv"]));
        let mut devices = DEVICES.map(PathBuf::from).to_vec();
        devices.extend(card_devices());
        // Its own entry: threads are named there, and its own memory it has anyway.
        devices.push(PathBuf::from("/proc/self"));
        for paths in [&mut read, &mut caches, &mut devices] {
            paths.retain(|path| path.exists());
        }
        Self { read, devices, caches }
    }
}

fn card_devices() -> impl Iterator<Item = PathBuf> {
    let nodes = std::fs::read_dir("/dev").into_iter().flatten().flatten();
    nodes.map(|node| node.path()).filter(|path| {
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        CARD_DEVICES.iter().any(|card| name.starts_with(card))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_folder_that_may_hold_secrets_or_disks_is_open_as_a_whole() {
        let found = SystemPaths::find();
        let open: Vec<_> = [&found.read, &found.devices, &found.caches].into_iter().flatten().collect();
        let secret = ["/etc/shadow", "/etc/avs.toml", "/dev/sda", "/dev/vda", "/dev/mem", "/proc/1/environ"];
        let state = ["/var/lib/avs/data/avs.db", "/opt/avs/data/avs.db", "/run/docker.sock", "/tmp/x"];
        for path in secret.into_iter().chain(state).map(Path::new) {
            assert!(!open.iter().any(|folder| path.starts_with(folder)), "{path:?} is open");
        }
        let home = std::env::var("HOME").unwrap();
        assert!(!open.iter().any(|folder| Path::new(&home).starts_with(folder)), "{home} is open");
        assert!(open.iter().any(|folder| folder.as_path() == Path::new("/usr")));
    }
}
