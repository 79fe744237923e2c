import { describe, expect, it } from "vitest";
import {
  cgroupDirectory,
  type KernelView,
  type Namespaces,
  parseMounts,
  parseStatus,
  type ProcessView,
} from "../../../orchestrator/engine/kernel-view.ts";
import {
  weakerBrowserSandbox,
  weakerThanKernelWants,
} from "../../../orchestrator/engine/verify-kernel.ts";

const namespaces = (name: string): Namespaces => ({
  user: `user:[host]`,
  pid: `pid:[${name}]`,
  net: `net:[${name}]`,
  mnt: `mnt:[${name}]`,
  ipc: `ipc:[${name}]`,
  uts: `uts:[${name}]`,
});

const status = (change: Readonly<Record<string, string>> = {}) =>
  new Map(
    Object.entries({
      Uid: "700000\t700000\t700000\t700000",
      CapInh: "0000000000000000",
      CapPrm: "0000000000000000",
      CapEff: "0000000000000000",
      CapBnd: "0000000000000000",
      CapAmb: "0000000000000000",
      NoNewPrivs: "1",
      Seccomp: "2",
      Seccomp_filters: "1",
      ...change,
    }),
  );

const first: ProcessView = {
  pid: 1,
  commandLine: "/sbin/docker-init",
  status: status(),
  namespaces: namespaces("c"),
};
const renderer: ProcessView = {
  pid: 2,
  commandLine: "chromium --type=renderer --lang=ja",
  status: status({ Seccomp_filters: "2", CapBnd: "000001ffffffffff" }),
  namespaces: { ...namespaces("c"), user: "user:[r]", pid: "pid:[r]", net: "net:[r]" },
};

const mountText = `79 54 0:39 / / ro,relatime master:2 - overlay overlay rw
80 79 0:42 / /proc rw,nosuid,nodev,noexec,relatime - proc proc rw
81 79 0:43 / /dev rw,nosuid - tmpfs tmpfs rw,size=65536k,mode=755
97 79 0:48 / /tmp rw,nosuid,nodev,noexec,relatime - tmpfs tmpfs rw,size=262144k
98 79 254:0 /run/hanare/i/s/x /run/hanare ro,relatime - ext4 /dev/vda rw
`;

const view = (change: Partial<KernelView> = {}): KernelView => ({
  host: namespaces("host"),
  first,
  processes: [first, renderer],
  mounts: parseMounts(mountText),
  interfaces: ["lo"],
  limits: { memoryBytes: null, pids: null },
  ...change,
});
const wants = { uid: 700_000, writable: ["/tmp"] };
const flags = (change: Partial<KernelView>) =>
  weakerThanKernelWants(view(change), wants).map(({ flag }) => flag);
const withStatus = (change: Readonly<Record<string, string>>) => ({
  processes: [{ ...first, status: status(change) }],
});

describe("what the kernel enforces", () => {
  it("is well as it should be; a full bounding set counts only outside one's own user namespace", () => {
    expect(weakerThanKernelWants(view(), wants)).toEqual([]);
    expect(weakerBrowserSandbox(view())).toEqual([]);
  });

  it.each<[string, Partial<KernelView>]>([
    ["NoNewPrivs", withStatus({ NoNewPrivs: "0" })],
    ["Seccomp", withStatus({ Seccomp: "0" })],
    ["CapEff", withStatus({ CapEff: "0000000000002000" })],
    ["CapBnd", withStatus({ CapBnd: "00000000a80425fb" })],
    ["Uid", withStatus({ Uid: "0\t0\t0\t0" })],
    [
      "net namespace",
      { first: { ...first, namespaces: { ...first.namespaces, net: "net:[host]" } } },
    ],
    [
      "pid namespace",
      { first: { ...first, namespaces: { ...first.namespaces, pid: "pid:[host]" } } },
    ],
    ["interfaces", { interfaces: ["lo", "eth0"] }],
    ["interfaces", { interfaces: [] }],
    ["processes", { processes: [] }],
    ["mount /", { mounts: parseMounts(mountText.replace("/ / ro", "/ / rw")) }],
    ["mount /run/hanare", { mounts: parseMounts(mountText.replace("hanare ro", "hanare rw")) }],
    [
      "mount /tmp",
      {
        mounts: parseMounts(
          mountText.replace("/tmp rw,nosuid,nodev,noexec", "/tmp rw,nosuid,nodev"),
        ),
      },
    ],
    ["mount /mnt", { mounts: parseMounts(`${mountText}99 79 8:1 / /mnt rw - ext4 /dev/sda rw\n`) }],
  ])("is refused by name: %s", (flag, change) => {
    expect(flags(change)).toEqual([flag]);
  });

  it("a status line that the kernel does not have counts as weaker", () => {
    const missing = new Map(status());
    missing.delete("Seccomp");
    expect(flags({ processes: [{ ...first, status: missing }] })).toEqual(["Seccomp"]);
  });
});

describe("Chromium's sandbox", () => {
  const sandbox = (each: ProcessView) =>
    weakerBrowserSandbox(view({ processes: [first, each] })).map(({ flag }) => flag);

  it.each<[string, ProcessView]>([
    [
      "renderer user namespace",
      { ...renderer, namespaces: { ...renderer.namespaces, user: first.namespaces.user } },
    ],
    [
      "renderer net namespace",
      { ...renderer, namespaces: { ...renderer.namespaces, net: first.namespaces.net } },
    ],
    ["renderer Seccomp_filters", { ...renderer, status: status() }],
    [
      "renderer CapEff",
      { ...renderer, status: status({ Seccomp_filters: "2", CapEff: "0000000000200000" }) },
    ],
    ["chromium flags", { ...renderer, commandLine: "chromium --type=renderer --no-sandbox" }],
    ["renderers", { ...renderer, commandLine: "chromium --type=utility" }],
  ])("is refused by name: %s", (flag, each) => {
    expect(sandbox(each)).toEqual([flag]);
  });

  it("a kernel that does not count filters says nothing, and nothing is not enough", () => {
    const silent = new Map(renderer.status);
    silent.delete("Seccomp_filters");
    expect(sandbox({ ...renderer, status: silent })).toEqual(["renderer Seccomp_filters"]);
  });

  it("zygotes may run without the renderer's sandbox: --no-zygote-sandbox is not --no-sandbox", () => {
    expect(
      sandbox({ ...renderer, commandLine: "chromium --type=renderer --no-zygote-sandbox" }),
    ).toEqual([]);
  });
});

describe("reading /proc", () => {
  it("finds the cgroup on old hosts and new", () => {
    expect(cgroupDirectory("9:name=systemd:/docker/a\n8:pids:/docker/a\n0::/docker/a\n")).toBe(
      "/sys/fs/cgroup/pids/docker/a",
    );
    expect(cgroupDirectory("0::/system.slice/docker-a.scope\n")).toBe(
      "/sys/fs/cgroup/system.slice/docker-a.scope",
    );
    expect(() => cgroupDirectory("")).toThrow();
  });

  it("reads status lines", () => {
    expect(parseStatus("Name:\tcat\nSeccomp:\t2\n").get("Seccomp")).toBe("2");
  });
});
