/**
 * The session container's seccomp profile: an allow-list, everything else answers EPERM. Pure.
 *
 * Against the engine's default profile it opens only what Chromium's own sandbox needs to build its
 * namespaces — `clone` with namespace flags, `unshare`, `chroot` (useless without the capability, which
 * exists only inside a user namespace) — and it closes what an escape likes and Chromium does without:
 * io_uring, ptrace and process_vm, keyctl, bpf, userfaultfd, perf, mount and the new mount API, setns,
 * handles, SysV messages. `clone3` answers ENOSYS because its flags lie behind a pointer; glibc then falls
 * back to `clone`.
 *
 * Who can make a user namespace is root in it, so what the kernel gives that root is closed as well:
 * - sockets: unix, and plain TCP and UDP. No netlink (nftables and packet schedulers are configured over
 *   it), no raw or packet sockets, no SCTP, MPTCP or ping. Chromium notices that it cannot watch network
 *   interfaces and takes itself for online, which is right: its proxy is on loopback.
 * - setsockopt: the levels of sockets, TCP and UDP, and of IP only options below 64, where the tables of
 *   the old packet filters begin.
 * - ioctl: of terminals and files (type 'T') only; no interface, tun, device or namespace requests.
 * Values are compared so that garbage in an argument's upper half never matches: the kernel drops it.
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
 sendmsg sendto shutdown socketpair`;

const machine =
  "getcpu getrandom sysinfo uname landlock_add_rule landlock_create_ruleset landlock_restrict_self";

/** What the browser's own sandbox needs on top. */
const chromiumSandbox = "clone unshare chroot";

const words = (text: string): string[] => text.split(/\s+/);

const ENOSYS = 38;

interface Condition {
  readonly index: number;
  readonly op: "SCMP_CMP_EQ" | "SCMP_CMP_LT" | "SCMP_CMP_MASKED_EQ";
  /** For MASKED_EQ the mask. */
  readonly value: number;
  /** For MASKED_EQ what must be left. */
  readonly valueTwo?: number;
}

const is = (index: number, value: number): Condition => ({ index, value, op: "SCMP_CMP_EQ" });
const below = (index: number, value: number): Condition => ({ index, value, op: "SCMP_CMP_LT" });
const masked = (index: number, mask: number, left: number): Condition => ({
  index,
  value: mask,
  valueTwo: left,
  op: "SCMP_CMP_MASKED_EQ",
});

const AF_UNIX = 1;
const AF_INET = 2;
const AF_INET6 = 10;
const SOCK_STREAM = 1;
const SOCK_DGRAM = 2;
/** The bits of a socket's type that are not flags such as SOCK_CLOEXEC. */
const typeBits = 0xf;
const IPPROTO_TCP = 6;
const IPPROTO_UDP = 17;

/** Plain TCP and UDP, with the protocol named or left to the kernel. */
const inetSockets: readonly (readonly Condition[])[] = [AF_INET, AF_INET6].flatMap((family) =>
  [
    [SOCK_STREAM, 0],
    [SOCK_STREAM, IPPROTO_TCP],
    [SOCK_DGRAM, 0],
    [SOCK_DGRAM, IPPROTO_UDP],
  ].map(([type = 0, protocol = 0]) => [is(0, family), masked(1, typeBits, type), is(2, protocol)]),
);

const SOL_IP = 0;
const SOL_SOCKET = 1;
const SOL_IPV6 = 41;
/** First option of iptables (IPT_SO_SET_REPLACE) and of ip6tables. */
const packetFilterOptions = 64;
const IPV6_RECVTCLASS = 66;
const IPV6_TCLASS = 67;

const socketOptions: readonly (readonly Condition[])[] = [
  ...[SOL_SOCKET, IPPROTO_TCP, IPPROTO_UDP].map((level) => [is(1, level)]),
  ...[SOL_IP, SOL_IPV6].map((level) => [is(1, level), below(2, packetFilterOptions)]),
  ...[IPV6_RECVTCLASS, IPV6_TCLASS].map((option) => [is(1, SOL_IPV6), is(2, option)]),
];

/** Requests of type 'T' (0x54): terminals, and FIONREAD, FIONBIO, FIOCLEX. */
const ioctlType = masked(1, 0xff_ff_ff_00, 0x54_00);

/** `personality` values that only query or set the plain Linux ABI. */
const personalities = [0, 0xffffffff];

export function sessionSeccompProfile(): string {
  const allow = (names: readonly string[], args: readonly Condition[] = []) => ({
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
      allow(["socket"], [is(0, AF_UNIX)]),
      ...inetSockets.map((conditions) => allow(["socket"], conditions)),
      ...socketOptions.map((conditions) => allow(["setsockopt"], conditions)),
      allow(["ioctl"], [ioctlType]),
      ...personalities.map((value) => allow(["personality"], [is(0, value)])),
      { names: ["clone3"], action: "SCMP_ACT_ERRNO", errnoRet: ENOSYS, args: [] },
    ],
  });
}
