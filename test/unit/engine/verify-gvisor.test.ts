import { describe, expect, it } from "vitest";
import { parseHearsay, weakerByHearsay } from "../../../orchestrator/engine/gvisor-hearsay.ts";
import {
  type KernelView,
  type Namespaces,
  parseMounts,
  type ProcessView,
} from "../../../orchestrator/engine/kernel-view.ts";
import {
  gvisorArguments,
  weakerThanGvisorWants,
} from "../../../orchestrator/engine/verify-gvisor.ts";

const namespaces = (name: string, pid = "host"): Namespaces => ({
  user: `user:[${name}]`,
  pid: `pid:[${pid}]`,
  net: `net:[${name}]`,
  mnt: `mnt:[${name}]`,
  ipc: `ipc:[${name}]`,
  uts: `uts:[${name}]`,
});

const none = "0000000000000000";
const status = (change: Readonly<Record<string, string>> = {}) =>
  new Map(
    Object.entries({
      Uid: "65534\t65534\t65534\t65534",
      ...{ CapInh: none, CapPrm: none, CapEff: none, CapBnd: none, CapAmb: none },
      ...{ NoNewPrivs: "1", Seccomp: "2" },
      ...change,
    }),
  );
const files = "000000000004001f";

const sentry: ProcessView = {
  pid: 10,
  commandLine: `runsc-sandbox --root=/run/x ${gvisorArguments.join(" ")} boot --bundle=/b c1`,
  status: status(),
  namespaces: namespaces("s"),
};
const stub: ProcessView = { ...sentry, pid: 11, commandLine: "" };
const gofer: ProcessView = {
  pid: 9,
  commandLine: "runsc-gofer --root=/run/x gofer --bundle=/b",
  status: status({ Uid: "0\t0\t0\t0", CapPrm: files, CapEff: files, CapBnd: files }),
  namespaces: { ...namespaces("g", "g"), user: "user:[host]" },
};

const view = (change: Partial<KernelView> = {}): KernelView => ({
  host: namespaces("host"),
  first: sentry,
  processes: [gofer, sentry, stub],
  mounts: parseMounts("1 0 0:1 / / ro,relatime - tmpfs runsc-root rw\n"),
  interfaces: ["lo"],
  limits: { memoryBytes: 1024, pids: 512 },
  ...change,
});
const flags = (change: Partial<KernelView>) =>
  weakerThanGvisorWants(view(change), { memoryBytes: 1024, pids: 512 }).map(({ flag }) => flag);
const withSentry = (commandLine: string): Partial<KernelView> => ({
  first: { ...sentry, commandLine },
  processes: [gofer, { ...sentry, commandLine }, stub],
});
const withArguments = (from: string, to: string) =>
  withSentry(sentry.commandLine.replace(from, to));
const withGofer = (change: Partial<ProcessView>): Partial<KernelView> => ({
  processes: [{ ...gofer, ...change }, sentry, stub],
});

describe("gVisor's sentry, seen from the host", () => {
  it("is well as it should be, in the host's process ids", () => {
    expect(weakerThanGvisorWants(view(), { memoryBytes: 1024, pids: 512 })).toEqual([]);
  });

  it.each<[string, Partial<KernelView>]>([
    ["sentry", withSentry("/sbin/docker-init -- node agent.mjs")],
    ["runsc arguments", withArguments("--network=none", "--network=host")],
    ["runsc arguments", withArguments("--host-uds=open", "--host-uds=all")],
    ["runsc arguments", withArguments("--directfs=false ", "")],
    ["runsc arguments", withArguments(" boot", " --ignore-cgroups boot")],
    ["runsc arguments", withArguments(" boot", " --TESTONLY-unsafe-nonroot boot")],
    ["memory limit", { limits: { memoryBytes: null, pids: 512 } }],
    ["memory limit", { limits: { memoryBytes: 2048, pids: 512 } }],
    ["pids limit", { limits: { memoryBytes: 1024, pids: null } }],
    ["interfaces", { interfaces: ["lo", "eth0"] }],
    ["mount /", { mounts: parseMounts("1 0 0:1 / / rw - ext4 /dev/vda rw\n") }],
    ["gofers", { processes: [sentry, stub] }],
    ["gofers", { processes: [gofer, gofer, sentry] }],
    ["processes", { processes: [gofer] }],
    ["Uid", { processes: [gofer, { ...stub, status: status({ Uid: "0\t0\t0\t0" }) }] }],
    ["CapEff", { processes: [gofer, { ...stub, status: status({ CapEff: "0000000000080000" }) }] }],
    ["Seccomp", { processes: [gofer, { ...stub, status: status({ Seccomp: "0" }) }] }],
    ["NoNewPrivs", { processes: [gofer, { ...stub, status: status({ NoNewPrivs: "0" }) }] }],
    [
      "net namespace",
      { first: { ...sentry, namespaces: { ...sentry.namespaces, net: "net:[host]" } } },
    ],
    [
      "user namespace",
      { first: { ...sentry, namespaces: { ...sentry.namespaces, user: "user:[host]" } } },
    ],
    ["pid namespace", withGofer({ namespaces: { ...gofer.namespaces, pid: "pid:[host]" } })],
    ["mnt namespace", withGofer({ namespaces: { ...gofer.namespaces, mnt: "mnt:[host]" } })],
    ["gofer CapEff", withGofer({ status: status({ CapEff: "0000000000200000" }) })],
    ["gofer CapEff", withGofer({ status: status({ CapEff: "nonsense" }) })],
    ["Seccomp", withGofer({ status: status({ Seccomp: "0" }) })],
  ])("is refused by name: %s", (flag, change) => {
    expect(flags(change)).toEqual([flag]);
  });

  it("a status line that is not there counts as weaker", () => {
    const silent = new Map(stub.status);
    silent.delete("CapBnd");
    expect(flags({ processes: [gofer, { ...stub, status: silent }] })).toEqual(["CapBnd"]);
  });
});

describe("what the sentry says of the browser", () => {
  const good = `1 0 pid:[1] net:[1] -- /sbin/docker-init -- node
23 0 pid:[1] net:[1] -- chromium --type=zygote --no-zygote-sandbox
96 2 pid:[4] net:[5] -- chromium --type=renderer --lang=ja
`;
  const told = (from: string, to: string) =>
    weakerByHearsay(parseHearsay(good.replace(from, to))).map(({ flag }) => flag);

  it("is no objection when a renderer is filtered and in its own namespaces", () => {
    expect(told("", "")).toEqual([]);
  });

  it.each([
    ["renderers", "--type=renderer", "--type=utility"],
    ["renderer Seccomp", "96 2", "96 0"],
    ["renderer pid namespace", "pid:[4]", "pid:[1]"],
    ["renderer net namespace", "net:[5]", "net:[1]"],
    ["chromium flags", "--lang=ja", "--no-sandbox"],
    ["renderers", "1 0 pid:[1]", "2 0 pid:[1]"],
  ])("is an objection by name: %s", (flag, from, to) => {
    expect(told(from, to)).toEqual([flag]);
  });

  it("that is not in the form asked for says nothing, and nothing is not enough", () => {
    expect(weakerByHearsay(parseHearsay("all is well\n"))).toMatchObject([{ flag: "renderers" }]);
  });
});
