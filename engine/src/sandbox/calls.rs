//! seccomp: system calls that no render needs, refused with "operation not permitted".
//!
//! A list of what is forbidden, not of what is allowed: drivers of graphics cards use calls that nobody has written down.

use seccompiler::{
    BpfProgram, SeccompAction, SeccompCmpArgLen as Len, SeccompCmpOp as Op, SeccompCondition, SeccompFilter,
    SeccompRule, apply_filter_all_threads, sock_filter,
};

use super::SandboxError;

/// Refused whatever their arguments.
#[rustfmt::skip]
const FORBIDDEN: &[i64] = &[
    // Programs: an engine starts none.
    libc::SYS_execve, libc::SYS_execveat,
    // Connections, to sockets of this machine too (a container engine's, say). Our own socket came connected.
    libc::SYS_connect,
    // Other processes.
    libc::SYS_ptrace, libc::SYS_process_vm_readv, libc::SYS_process_vm_writev, libc::SYS_process_madvise,
    libc::SYS_process_mrelease, libc::SYS_kcmp, libc::SYS_pidfd_open, libc::SYS_pidfd_getfd,
    libc::SYS_pidfd_send_signal, libc::SYS_tkill, libc::SYS_rt_sigqueueinfo,
    // What Landlock leaves open of files elsewhere: their modes, owners, times and attributes, and files by handle.
    libc::SYS_fchmod, libc::SYS_fchmodat, FCHMODAT2, libc::SYS_fchown, libc::SYS_fchownat, libc::SYS_utimensat,
    libc::SYS_setxattr, libc::SYS_lsetxattr, libc::SYS_fsetxattr, libc::SYS_removexattr, libc::SYS_lremovexattr,
    libc::SYS_fremovexattr, SETXATTRAT, REMOVEXATTRAT, FILE_SETATTR, libc::SYS_open_by_handle_at, libc::SYS_mknodat,
    // Mounts, roots, namespaces.
    libc::SYS_mount, libc::SYS_umount2, libc::SYS_mount_setattr, libc::SYS_move_mount, libc::SYS_open_tree,
    libc::SYS_fsopen, libc::SYS_fsconfig, libc::SYS_fsmount, libc::SYS_fspick, libc::SYS_pivot_root,
    libc::SYS_chroot, libc::SYS_unshare, libc::SYS_setns,
    // Parts of the kernel that are large, and where its faults are found.
    libc::SYS_bpf, libc::SYS_perf_event_open, libc::SYS_userfaultfd, libc::SYS_io_uring_setup,
    libc::SYS_io_uring_enter, libc::SYS_io_uring_register, libc::SYS_add_key, libc::SYS_request_key,
    libc::SYS_keyctl, libc::SYS_fanotify_init,
    // The machine.
    libc::SYS_reboot, libc::SYS_kexec_load, libc::SYS_init_module, libc::SYS_finit_module, libc::SYS_delete_module,
    libc::SYS_swapon, libc::SYS_swapoff, libc::SYS_acct, libc::SYS_quotactl, libc::SYS_quotactl_fd,
    libc::SYS_syslog, libc::SYS_vhangup, libc::SYS_personality, libc::SYS_sethostname, libc::SYS_setdomainname,
    libc::SYS_settimeofday, libc::SYS_clock_settime, libc::SYS_clock_adjtime, libc::SYS_adjtimex,
    // Our own limits (`getrlimit` is another call).
    libc::SYS_setrlimit,
];

/// The same by their older numbers, and what only this architecture has.
#[cfg(target_arch = "x86_64")]
#[rustfmt::skip]
const FORBIDDEN_HERE: &[i64] = &[
    libc::SYS_chmod, libc::SYS_chown, libc::SYS_lchown, libc::SYS_utime, libc::SYS_utimes, libc::SYS_futimesat,
    libc::SYS_mknod, libc::SYS_kexec_file_load, libc::SYS_iopl, libc::SYS_ioperm, libc::SYS_modify_ldt,
    libc::SYS_uselib,
];
#[cfg(not(target_arch = "x86_64"))]
const FORBIDDEN_HERE: &[i64] = &[libc::SYS_kexec_file_load];

/// Newer than the libc crate; the same number on every architecture (Linux 6.6, 6.13, 6.17).
const FCHMODAT2: i64 = 452;
const SETXATTRAT: i64 = 463;
const REMOVEXATTRAT: i64 = 466;
const FILE_SETATTR: i64 = 469;

/// New namespaces by `clone`.
const NAMESPACES: [i32; 8] = [
    libc::CLONE_NEWCGROUP,
    libc::CLONE_NEWIPC,
    libc::CLONE_NEWNET,
    libc::CLONE_NEWNS,
    libc::CLONE_NEWPID,
    libc::CLONE_NEWTIME,
    libc::CLONE_NEWUSER,
    libc::CLONE_NEWUTS,
];

/// Bit of the numbers by which x86-64 offers every call once more (x32): a list of the plain numbers would not see them.
const X32_BIT: u32 = 0x4000_0000;

/// Closes them on every thread of the process, for good.
pub(super) fn close() -> Result<(), SandboxError> {
    let programs = programs().map_err(|error| SandboxError::Calls(error.to_string()))?;
    programs.iter().try_for_each(|program| {
        apply_filter_all_threads(program).map_err(|error| SandboxError::Calls(error.to_string()))
    })
}

/// The filters; the kernel takes the strictest answer of all.
fn programs() -> Result<[BpfProgram; 2], seccompiler::Error> {
    let mut rules: Vec<(i64, Vec<SeccompRule>)> = Vec::new();
    rules.extend(FORBIDDEN.iter().chain(FORBIDDEN_HERE).map(|number| (*number, Vec::new())));
    rules.push((libc::SYS_socket, vec![when(0, Op::Ne, unsigned(libc::AF_UNIX))?]));
    let ourselves = u64::from(std::process::id());
    for number in [libc::SYS_kill, libc::SYS_tgkill, libc::SYS_rt_tgsigqueueinfo] {
        rules.push((number, vec![when(0, Op::Ne, ourselves)?]));
    }
    // Limits of others, or new ones of our own.
    let prlimit = vec![when(0, Op::Ne, 0)?, SeccompRule::new(vec![condition(2, Len::Qword, Op::Ne, 0)?])?];
    rules.push((libc::SYS_prlimit64, prlimit));
    let namespaces = NAMESPACES.map(|flag| when(0, Op::MaskedEq(unsigned(flag)), unsigned(flag)));
    rules.push((libc::SYS_clone, namespaces.into_iter().collect::<Result<_, _>>()?));
    let mut forbidden = program(rules, libc::EPERM)?;
    forbidden.splice(0..0, x32_is_refused());
    // The flags of `clone3` lie in memory, where no filter can read them; C libraries go back to `clone` where there is
    // no such call.
    let unknown = program(vec![(libc::SYS_clone3, Vec::new())], libc::ENOSYS)?;
    Ok([forbidden, unknown])
}

fn program(rules: Vec<(i64, Vec<SeccompRule>)>, errno: i32) -> Result<BpfProgram, seccompiler::Error> {
    let architecture = std::env::consts::ARCH.try_into()?;
    let refusal = SeccompAction::Errno(errno.unsigned_abs());
    let filter =
        SeccompFilter::new(rules.into_iter().collect(), SeccompAction::Allow, refusal, architecture)?;
    Ok(filter.try_into()?)
}

fn when(argument: u8, operation: Op, value: u64) -> Result<SeccompRule, seccompiler::Error> {
    Ok(SeccompRule::new(vec![condition(argument, Len::Dword, operation, value)?])?)
}

fn condition(
    argument: u8,
    length: Len,
    operation: Op,
    value: u64,
) -> Result<SeccompCondition, seccompiler::Error> {
    Ok(SeccompCondition::new(argument, length, operation, value)?)
}

fn unsigned(value: i32) -> u64 {
    value.unsigned_abs().into()
}

/// Load the call's number; if it has the bit, refuse.
fn x32_is_refused() -> [sock_filter; 3] {
    let instruction = |code: u32, jump: u8, k: u32| {
        let code = u16::try_from(code).expect("codes of instructions are below 256");
        sock_filter { code, jt: 0, jf: jump, k }
    };
    let refuse = libc::SECCOMP_RET_ERRNO | libc::EPERM.unsigned_abs();
    [
        instruction(libc::BPF_LD | libc::BPF_W | libc::BPF_ABS, 0, 0),
        instruction(libc::BPF_JMP | libc::BPF_JGE | libc::BPF_K, 1, X32_BIT),
        instruction(libc::BPF_RET | libc::BPF_K, 0, refuse),
    ]
}

#[cfg(test)]
mod tests {
    use std::io;
    use std::net::{TcpListener, UdpSocket};
    use std::os::unix::net::UnixStream;
    use std::process::Command;

    use super::*;

    /// What a thread of its own sees behind the filters.
    fn behind_filters<T: Send>(look: impl FnOnce() -> T + Send) -> T {
        let look = || {
            for program in programs().unwrap() {
                seccompiler::apply_filter(&program).unwrap();
            }
            look()
        };
        std::thread::scope(|scope| scope.spawn(look).join().unwrap())
    }

    #[expect(unsafe_code, reason = "calls that the standard library does not make")]
    fn errno_of(number: i64, arguments: [i64; 3]) -> Option<i32> {
        let [first, second, third] = arguments;
        // SAFETY: the tests call what is refused before it looks at its arguments, or harmless where it is not.
        let result = unsafe { libc::syscall(number, first, second, third) };
        if result < 0 { io::Error::last_os_error().raw_os_error() } else { None }
    }

    #[test]
    fn the_network_is_closed_and_a_pair_of_sockets_is_not() {
        assert!(TcpListener::bind("127.0.0.1:0").is_ok() && UdpSocket::bind("127.0.0.1:0").is_ok());
        let (tcp, udp, pair, netlink) = behind_filters(|| {
            (
                TcpListener::bind("127.0.0.1:0").map(drop),
                UdpSocket::bind("127.0.0.1:0").map(drop),
                UnixStream::pair().map(drop),
                errno_of(libc::SYS_socket, [libc::AF_NETLINK.into(), libc::SOCK_RAW.into(), 0]),
            )
        });
        assert_eq!(tcp.unwrap_err().raw_os_error(), Some(libc::EPERM));
        assert_eq!(udp.unwrap_err().raw_os_error(), Some(libc::EPERM));
        assert_eq!(netlink, Some(libc::EPERM));
        pair.unwrap();
    }

    #[test]
    fn no_program_can_be_started_and_threads_can() {
        assert!(Command::new("true").status().unwrap().success());
        let (program, thread) =
            behind_filters(|| (Command::new("true").status(), std::thread::spawn(|| 7).join()));
        assert_eq!(program.unwrap_err().raw_os_error(), Some(libc::EPERM));
        assert_eq!(thread.unwrap(), 7);
    }

    #[test]
    fn other_processes_get_no_signal_and_no_limit_of_ours() {
        let parent = i64::from(std::os::unix::process::parent_id());
        let ourselves = i64::from(std::process::id());
        assert_eq!(errno_of(libc::SYS_kill, [parent, 0, 0]), None);
        let (other, own, limit, group) = behind_filters(|| {
            (
                errno_of(libc::SYS_kill, [parent, 0, 0]),
                errno_of(libc::SYS_kill, [ourselves, 0, 0]),
                errno_of(libc::SYS_prlimit64, [parent, libc::RLIMIT_NOFILE.into(), 0]),
                errno_of(libc::SYS_kill, [-1, 0, 0]),
            )
        });
        let refused = Some(libc::EPERM);
        assert_eq!((other, own, limit, group), (refused, None, refused, refused));
    }

    #[test]
    fn namespaces_are_refused_by_every_call_that_makes_them() {
        let user = i64::from(libc::CLONE_NEWUSER | libc::SIGCHLD);
        let found = behind_filters(|| {
            (
                errno_of(libc::SYS_unshare, [libc::CLONE_NEWUSER.into(), 0, 0]),
                errno_of(libc::SYS_clone, [user, 0, 0]),
                errno_of(libc::SYS_clone3, [0, 0, 0]),
            )
        });
        assert_eq!(found, (Some(libc::EPERM), Some(libc::EPERM), Some(libc::ENOSYS)));
    }

    #[cfg(target_arch = "x86_64")]
    #[test]
    fn the_second_set_of_numbers_is_no_way_around() {
        let numbers = [libc::SYS_getpid, libc::SYS_socket].map(|number| i64::from(X32_BIT) | number);
        let arguments = [libc::AF_INET.into(), libc::SOCK_STREAM.into(), 0];
        let found = behind_filters(|| numbers.map(|number| errno_of(number, arguments)));
        assert_eq!(found, [Some(libc::EPERM); 2]);
        assert_eq!(behind_filters(|| errno_of(libc::SYS_getpid, [0; 3])), None);
    }
}
