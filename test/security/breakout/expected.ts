/**
 * The attempts and what must become of each. `got` is a pattern over what happened; `logged` is the rule
 * under which the refusal stands in the audit log, where the attempt goes through the proxy, and `target`
 * what the record must name.
 */
export interface Attempt {
  readonly id: string;
  readonly by: "agent" | "page" | "wire";
  readonly got: RegExp;
  readonly logged?: string;
  readonly target?: string;
}

const agent = (got: RegExp, ids: string): Attempt[] =>
  ids.split(/\s+/).map((id) => ({ id, by: "agent", got }));

const noRoute = /^(ENETUNREACH|EADDRNOTAVAIL|EHOSTUNREACH)$/;
const nobody = /^ECONNREFUSED$/;
const readOnly = /^(EROFS|EACCES|EPERM)$/;
const forbidden = /^(EPERM|EACCES)$/;

const agentAttempts: readonly Attempt[] = [
  ...agent(
    noRoute,
    "net-host-bridge net-neighbour net-lgwan-10 net-lgwan-192 net-metadata net-metadata-v6 net-internet net-v6 net-v4-mapped net-dns-udp net-multicast net-v6-multicast",
  ),
  ...agent(/^no answer$/, "net-dns-name"),
  ...agent(nobody, "net-host-portal net-devtools net-x11-tcp sock-abstract"),
  // The engine would copy the host's own name servers in here.
  ...agent(/^done nameserver 127\.0\.0\.1$/, "net-resolvers"),
  ...agent(
    /^(ENOENT|EACCES)$/,
    "sock-docker sock-containerd sock-admin sock-neighbour-control sock-neighbour-proxy sock-through-init",
  ),
  ...agent(/^(EROFS|EACCES)$/, "sock-bind-beside sock-replace"),
  ...agent(
    readOnly,
    "file-unlink-control file-rename-control file-symlink-beside file-chmod-control file-policy-overwrite file-managed-policy file-root file-agent-overwrite file-shadow",
  ),
  ...agent(/^(EXDEV|EROFS|EPERM)$/, "file-hardlink-control"),
  ...agent(/^ENOENT$/, "file-neighbour-list"),
  ...agent(/^done $/, "file-sessions-list proc-host-processes"),
  ...agent(/^EACCES$/, "file-run-from-tmp file-run-from-home file-run-from-shm"),
  ...agent(
    /^(EROFS|EACCES|EPERM|ENOENT)$/,
    "proc-core-pattern proc-modprobe proc-ip-forward proc-sysrq proc-max-userns proc-uid-map sys-uevent-helper sys-cgroup-procs sys-release-agent sys-pids-max sys-memory-max",
  ),
  ...agent(/^(EACCES|EPERM)$/, "proc-oom-score"),
  ...agent(/^(EACCES|EPERM|ENOENT|done 0)$/, "proc-kcore proc-kmsg"),
  ...agent(/^done $/, "proc-keys"),
  ...agent(/^ENOENT$/, "dev-disk dev-mem dev-kvm dev-fuse dev-tun"),
  ...agent(
    /^EPERM$/,
    `call-mount call-umount call-pivot-root call-fsopen call-open-tree call-move-mount call-setns call-ptrace
     call-process-vm-readv call-kcmp call-keyctl call-add-key call-request-key call-bpf call-userfaultfd
     call-perf-event call-io-uring call-kexec call-init-module call-finit-module call-open-by-handle
     call-name-to-handle call-mknod-disk call-swapon call-reboot call-sethostname call-settimeofday call-acct
     call-syslog call-quotactl call-iopl call-fanotify call-mbind call-move-pages call-memfd-secret
     call-pidfd-getfd call-personality call-msgget call-socket-packet call-socket-raw call-socket-raw6
     call-socket-ping call-socket-sctp call-socket-mptcp call-socket-netfilter call-socket-route call-socket-alg
     call-socket-vsock call-socket-bluetooth call-socket-can call-socket-tipc call-socket-xdp call-setuid
     call-chroot`,
  ),
  ...agent(forbidden, "call-nice"),
  ...agent(/^ENOSYS$/, "call-clone3"),
  // Chromium's sandbox needs it, so it may be made; what is worth having inside may not.
  ...agent(/^0$/, "userns-made"),
  ...agent(
    /^(EPERM|EROFS|EACCES)$/,
    `userns-mount userns-bind-root userns-remount-rw userns-remount-write userns-proc userns-fsopen userns-setns userns-bpf userns-mknod
     userns-netlink-route userns-netfilter userns-packet userns-raw userns-iptables userns-interface-up
     userns-core-pattern userns-chown-control`,
  ),
];

const door = (
  id: string,
  logged: string,
  target?: string,
  got = /^HTTP\/1\.1 [45]\d\d /,
): Attempt => ({
  id: `door-${id}`,
  by: "agent",
  got,
  logged,
  ...(target === undefined ? {} : { target }),
});

const refusedTunnel = (id: string, logged: string, target: string): Attempt =>
  door(id, logged, target, /^(HTTP\/1\.1 403 |200, then closed$|closed$)/);

const doorAttempts: readonly Attempt[] = [
  door("loopback", "guard.host", "127.0.0.1:443"),
  door("metadata", "guard.host", "169.254.169.254:443"),
  door("lgwan", "guard.host", "10.1.2.3:443"),
  door("v6-loopback", "guard.host", "[::1]:443"),
  door("v4-mapped", "guard.host", "[::ffff:10.0.0.5]:443"),
  door("decimal", "guard.host", "2130706433:443"),
  door("hex", "guard.host", "0x7f.1:443"),
  door("name-inside", "guard.deny_ip", "inside.test:443"),
  door("name-self", "guard.deny_ip", "self.test:443"),
  // An https refusal may be shown as a page of ours: the tunnel opens, to nobody but our own signer.
  refusedTunnel("denied", "R010", "https://www.denied.test:443"),
  refusedTunnel("unlisted", "default", "https://www.unlisted.test:443"),
  door("port-ssh", "guard.port", "www.allowed.test:22"),
  door("port-smtp", "guard.port", "www.allowed.test:25"),
  door("userinfo", "guard.parse"),
  door("no-tls", "guard.sni", "www.allowed.test:443", /^(200, then closed|closed)$/),
  door("http-metadata", "guard.host", "169.254.169.254:80"),
  door("host-differs", "guard.parse"),
  door("smuggling", "guard.parse"),
  door("crlf", "guard.parse"),
  door("socks", "guard.parse", undefined, /^(HTTP\/1\.1 4\d\d|closed|timeout)/),
  door("h2c", "guard.parse", undefined, /^(HTTP\/1\.1 [45]\d\d|closed)/),
];

const page = (got: RegExp, ids: string): Attempt[] =>
  ids.split(/\s+/).map((id) => ({ id, by: "page", got }));

/** The page learns nothing of it; the record does. */
const refusedPage = (id: string, got: RegExp, logged: string, target: string): Attempt => ({
  id: `page-${id}`,
  by: "page",
  got,
  logged,
  target,
});

/** Plain http, and https to a host that is never dialled, are answered with the proxy's own page of refusal; the record proves that nothing else was asked. */
const refusalPage = (id: string, logged: string, target: string): Attempt =>
  refusedPage(id, /^(opaque|TypeError: Failed to fetch)$/, logged, target);

const failed = /^TypeError: Failed to fetch$/;
const noCandidates = /^candidates \[\]$/;

const pageAttempts: readonly Attempt[] = [
  ...page(
    failed,
    "page-loopback-https page-loopback-v6 page-loopback-decimal page-metadata page-lgwan page-port-ssh page-file-fetch",
  ),
  refusalPage("devtools", "guard.host", "http://127.0.0.1:9222"),
  refusalPage("devtools-localhost", "guard.host", "http://localhost:9222"),
  refusalPage("proxy-loopback", "guard.host", "http://127.0.0.1:3128"),
  refusalPage("x11", "guard.host", "http://127.0.0.1:6001"),
  refusalPage("metadata-http", "guard.host", "http://169.254.169.254:80"),
  refusedPage("name-inside", failed, "guard.deny_ip", "https://inside.test:443"),
  refusedPage("name-self", failed, "guard.deny_ip", "https://self.test:443"),
  refusalPage("denied", "R010", "https://www.denied.test:443"),
  refusalPage("unlisted", "default", "https://www.unlisted.test:443"),
  refusedPage("port", failed, "guard.port", "www.allowed.test:8443"),
  refusedPage("beacon", /^queued (true|false)$/, "default", "https://beacon.test:443"),
  ...page(/^error$|^SecurityError/, "page-devtools-ws page-ws-inside"),
  ...page(noCandidates, "page-webrtc-host page-webrtc-stun page-webrtc-turn"),
  ...page(/^(absent|WebTransportError|nothing happened)/, "page-quic"),
  ...page(/^(about:blank|cross-origin|SecurityError)/, "page-file-frame page-chrome-frame"),
  ...page(
    /^(about:blank|no window|about:blank#blocked)$/,
    "page-file-window page-chrome-window page-devtools-window page-source-window page-untrusted-window",
  ),
  // The window holds the browser's error page, which is nobody's origin.
  ...page(/^(about:blank|no window|SecurityError)/, "page-extension-window"),
  ...page(/^absent/, "page-extension-install"),
  ...page(
    /^(NotAllowedError|SecurityError|NotFoundError|InvalidStateError|TypeError)/,
    "page-camera page-microphone page-screen page-clipboard page-file-picker page-usb page-serial page-hid page-bluetooth",
  ),
  ...page(/^Error: code 1$/, "page-location"),
  ...page(/^(granted 0|NotAllowedError)/, "page-local-fonts"),
  ...page(/^denied$/, "page-notification"),
];

const wire = (id: string, got: RegExp): Attempt => ({ id, by: "wire", got });

const wireAttempts: readonly Attempt[] = [
  // The agent dials again and takes the place back.
  wire("wire-slow-reader", /^closed$/),
  wire("wire-wrong-length", /^closed$/),
  wire("wire-wrong-type", /^closed$/),
  wire("wire-huge-name", /^closed$/),
  wire("wire-invalid-utf8", /^closed$/),
  wire("wire-flood", /^ended protocol-violation$/),
];

const exhaustion: readonly Attempt[] = [
  ...agent(/^ENOSPC$/, "fill-tmp fill-shm"),
  ...agent(/^EMFILE$/, "fill-descriptors"),
  ...agent(/^(EAGAIN|EWOULDBLOCK) after [1-4]?\d\d?$/, "fork-bomb"),
  ...agent(/^SIGKILL$/, "memory-bomb"),
];

const attempts: readonly Attempt[] = [
  ...agentAttempts,
  ...doorAttempts,
  ...pageAttempts,
  ...wireAttempts,
  ...exhaustion,
];

/**
 * What differs where the sentry answers instead of the host's kernel: it refuses with other words, or does on
 * itself what was asked. None of that is the host's: devices without anything behind them, keys, message
 * queues and logs of its own, mounts and links of namespaces that exist in its memory alone. That the host
 * stays as it was is tested beside it (host-state.ts).
 */
const sentry = (got: RegExp, ids: string): readonly (readonly [string, RegExp])[] =>
  ids.split(/\s+/).map((id) => [id, got] as const);

const underGvisor = new Map<string, RegExp>([
  ...sentry(
    /^(EACCES|EAFNOSUPPORT|EINVAL|ENODEV|ENOENT|ENOPROTOOPT|ENOSYS|ENOTSUP|ENOTTY|EOPNOTSUPP|EPERM|EPROTONOSUPPORT)$/,
    `proc-keys call-fsopen call-open-tree call-move-mount call-setns call-add-key call-request-key
     call-userfaultfd call-perf-event call-io-uring call-open-by-handle call-name-to-handle call-fanotify
     call-memfd-secret call-pidfd-getfd call-personality call-socket-sctp call-socket-mptcp
     call-socket-netfilter call-socket-alg call-socket-vsock call-socket-bluetooth call-socket-can
     call-socket-tipc call-socket-xdp call-clone3 userns-bind-root userns-fsopen userns-setns userns-bpf
     userns-netfilter userns-iptables userns-interface-up`,
  ),
  ...sentry(
    /^done/,
    `proc-oom-score dev-fuse dev-tun call-ptrace call-process-vm-readv call-keyctl call-mknod-disk call-syslog
     call-mbind call-msgget call-socket-ping call-socket-route call-nice userns-mount userns-remount-rw
     userns-proc userns-netlink-route userns-packet userns-raw`,
  ),
  // The sentry itself meets the limits that these two try, and the session may die with it; nothing else does.
  ...sentry(/^((EAGAIN|EWOULDBLOCK|ENOMEM) after|SIGKILL|ended )/, "fork-bomb memory-bomb"),
]);

export function attemptsUnder(runtime: "runc" | "runsc"): readonly Attempt[] {
  if (runtime === "runc") return attempts;
  return attempts.map((each) => ({ ...each, got: underGvisor.get(each.id) ?? each.got }));
}
