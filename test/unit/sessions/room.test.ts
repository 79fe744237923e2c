import { describe, expect, it } from "vitest";
import { cgroupOf } from "../../../orchestrator/engine/cgroup.ts";
import {
  parseMeminfo,
  parsePressure,
  parseStat,
  readMachine,
} from "../../../orchestrator/sessions/machine.ts";
import {
  defaultReserveBytes,
  isBusy,
  type MachineFacts,
  roomOf,
} from "../../../orchestrator/sessions/room.ts";

const mib = 1024 ** 2;
const gib = 1024 ** 3;
const calm: MachineFacts = {
  totalBytes: 24 * gib,
  availableBytes: 12 * gib,
  cpuPressure: 0.1,
  load: 1,
  cores: 2,
};
const room = (machine: Partial<MachineFacts>, starting = 0) =>
  roomOf({
    machine: { ...calm, ...machine },
    reserveBytes: 2 * gib,
    costBytes: 256 * mib,
    starting,
  });

describe("room for more", () => {
  it.each([
    ["what is available less the reserve", {}, 0, { memoryRoom: 40, startRoom: 4 }],
    ["less what those that are starting will take", {}, 3, { memoryRoom: 37, startRoom: 1 }],
    [
      "none when only the reserve is left",
      { availableBytes: 2 * gib },
      0,
      { memoryRoom: 0, startRoom: 4 },
    ],
    [
      "none, not less, below the reserve",
      { availableBytes: gib },
      0,
      { memoryRoom: 0, startRoom: 4 },
    ],
    [
      "one start at a time on busy processors",
      { cpuPressure: 0.9 },
      0,
      { memoryRoom: 40, startRoom: 1 },
    ],
    [
      "no second start on busy processors",
      { cpuPressure: 0.9 },
      1,
      { memoryRoom: 39, startRoom: 0 },
    ],
    [
      "by the load where the kernel knows no pressure",
      { cpuPressure: null, load: 8 },
      0,
      { memoryRoom: 40, startRoom: 1 },
    ],
  ])("%s", (_, machine, starting, expected) => {
    expect(room(machine, starting)).toEqual(expected);
  });

  it("keeps an eighth of the machine for the host, at most 2 GiB", () => {
    expect([4 * gib, 64 * gib].map(defaultReserveBytes)).toEqual([gib / 2, 2 * gib]);
  });

  it("forgets a load that is over where the pressure says so", () => {
    expect(isBusy({ ...calm, load: 50 })).toBe(false);
  });
});

describe("what the kernel says", () => {
  it.each([
    [
      "version 1",
      "9:name=systemd:/x\n4:memory:/docker/abc\n0::/\n",
      1,
      "/sys/fs/cgroup/memory/docker/abc",
    ],
    [
      "version 1, with controllers together",
      "3:cpu,memory:/docker/abc\n",
      1,
      "/sys/fs/cgroup/memory/docker/abc",
    ],
    [
      "version 2",
      "0::/system.slice/docker-abc.scope\n",
      2,
      "/sys/fs/cgroup/system.slice/docker-abc.scope",
    ],
  ])("the memory cgroup under %s", (_, text, version, directory) => {
    expect(cgroupOf(text, "memory")).toEqual({ version, directory });
  });

  it("no memory cgroup where there is none", () => {
    expect(cgroupOf("9:pids:/x\n", "memory")).toBeUndefined();
  });

  it("memory, pressure and statistics", () => {
    expect(parseMeminfo("MemTotal:  8 kB\nMemAvailable:  4 kB\n")).toEqual({
      totalBytes: 8192,
      availableBytes: 4096,
    });
    expect(() => parseMeminfo("MemTotal: 8 kB\n")).toThrow("MemAvailable");
    expect(parsePressure("some avg10=23.31 avg60=1.00\nfull avg10=0.00\n")).toBeCloseTo(0.2331);
    expect(parsePressure("")).toBeNull();
    expect(parseStat("inactive_file 7\ntotal_inactive_file 9\n", "inactive_file")).toBe(7);
  });

  it("of this machine", () => {
    const machine = readMachine();
    expect(machine.availableBytes).toBeGreaterThan(0);
    expect(machine.availableBytes).toBeLessThanOrEqual(machine.totalBytes);
    expect(machine.cores).toBeGreaterThan(0);
  });
});
