import { describe, expect, it } from "vitest";
import { hardenedHostConfig } from "../../../orchestrator/engine/hardening.ts";
import {
  appliedContainer,
  type AppliedContainer,
  weakerThanAsked,
} from "../../../orchestrator/engine/verify-applied.ts";

const spec = {
  name: "c",
  Image: "hanare/browser:1",
  User: "700000:700000",
  HostConfig: hardenedHostConfig({
    limits: { memoryMb: 512, pids: 128, cpus: 1 },
    tmpfs: { "/tmp": { mb: 64, uid: 700_000 } },
    seccomp: "{}",
    readOnlyBinds: [{ host: "/run/hanare/i/s/x", inside: "/run/hanare" }],
  }),
};

/** An honest engine's answer, as Docker 20.10 gives it. */
const applied = (): AppliedContainer =>
  appliedContainer.parse({
    Id: "abc",
    State: { Running: true, Pid: 42 },
    Config: { User: spec.User, Image: spec.Image },
    HostConfig: {
      ...structuredClone(spec.HostConfig),
      CapAdd: null,
      Privileged: false,
      PidMode: "",
      UTSMode: "",
      UsernsMode: "",
      Devices: null,
      OomKillDisable: false,
      MaskedPaths: [
        "/proc/asound",
        "/proc/kcore",
        "/proc/keys",
        "/proc/timer_list",
        "/sys/firmware",
      ],
      ReadonlyPaths: ["/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger"],
    },
    Mounts: [
      {
        Type: "bind",
        Source: "/run/hanare/i/s/x",
        Destination: "/run/hanare",
        Mode: "ro",
        RW: false,
      },
    ],
    NetworkSettings: { Networks: { none: {} } },
  });

const flagsOf = (change: (a: AppliedContainer) => void): string[] => {
  const each = applied();
  change(each);
  return [...new Set(weakerThanAsked(spec, each).map(({ flag }) => flag))];
};

describe("what the engine applied", () => {
  it("is well when it is what was asked", () => {
    expect(weakerThanAsked(spec, applied())).toEqual([]);
  });

  it.each<[string, (a: AppliedContainer) => void]>([
    ["CapAdd", (a) => (a.HostConfig.CapAdd = ["SYS_ADMIN"])],
    ["CapDrop", (a) => (a.HostConfig.CapDrop = null)],
    ["SecurityOpt", (a) => (a.HostConfig.SecurityOpt = ["no-new-privileges", "seccomp={ }"])],
    ["SecurityOpt", (a) => (a.HostConfig.SecurityOpt = ["seccomp={}"])],
    ["ReadonlyRootfs", (a) => (a.HostConfig.ReadonlyRootfs = false)],
    ["NetworkMode", (a) => (a.HostConfig.NetworkMode = "host")],
    ["Networks", (a) => (a.NetworkSettings.Networks = { none: {}, bridge: {} })],
    ["Privileged", (a) => (a.HostConfig.Privileged = true)],
    ["PidMode", (a) => (a.HostConfig.PidMode = "host")],
    ["UsernsMode", (a) => (a.HostConfig.UsernsMode = "host")],
    ["IpcMode", (a) => (a.HostConfig.IpcMode = "shareable")],
    ["CgroupnsMode", (a) => (a.HostConfig.CgroupnsMode = "host")],
    ["PidsLimit", (a) => (a.HostConfig.PidsLimit = null)],
    ["Memory", (a) => (a.HostConfig.Memory = 0)],
    ["MemorySwap", (a) => (a.HostConfig.MemorySwap = -1)],
    ["Tmpfs", (a) => (a.HostConfig.Tmpfs = { "/tmp": "rw" })],
    ["Devices", (a) => (a.HostConfig.Devices = [{ PathOnHost: "/dev/kvm" }])],
    ["DeviceRequests", (a) => (a.HostConfig.DeviceRequests = [{ Driver: "nvidia" }])],
    ["Runtime", (a) => (a.HostConfig.Runtime = "nvidia")],
    ["LogConfig", (a) => (a.HostConfig.LogConfig.Type = "json-file")],
    ["OomKillDisable", (a) => (a.HostConfig.OomKillDisable = true)],
    ["MaskedPaths", (a) => (a.HostConfig.MaskedPaths = [])],
    ["ReadonlyPaths", (a) => (a.HostConfig.ReadonlyPaths = null)],
    ["Ulimits", (a) => (a.HostConfig.Ulimits = [])],
    ["User", (a) => (a.Config.User = "0:0")],
    ["Image", (a) => (a.Config.Image = "other")],
    ["Running", (a) => (a.State.Running = false)],
    ["Mounts", (a) => a.Mounts.forEach((mount) => (mount.RW = true))],
    [
      "Mounts",
      (a) =>
        a.Mounts.push({
          Type: "bind",
          Source: "/var/run/docker.sock",
          Destination: "/var/run/docker.sock",
          RW: false,
        }),
    ],
  ])("is refused by the name of the flag: %s", (flag, change) => {
    expect(flagsOf(change)).toEqual([flag]);
  });

  it("shows a long profile by its beginning", () => {
    const each = applied();
    each.HostConfig.SecurityOpt = [`seccomp=${"x".repeat(9000)}`];
    expect(weakerThanAsked(spec, each)[0]?.found.length).toBeLessThan(160);
  });

  it("does not parse without the flags that matter", () => {
    const { ReadonlyRootfs: _, ...rest } = applied().HostConfig;
    expect(appliedContainer.safeParse({ ...applied(), HostConfig: rest }).success).toBe(false);
  });
});
