/**
 * What somebody who has taken over the browser tries from inside the session container, as its user:
 * network, other people's sockets and files, the kernel's writable corners, forbidden system calls, a
 * user namespace of one's own, and the proxy's door. Runs in the container under its own Node; Perl is
 * there for system calls that Node has no name for. Prints one JSON line per attempt: what happened.
 */
import { spawnSync } from "node:child_process";
import { createSocket } from "node:dgram";
import { resolve4 } from "node:dns";
import * as fs from "node:fs";
import { connect, createServer } from "node:net";

/** The host's path of another session's directory, which the test gives away. */
const neighbourDirectory = process.argv[1] ?? "/run/hanare/none";
const deadlineMs = 2500;

const tell = (id: string, got: string): void => {
  process.stdout.write(`${JSON.stringify({ id, got: got.slice(0, 300) })}\n`);
};
const codeOf = (error: unknown): string =>
  (error as NodeJS.ErrnoException).code ?? (error as Error).message;

/** "done" when the act succeeds, the error's code when it is refused. */
function tryTo(id: string, act: () => unknown): void {
  try {
    const result = act();
    tell(id, typeof result === "string" ? `done ${result}` : "done");
  } catch (error) {
    tell(id, codeOf(error));
  }
}

function settle(id: string, start: (done: (got: string) => void) => void): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => finish("timeout"), deadlineMs);
    let over = false;
    const finish = (got: string): void => {
      if (over) return;
      over = true;
      clearTimeout(timer);
      tell(id, got);
      resolve();
    };
    start(finish);
  });
}

const dial = (id: string, target: { host: string; port: number } | { path: string }) =>
  settle(id, (done) => {
    const socket = connect(target);
    socket.once("error", (error) => done(codeOf(error)));
    socket.once("connect", () => {
      done("connected");
      socket.destroy();
    });
  });

const datagram = (id: string, host: string, port: number, type: "udp4" | "udp6" = "udp4") =>
  settle(id, (done) => {
    const socket = createSocket(type);
    socket.once("error", (error) => done(codeOf(error)));
    socket.once("message", () => done("answered"));
    socket.send(
      Buffer.from("\0\x01\x01\0\0\x01\0\0\0\0\0\0\x03www\0\0\x01\0\x01"),
      port,
      host,
      (error) => {
        if (error) done(codeOf(error));
      },
    );
  });

async function network(): Promise<void> {
  await Promise.all([
    dial("net-host-bridge", { host: "172.17.0.1", port: 22 }),
    dial("net-neighbour", { host: "172.17.0.2", port: 80 }),
    dial("net-lgwan-10", { host: "10.1.2.3", port: 443 }),
    dial("net-lgwan-192", { host: "192.168.1.1", port: 443 }),
    dial("net-metadata", { host: "169.254.169.254", port: 80 }),
    dial("net-metadata-v6", { host: "fd00:ec2::254", port: 80 }),
    dial("net-internet", { host: "198.51.100.10", port: 443 }),
    dial("net-v6", { host: "2001:db8::1", port: 443 }),
    dial("net-v4-mapped", { host: "::ffff:10.1.2.3", port: 443 }),
    datagram("net-dns-udp", "198.51.100.53", 53),
    datagram("net-multicast", "224.0.0.251", 5353),
    datagram("net-v6-multicast", "ff02::1", 5353, "udp6"),
    settle("net-dns-name", (done) => {
      resolve4("www.allowed.test", (error) => done(error ? "no answer" : "resolved"));
    }),
    // Loopback is the container's own: the host's portal, proxy and name server are not on it.
    dial("net-host-portal", { host: "127.0.0.1", port: 8443 }),
    dial("net-devtools", { host: "127.0.0.1", port: 9222 }),
    dial("net-x11-tcp", { host: "127.0.0.1", port: 6001 }),
  ]);
  tryTo("net-resolvers", () =>
    fs
      .readFileSync("/etc/resolv.conf", "utf8")
      .match(/^nameserver .*/gm)
      ?.join(),
  );
}

async function sockets(): Promise<void> {
  await Promise.all([
    dial("sock-docker", { path: "/var/run/docker.sock" }),
    dial("sock-containerd", { path: "/run/containerd/containerd.sock" }),
    dial("sock-admin", { path: `${neighbourDirectory}/../../admin.sock` }),
    dial("sock-neighbour-control", { path: `${neighbourDirectory}/control.sock` }),
    dial("sock-neighbour-proxy", { path: `${neighbourDirectory}/egress/proxy.sock` }),
    dial("sock-through-init", { path: "/proc/1/root/var/run/docker.sock" }),
    dial("sock-abstract", { path: "\0containerd-shim" }),
  ]);
  await settle("sock-bind-beside", (done) => {
    const server = createServer();
    server.once("error", (error) => done(codeOf(error)));
    server.listen("/run/hanare/mine.sock", () => done("listening"));
  });
  await settle("sock-replace", (done) => {
    const server = createServer();
    server.once("error", (error) => done(codeOf(error)));
    server.listen("/run/hanare/egress/other.sock", () => done("listening"));
  });
}

function files(): void {
  tryTo("file-unlink-control", () => fs.unlinkSync("/run/hanare/control.sock"));
  tryTo("file-rename-control", () => fs.renameSync("/run/hanare/control.sock", "/run/hanare/c"));
  tryTo("file-symlink-beside", () =>
    fs.symlinkSync("/var/run/docker.sock", "/run/hanare/egress/d"),
  );
  tryTo("file-hardlink-control", () => fs.linkSync("/run/hanare/control.sock", "/tmp/c.sock"));
  tryTo("file-chmod-control", () => fs.chmodSync("/run/hanare/control.sock", 0o777));
  tryTo("file-policy-overwrite", () => fs.writeFileSync("/run/hanare/chromium-policy.json", "{}"));
  tryTo("file-managed-policy", () =>
    fs.writeFileSync("/etc/chromium/policies/managed/x.json", "{}"),
  );
  tryTo("file-root", () => fs.writeFileSync("/x", ""));
  tryTo("file-agent-overwrite", () => fs.writeFileSync("/usr/local/bin/node", ""));
  tryTo("file-neighbour-list", () => fs.readdirSync(neighbourDirectory).join());
  tryTo("file-sessions-list", () =>
    fs.readdirSync("/run/hanare/..").includes("s") ? "others" : "",
  );
  tryTo("file-shadow", () => fs.readFileSync("/etc/shadow"));
  tryTo("file-run-from-tmp", () => runCopy("/tmp/t"));
  tryTo("file-run-from-home", () => runCopy("/home/browser/t"));
  tryTo("file-run-from-shm", () => runCopy("/dev/shm/t"));
}

function runCopy(path: string): void {
  fs.copyFileSync("/bin/true", path);
  fs.chmodSync(path, 0o755);
  const { error } = spawnSync(path);
  fs.unlinkSync(path);
  if (error) throw error;
}

function kernelFiles(): void {
  const write = (id: string, path: string, text = "1") =>
    tryTo(id, () => fs.writeFileSync(path, text));
  write("proc-core-pattern", "/proc/sys/kernel/core_pattern", "|/tmp/x");
  write("proc-modprobe", "/proc/sys/kernel/modprobe", "/tmp/x");
  write("proc-ip-forward", "/proc/sys/net/ipv4/ip_forward");
  write("proc-sysrq", "/proc/sysrq-trigger", "b");
  write("proc-max-userns", "/proc/sys/user/max_user_namespaces", "0");
  write("proc-oom-score", "/proc/self/oom_score_adj", "-1000");
  write("proc-uid-map", "/proc/self/uid_map", "0 0 1");
  write("sys-uevent-helper", "/sys/kernel/uevent_helper", "/tmp/x");
  write("sys-cgroup-procs", "/sys/fs/cgroup/cgroup.procs", "1");
  write("sys-release-agent", "/sys/fs/cgroup/memory/release_agent", "/tmp/x");
  write("sys-pids-max", "/sys/fs/cgroup/pids/pids.max", "max");
  write("sys-memory-max", "/sys/fs/cgroup/memory/memory.limit_in_bytes", "-1");
  tryTo("proc-kcore", () =>
    fs.readFileSync("/proc/kcore", { encoding: null, flag: "r" }).length.toString(),
  );
  tryTo("proc-kmsg", () => fs.openSync("/proc/kmsg", "r"));
  tryTo("proc-keys", () => fs.readFileSync("/proc/keys", "utf8"));
  tryTo("proc-host-processes", () =>
    fs.readdirSync("/proc").some((pid) => /^\d+$/.test(pid) && isDockerd(pid)) ? "dockerd" : "",
  );
  tryTo("dev-disk", () => fs.openSync("/dev/vda", "r"));
  tryTo("dev-mem", () => fs.openSync("/dev/mem", "r"));
  tryTo("dev-kvm", () => fs.openSync("/dev/kvm", "r"));
  tryTo("dev-fuse", () => fs.openSync("/dev/fuse", "r"));
  tryTo("dev-tun", () => fs.openSync("/dev/net/tun", "r"));
}

function isDockerd(pid: string): boolean {
  try {
    return fs.readFileSync(`/proc/${pid}/comm`, "utf8").startsWith("dockerd");
  } catch {
    return false;
  }
}

/** Number on x86-64, number on arm64, arguments as Perl writes them. */
type Call = readonly [x64: number, arm64: number, args: string];
const calls: Readonly<Record<string, Call>> = {
  "call-mount": [165, 40, '"none","/tmp","tmpfs",0,0'],
  "call-umount": [166, 39, '"/tmp",0'],
  "call-pivot-root": [155, 41, '"/tmp","/tmp"'],
  "call-fsopen": [430, 430, '"tmpfs",0'],
  "call-open-tree": [428, 428, '-100,"/",1'],
  "call-move-mount": [429, 429, '-100,"/tmp",-100,"/tmp",0'],
  "call-setns": [308, 268, "0,0"],
  "call-ptrace": [101, 117, "0,0,0,0"],
  "call-process-vm-readv": [310, 270, "1,0,0,0,0,0"],
  "call-kcmp": [312, 272, "1,1,0,0,0"],
  "call-keyctl": [250, 219, "0,-3,0"],
  "call-add-key": [248, 217, '"user","x","y",1,-3'],
  "call-request-key": [249, 218, '"user","x",0,-3'],
  "call-bpf": [321, 280, "0,0,0"],
  "call-userfaultfd": [323, 282, "1"],
  "call-perf-event": [298, 241, "0,0,-1,-1,0"],
  "call-io-uring": [425, 425, "8,0"],
  "call-kexec": [246, 104, "0,0,0,0"],
  "call-init-module": [175, 105, '"",0,""'],
  "call-finit-module": [313, 273, '0,"",0'],
  "call-open-by-handle": [304, 265, "-100,0,0"],
  "call-name-to-handle": [303, 264, '-100,"/",0,0,0'],
  "call-mknod-disk": [259, 33, '-100,"/tmp/disk",24960,0x800'],
  "call-swapon": [167, 224, '"/tmp/x",0'],
  "call-reboot": [169, 142, "0xfee1dead,672274793,0,0"],
  "call-sethostname": [170, 161, '"owned",5'],
  "call-settimeofday": [164, 170, "0,0"],
  "call-acct": [163, 89, '"/tmp/x"'],
  "call-syslog": [103, 116, "3,0,0"],
  "call-quotactl": [179, 60, "0,0,0,0"],
  "call-iopl": [172, -1, "3"],
  "call-fanotify": [300, 262, "0,0"],
  "call-mbind": [237, 235, "0,0,0,0,0,0"],
  "call-move-pages": [279, 239, "0,0,0,0,0,0"],
  "call-memfd-secret": [447, 447, "0"],
  "call-pidfd-getfd": [438, 438, "0,0,0"],
  "call-personality": [135, 92, "0x0040000"],
  "call-clone3": [435, 435, "0,0"],
  "call-msgget": [68, 186, "0,512"],
  "call-socket-packet": [41, 198, "17,3,768"],
  "call-socket-raw": [41, 198, "2,3,1"],
  "call-socket-raw6": [41, 198, "10,3,58"],
  "call-socket-ping": [41, 198, "2,2,1"],
  "call-socket-sctp": [41, 198, "2,1,132"],
  "call-socket-mptcp": [41, 198, "2,1,262"],
  "call-socket-netfilter": [41, 198, "16,3,12"],
  "call-socket-route": [41, 198, "16,3,0"],
  "call-socket-alg": [41, 198, "38,5,0"],
  "call-socket-vsock": [41, 198, "40,1,0"],
  "call-socket-bluetooth": [41, 198, "31,3,1"],
  "call-socket-can": [41, 198, "29,3,1"],
  "call-socket-tipc": [41, 198, "30,1,0"],
  "call-socket-xdp": [41, 198, "44,3,0"],
  "call-nice": [141, 140, "0,0,-20"],
  "call-setuid": [105, 146, "0"],
  "call-chroot": [161, 51, '"/tmp"'],
};

/** Perl's syscall wants its texts in variables. */
const variables = (args: string): string => args.replace(/"[^"]*"/g, (text) => `(my $x = ${text})`);

/** Each call in a process of its own: one that succeeds must not change what the next one may do. */
function perlCalls(names: readonly string[], before = ""): void {
  const column = process.arch === "arm64" ? 1 : 0;
  const lines = names.map((id) => {
    const call = calls[id];
    const args = variables(call?.[2] ?? "");
    return `t("${id}", sub { syscall(${call?.[column] ?? -1}, ${args}) });`;
  });
  const { stdout } = spawnSync("perl", ["-e", `${perlHead}${before}\n${lines.join("\n")}`], {
    encoding: "utf8",
  });
  process.stdout.write(stdout);
}

const perlHead = `use strict; use warnings; use POSIX (); $| = 1;
sub t { my ($id, $act) = @_; my $pid = fork(); return print qq({"id":"$id","got":"fork"}\\n) unless defined $pid;
  if ($pid == 0) { $! = 0; my $r = $act->(); my $e = $! + 0; my $got = (defined $r && $r != -1) ? "done $r" : ((grep { $!{$_} } keys %!)[0] // "errno $e");
    print qq({"id":"$id","got":"$got"}\\n); POSIX::_exit(0); } waitpid($pid, 0); }
`;

/** In a user, mount and network namespace of one's own one is root; that root must be worth nothing. */
function userNamespace(): void {
  const inside = (id: string, act: string) => `t("${id}", sub { ${act} });`;
  const column = process.arch === "arm64" ? 1 : 0;
  const number = (name: string) => calls[name]?.[column] ?? -1;
  const unshare = process.arch === "arm64" ? 97 : 272;
  const program = `${perlHead}
    my $made = syscall(${unshare}, 0x10000000 | 0x00020000 | 0x40000000);
    print qq({"id":"userns-made","got":"$made"}\\n);
    for (["setgroups","deny"],["uid_map","0 ${process.getuid?.() ?? 0} 1"],["gid_map","0 ${process.getgid?.() ?? 0} 1"]) {
      my $f; if (open($f, ">", "/proc/self/$_->[0]")) { print $f $_->[1]; close($f); } }
    ${inside("userns-mount", `syscall(${number("call-mount")}, (my $x0 = "none"), (my $x1 = "/tmp"), (my $x2 = "tmpfs"), 0, 0)`)}
    ${inside("userns-bind-root", `syscall(${number("call-mount")}, (my $x0 = "/"), (my $x1 = "/tmp"), 0, 4096, 0)`)}
    ${inside("userns-remount-rw", `syscall(${number("call-mount")}, 0, (my $x0 = "/run/hanare"), 0, 32 | 4096, 0)`)}
    ${inside("userns-remount-write", `syscall(${number("call-mount")}, 0, (my $x0 = "/run/hanare"), 0, 32 | 4096, 0); open(my $f, ">", "/run/hanare/mine") ? 0 : -1`)}
    ${inside("userns-proc", `syscall(${number("call-mount")}, (my $x0 = "proc"), (my $x1 = "/tmp"), (my $x2 = "proc"), 0, 0)`)}
    ${inside("userns-fsopen", `syscall(430, (my $x0 = "overlay"), 0)`)}
    ${inside("userns-setns", `syscall(${number("call-setns")}, 0, 0)`)}
    ${inside("userns-bpf", `syscall(${number("call-bpf")}, 0, 0, 0)`)}
    ${inside("userns-mknod", `syscall(${number("call-mknod-disk")}, -100, (my $x0 = "/tmp/disk"), 24960, 0x800)`)}
    ${inside("userns-netlink-route", `syscall(${number("call-socket-route")}, 16, 3, 0)`)}
    ${inside("userns-netfilter", `syscall(${number("call-socket-route")}, 16, 3, 12)`)}
    ${inside("userns-packet", `syscall(${number("call-socket-route")}, 17, 3, 768)`)}
    ${inside("userns-raw", `syscall(${number("call-socket-route")}, 2, 3, 255)`)}
    ${inside("userns-iptables", `use Socket; socket(my $s, 2, 1, 0) or return -1; setsockopt($s, 0, 64, "x" x 128) ? 0 : -1`)}
    ${inside("userns-interface-up", `use Socket; socket(my $s, 2, 2, 0) or return -1; my $r = "lo" . "\\0" x 14 . pack("s", 1) . "\\0" x 22; ioctl($s, 0x8914, $r) ? 0 : -1`)}
    ${inside("userns-core-pattern", `open(my $f, ">", "/proc/sys/kernel/core_pattern") ? 0 : -1`)}
    ${inside("userns-chown-control", `chown(0, 0, "/run/hanare/control.sock") ? 0 : -1`)}
  `;
  const { stdout, stderr } = spawnSync("perl", ["-e", program], { encoding: "utf8" });
  process.stdout.write(stdout);
  process.stderr.write(stderr);
}

/** What is said to the proxy's door, raw; the first line of the answer, or that it closed. */
const door = (id: string, request: string) =>
  settle(id, (done) => {
    const socket = connect("/run/hanare/egress/proxy.sock");
    let text = "";
    socket.setEncoding("latin1");
    socket.once("error", (error) => done(codeOf(error)));
    socket.once("close", () => done(text === "" ? "closed" : (text.split("\r\n")[0] ?? "")));
    socket.on("data", (chunk: string) => {
      text += chunk;
      if (!text.includes("\r\n\r\n")) return;
      const line = text.split("\r\n")[0] ?? "";
      // A tunnel that opened: say something that is no TLS, and see it closed.
      if (line.includes(" 200 ")) {
        text = "";
        socket.removeAllListeners("close");
        socket.once("close", () => done("200, then closed"));
        socket.write("SSH-2.0-x\r\n\r\n");
        return;
      }
      done(line);
      socket.destroy();
    });
    socket.write(request, "latin1");
  });

const connectTo = (target: string) => `CONNECT ${target} HTTP/1.1\r\nHost: ${target}\r\n\r\n`;

async function proxyDoor(): Promise<void> {
  await door("door-loopback", connectTo("127.0.0.1:443"));
  await door("door-metadata", connectTo("169.254.169.254:443"));
  await door("door-lgwan", connectTo("10.1.2.3:443"));
  await door("door-v6-loopback", connectTo("[::1]:443"));
  await door("door-v4-mapped", connectTo("[::ffff:10.0.0.5]:443"));
  await door("door-decimal", connectTo("2130706433:443"));
  await door("door-hex", connectTo("0x7f.1:443"));
  await door("door-name-inside", connectTo("inside.test:443"));
  await door("door-name-self", connectTo("self.test:443"));
  await door("door-denied", connectTo("www.denied.test:443"));
  await door("door-unlisted", connectTo("www.unlisted.test:443"));
  await door("door-port-ssh", connectTo("www.allowed.test:22"));
  await door("door-port-smtp", connectTo("www.allowed.test:25"));
  await door("door-userinfo", connectTo("www.allowed.test@10.0.0.5:443"));
  await door("door-no-tls", connectTo("www.allowed.test:443"));
  await door(
    "door-http-metadata",
    "GET http://169.254.169.254/latest/ HTTP/1.1\r\nHost: www.allowed.test\r\n\r\n",
  );
  await door(
    "door-host-differs",
    "GET http://www.allowed.test/ HTTP/1.1\r\nHost: inside.test\r\nHost: x\r\n\r\n",
  );
  await door(
    "door-smuggling",
    "POST http://www.allowed.test/ HTTP/1.1\r\nHost: www.allowed.test\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
  );
  await door(
    "door-crlf",
    "GET http://www.allowed.test/%0d%0aX: y HTTP/1.1\r\nHost: www.allowed.test\r\nA: b\nC: d\r\n\r\n",
  );
  await door("door-socks", "\x05\x01\0");
  await door("door-h2c", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
}

await network();
await sockets();
files();
kernelFiles();
perlCalls(Object.keys(calls));
userNamespace();
await proxyDoor();
// Sockets that nobody answered still wait; on Linux what was written to a pipe is out already.
process.exit(0);
