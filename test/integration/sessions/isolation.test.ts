/** Proves from inside the container, and from the host's /proc, what DESIGN.md §3 promises. */
import { readdirSync, readFileSync, readlinkSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { UserId } from "../../../orchestrator/base/ids.ts";
import { sessionContainerName } from "../../../orchestrator/sessions/spec.ts";
import { type SessionScene, sessionScene } from "../../support/session-parts.ts";

let scene: SessionScene;
let container: string;
let uid: number;

beforeAll(async () => {
  scene = await sessionScene();
  const person = { id: "u1" as UserId, name: "taro", groups: [] };
  const session = await scene.sessions.open(
    person,
    { terminal: "192.0.2.1" },
    AbortSignal.timeout(60_000),
  );
  container = sessionContainerName(scene.parts.installation, session.id);
  uid = scene.parts.store.get(session.id).uid;
});
afterAll(() => scene[Symbol.asyncDispose]());

/** Runs a shell line inside as the session's own user. */
async function inside(line: string): Promise<{ exitCode: number; stdout: string; stderr: string }> {
  return scene.engine.exec(container, ["sh", "-c", line], `${uid}:${uid}`);
}

/** Runs a Node program inside; Node stands in for whatever an attacker brings. */
async function nodeInside(program: string): Promise<string> {
  const { stdout, stderr } = await scene.engine.exec(
    container,
    ["node", "-e", program],
    `${uid}:${uid}`,
  );
  return stdout.trim() + stderr.trim();
}

describe("from inside the session container", () => {
  it("there is no network but loopback", async () => {
    expect((await inside("ls /sys/class/net")).stdout.trim()).toBe("lo");
    const routes = (await inside("cat /proc/net/route")).stdout.trim().split("\n");
    expect(routes).toHaveLength(1);
  });

  it("no address outside can be reached, by any family", async () => {
    for (const [host, family] of [
      ["192.0.2.1", 4],
      ["169.254.169.254", 4],
      ["2001:db8::1", 6],
    ] as const) {
      const result = await nodeInside(
        `require("net").connect({host:"${host}",port:80,family:${family}}).on("error",e=>console.log(e.code)).on("connect",()=>console.log("CONNECTED"))`,
      );
      expect(result).toMatch(/^(ENETUNREACH|EADDRNOTAVAIL|EHOSTUNREACH)$/);
    }
  });

  it("no name can be resolved", async () => {
    expect(
      await nodeInside(`require("dns").resolve4("example.jp",(e,a)=>console.log(e?"none":a))`),
    ).toBe("none");
  });

  it("the root file system is read-only", async () => {
    for (const path of [
      "/x",
      "/etc/x",
      "/usr/bin/x",
      "/opt/hanare/x",
      "/etc/chromium/policies/managed/x.json",
    ]) {
      const { exitCode, stderr } = await inside(`touch ${path}`);
      expect(exitCode, path).not.toBe(0);
      expect(stderr).toMatch(/Read-only file system/);
    }
  });

  it("the host's directory is read-only: sockets can be used, not moved, removed or joined", async () => {
    for (const act of [
      "touch /run/hanare/x",
      "rm /run/hanare/control.sock",
      "ln -s /x /run/hanare/egress/y",
      "rm /run/hanare/egress/proxy.sock",
    ]) {
      const { exitCode, stderr } = await inside(act);
      expect(exitCode, act).not.toBe(0);
      expect(stderr).toMatch(/Read-only file system|Permission denied/);
    }
    const dialled = await nodeInside(
      `require("net").connect("/run/hanare/egress/proxy.sock").on("connect",function(){console.log("connected");this.end()}).on("error",e=>console.log(e.code))`,
    );
    expect(dialled).toBe("connected");
  });

  it("nothing of another session or of the engine is visible", async () => {
    expect((await inside("ls /run/hanare")).stdout.split("\n").filter(Boolean).sort()).toEqual([
      "chromium-policy.json",
      "control.sock",
      "egress",
    ]);
    expect((await inside("ls /var/run/docker.sock /run/docker.sock")).exitCode).not.toBe(0);
    const mounts = (await inside("cat /proc/self/mountinfo")).stdout.split("\n");
    const fromHost = mounts
      .map((line) => line.split(" ")[4] ?? "")
      .filter(
        (path) => path.startsWith("/run/") || path.startsWith("/var/") || path.startsWith("/mnt"),
      );
    expect(fromHost).toEqual(["/run/hanare"]);
  });

  it("there are no capabilities, also not in the bounding set", async () => {
    const status = (await inside("cat /proc/self/status")).stdout;
    for (const set of ["CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb"]) {
      expect(status).toMatch(new RegExp(`^${set}:\\s+0000000000000000$`, "m"));
    }
  });

  it("no privilege can be gained: no_new_privs is set and no setuid file exists", async () => {
    expect((await inside("cat /proc/self/status")).stdout).toMatch(/^NoNewPrivs:\s+1$/m);
    expect((await inside("find / -xdev -type f -perm /6000 2>/dev/null")).stdout.trim()).toBe("");
  });

  it("the seccomp filter is on and refuses mount, setns-like and kernel-surface calls", async () => {
    expect((await inside("cat /proc/self/status")).stdout).toMatch(/^Seccomp:\s+2$/m);
    expect((await inside("mount -t tmpfs none /tmp")).exitCode).not.toBe(0);
    expect((await inside("nsenter -t 1 -n true")).exitCode).not.toBe(0);
    expect((await inside("dmesg")).exitCode).not.toBe(0);
    // A user namespace may be made (Chromium's sandbox does), but nothing can be mounted in it.
    expect((await inside("unshare -Urm true")).exitCode).not.toBe(0);
  });

  it("raw and packet sockets are refused", async () => {
    const program = `const{spawnSync}=require("child_process");console.log(spawnSync("perl",["-e","use Socket; socket(S,17,3,0) ? print q(OPEN) : print qq(refused \$!)"]).stdout.toString())`;
    expect(await nodeInside(program)).toMatch(/^refused/);
  });

  it("the user is the session's own, unknown to the image, without groups", async () => {
    expect((await inside("id")).stdout.trim()).toBe(`uid=${uid} gid=${uid} groups=${uid}`);
  });

  it("nothing can be run from the writable places", async () => {
    for (const place of ["/tmp", "/home/browser", "/dev/shm"]) {
      const { exitCode } = await inside(`cp /bin/true ${place}/t && ${place}/t`);
      expect(exitCode, place).not.toBe(0);
    }
  });

  it("processes and memory are limited", async () => {
    const inspect = await scene.engine.exec(container, [
      "sh",
      "-c",
      "cat /sys/fs/cgroup/pids/pids.max /sys/fs/cgroup/pids.max 2>/dev/null",
    ]);
    expect(inspect.stdout.trim()).toBe("512");
    const memory = await scene.engine.exec(container, [
      "sh",
      "-c",
      "cat /sys/fs/cgroup/memory/memory.limit_in_bytes /sys/fs/cgroup/memory.max 2>/dev/null",
    ]);
    expect(memory.stdout.trim()).toBe(String(1536 * 1024 * 1024));
  });
});

describe("Chromium's own sandbox, seen from the host", () => {
  interface Process {
    readonly pid: string;
    readonly line: string;
    readonly status: string;
  }

  const processes = (): Process[] =>
    readdirSync("/proc")
      .filter((name) => /^\d+$/.test(name))
      .flatMap((pid) => {
        try {
          const status = readFileSync(`/proc/${pid}/status`, "utf8");
          const line = readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ");
          return new RegExp(`^Uid:\\s+${uid}\\s`, "m").test(status) ? [{ pid, line, status }] : [];
        } catch {
          // The process ended between the two reads.
          return [];
        }
      });
  const renderers = () => processes().filter(({ line }) => line.includes("--type=renderer"));
  const namespace = (pid: string, kind: string) => readlinkSync(`/proc/${pid}/ns/${kind}`);

  it("is on: no process was started without it", () => {
    expect(processes().length).toBeGreaterThan(3);
    for (const { line } of processes())
      expect(line).not.toMatch(/--no-sandbox|--disable-setuid-sandbox|--disable-seccomp/);
  });

  it("puts every renderer into user, PID and network namespaces of its own", () => {
    const browser = processes().find(
      ({ line }) => line.includes("--remote-debugging-pipe") && !line.includes("--type="),
    );
    expect(browser).toBeDefined();
    expect(renderers().length).toBeGreaterThan(0);
    for (const { pid } of renderers()) {
      for (const kind of ["user", "pid", "net"])
        expect(namespace(pid, kind)).not.toBe(namespace(browser?.pid ?? "", kind));
    }
  });

  it("puts every renderer under a second seccomp filter, with no_new_privs", () => {
    for (const { status } of renderers()) {
      expect(status).toMatch(/^NoNewPrivs:\s+1$/m);
      const filters = Number(/^Seccomp_filters:\s+(\d+)$/m.exec(status)?.[1]);
      expect(filters).toBeGreaterThanOrEqual(2);
    }
  });
});
