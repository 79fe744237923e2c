/**
 * The session container's seccomp profile: an allow-list, everything else answers EPERM. Pure.
 *
 * Against the engine's default profile it opens only what Chromium's own sandbox needs to build its
 * namespaces — `clone` with namespace flags, `unshare`, `chroot` (useless without the capability, which
 * exists only inside a user namespace) — and it closes what an escape likes and Chromium does without:
 * io_uring, ptrace and process_vm, keyctl, bpf, userfaultfd, perf, mount and the new mount API, setns,
 * handles, SysV messages, and every socket family but unix, IPv4, IPv6 and route netlink.
 * `clone3` answers ENOSYS because its flags lie behind a pointer; glibc then falls back to `clone`.
 */

const files = `access chdir chmod chown close close_range copy_file_range creat dup dup2 dup3 faccessat faccessat2
 fadvise64 fallocate fchdir fchmod fchmodat fchmodat2 fchown fchownat fcntl fdatasync fgetxattr flistxattr flock
 fsetxattr fstat fstatfs fsync ftruncate getcwd getdents getdents64 getxattr inotify_add_watch inotify_init
 inotify_init1 inotify_rm_watch lchown lgetxattr link linkat listxattr llistxattr lseek lstat mkdir mkdirat
 newfstatat open openat openat2 pread64 preadv preadv2 pwrite64 pwritev pwritev2 read readahead readlink readlinkat
 readv rename renameat renameat2 rmdir sendfile setxattr splice stat statfs statx symlink symlinkat sync
 sync_file_range syncfs tee truncate umask unlink unlinkat utime utimensat utimes vmsplice write writev`;

const memory = `brk madvise membarrier memfd_create mincore mlock mlock2 mlockall mmap mprotect mremap msync munlock
 munlockall munmap pkey_alloc pkey_free pkey_mprotect remap_file_pages shmat shmctl shmdt shmget`;

const processes = `alarm arch_prctl capget capset execve execveat exit exit_group fork get_robust_list getegid geteuid
 getgid getgroups getitimer getpgid getpgrp getpid getppid getpriority getresgid getresuid getrlimit getrusage getsid
 gettid getuid ioprio_get ioprio_set kill pause pidfd_open pidfd_send_signal prctl prlimit64 rseq rt_sigaction
 rt_sigpending rt_sigprocmask rt_sigqueueinfo rt_sigreturn rt_sigsuspend rt_sigtimedwait rt_tgsigqueueinfo
 sched_get_priority_max sched_get_priority_min sched_getaffinity sched_getattr sched_getparam sched_getscheduler
 sched_rr_get_interval sched_setaffinity sched_setattr sched_setparam sched_setscheduler sched_yield seccomp
 set_robust_list set_tid_address setfsgid setfsuid setgid setgroups setitimer setpgid setpriority setregid setresgid
 setresuid setreuid setrlimit setsid setuid sigaltstack tgkill tkill vfork wait4 waitid`;

const waiting = `clock_getres clock_gettime clock_nanosleep epoll_create epoll_create1 epoll_ctl epoll_pwait epoll_pwait2
 epoll_wait eventfd eventfd2 futex futex_waitv gettimeofday nanosleep pipe pipe2 poll ppoll pselect6 restart_syscall
 select semctl semget semop semtimedop signalfd signalfd4 time timer_create timer_delete timer_getoverrun
 timer_gettime timer_settime timerfd_create timerfd_gettime timerfd_settime times`;

const sockets = `accept accept4 bind connect getpeername getsockname getsockopt listen recvfrom recvmmsg recvmsg sendmmsg
 sendmsg sendto setsockopt shutdown socketpair`;

const machine =
  "getcpu getrandom ioctl sysinfo uname landlock_add_rule landlock_create_ruleset landlock_restrict_self";

/** What the browser's own sandbox needs on top. */
const chromiumSandbox = "clone unshare chroot";

const words = (text: string): string[] => text.split(/\s+/);

/** AF_UNIX, AF_INET, AF_INET6, AF_NETLINK. */
const socketFamilies = [1, 2, 10, 16];

/** `personality` values that only query or set the plain Linux ABI. */
const personalities = [0, 0xffffffff];

const ENOSYS = 38;

export function sessionSeccompProfile(): string {
  const allow = (names: string[], args: object[] = []) => ({
    names,
    action: "SCMP_ACT_ALLOW",
    args,
  });
  return JSON.stringify({
    defaultAction: "SCMP_ACT_ERRNO",
    defaultErrnoRet: 1,
    archMap: [
      { architecture: "SCMP_ARCH_X86_64", subArchitectures: [] },
      { architecture: "SCMP_ARCH_AARCH64", subArchitectures: [] },
    ],
    syscalls: [
      allow([files, memory, processes, waiting, sockets, machine, chromiumSandbox].flatMap(words)),
      ...socketFamilies.map((value) => allow(["socket"], [{ index: 0, value, op: "SCMP_CMP_EQ" }])),
      ...personalities.map((value) =>
        allow(["personality"], [{ index: 0, value, op: "SCMP_CMP_EQ" }]),
      ),
      { names: ["clone3"], action: "SCMP_ACT_ERRNO", errnoRet: ENOSYS, args: [] },
    ],
  });
}
