//! Landlock: which files a thread and its children can still open.

use std::path::{Path, PathBuf};

use avs_protocol::LandlockLevel;
use landlock::{
    ABI, Access, AccessFs, AccessNet, BitFlags, LandlockStatus, RestrictSelfAttr, Ruleset, RulesetAttr,
    RulesetCreated, RulesetCreatedAttr, RulesetError, RulesetStatus, Scope, make_bitflags,
    path_beneath_rules,
};

use super::SandboxError;
use super::system_paths::SystemPaths;

/// Everything that is taken away where the kernel knows it: besides files also TCP (ABI 4), signals and abstract sockets
/// (6), named sockets (9), UDP (10).
const ASKED: ABI = ABI::V10;
/// From here on (Linux 6.2) every right over files is guarded, truncation too. What later versions add, seccomp refuses
/// as well, so that their absence opens nothing.
const FULL_ABI: u32 = 3;

const READ: BitFlags<AccessFs> = make_bitflags!(AccessFs::{ReadFile | ReadDir});
/// Not `Execute`: a library that is loaded is only read, and no program is ever started.
const DEVICE: BitFlags<AccessFs> = make_bitflags!(AccessFs::{ReadFile | ReadDir | WriteFile | IoctlDev});
const OUTPUT: BitFlags<AccessFs> =
    make_bitflags!(AccessFs::{ReadFile | ReadDir | WriteFile | MakeReg | RemoveFile | Truncate});
const CACHE: BitFlags<AccessFs> = make_bitflags!(AccessFs::{ReadFile | ReadDir | WriteFile | MakeReg | MakeDir
    | RemoveFile | RemoveDir | Truncate | Refer});

/// What the kernel has put in place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Enforced {
    pub(super) level: LandlockLevel,
    /// 0 where there is no Landlock.
    pub(super) abi: u32,
}

/// The first layer, for a process without other threads: the system's files, and the folder of all jobs.
pub(super) fn close_all_but_jobs(system: &SystemPaths, jobs_dir: &Path) -> Result<Enforced, SandboxError> {
    let folder = std::fs::metadata(jobs_dir);
    folder.map_err(|error| SandboxError::Files(format!("{}: {error}", jobs_dir.display())))?;
    let layer = || {
        let layer = system_layer(system)?;
        layer
            .add_rules(path_beneath_rules(&system.caches, CACHE))?
            .add_rules(path_beneath_rules([jobs_dir], OUTPUT))
    };
    restrict(layer)
}

/// The second layer, for this thread and those that it starts: the system's files, those of one job, and where its video
/// goes. Where the kernel can (ABI 8), a layer with an output is put on every thread; one without cannot be, because
/// the video would have no place later.
pub(super) fn close_all_but_job(
    system: &SystemPaths,
    files: &[PathBuf],
    output_dir: Option<&Path>,
) -> Result<Enforced, SandboxError> {
    restrict(|| {
        let layer = system_layer(system)?;
        let layer = layer
            .add_rules(path_beneath_rules(&system.caches, READ))?
            // A file that is not there has no rule; whoever opens it says that it is missing.
            .add_rules(path_beneath_rules(files, READ))?;
        layer.add_rules(path_beneath_rules(output_dir, OUTPUT))?.all_threads(output_dir.is_some())
    })
}

/// For a thread that only talks or counts: no file at all.
pub(super) fn close_all() -> Result<Enforced, SandboxError> {
    restrict(asked)
}

/// What the kernel has, without taking anything away.
pub(super) fn offered() -> Enforced {
    // A layer on a thread that ends at once.
    let outcome = std::thread::spawn(close_all).join();
    outcome.ok().and_then(Result::ok).unwrap_or(Enforced { level: LandlockLevel::None, abi: 0 })
}

fn system_layer(system: &SystemPaths) -> Result<RulesetCreated, RulesetError> {
    asked()?
        .add_rules(path_beneath_rules(&system.read, READ))?
        .add_rules(path_beneath_rules(&system.devices, DEVICE))?
        // Which nodes there are may be listed; the rights to open them are above.
        .add_rules(path_beneath_rules(["/dev"], AccessFs::ReadDir))
}

fn asked() -> Result<RulesetCreated, RulesetError> {
    Ruleset::default()
        .handle_access(AccessFs::from_all(ASKED))?
        .handle_access(AccessNet::from_all(ASKED))?
        .scope(Scope::from_all(ASKED))?
        .create()
}

fn restrict(layer: impl FnOnce() -> Result<RulesetCreated, RulesetError>) -> Result<Enforced, SandboxError> {
    let status = layer().and_then(RulesetCreated::restrict_self);
    let status = status.map_err(|error| SandboxError::Files(error.to_string()))?;
    let abi = match status.landlock {
        LandlockStatus::Available { effective_abi, .. } => effective_abi as u32,
        LandlockStatus::NotEnabled | LandlockStatus::NotImplemented => 0,
    };
    let level = match status.ruleset {
        RulesetStatus::NotEnforced => LandlockLevel::None,
        _ if abi >= FULL_ABI => LandlockLevel::Full,
        RulesetStatus::PartiallyEnforced | RulesetStatus::FullyEnforced => LandlockLevel::Partial,
    };
    Ok(Enforced { level, abi })
}
