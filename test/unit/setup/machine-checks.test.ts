import { createServer } from "node:net";
import { describe, expect, it } from "vitest";
import { judgeClock } from "../../../setup/checks/clock.ts";
import { checkDisk } from "../../../setup/checks/disk.ts";
import { judgeMemory, parseMeminfo } from "../../../setup/checks/memory.ts";
import { checkPort, listeningInodes } from "../../../setup/checks/port.ts";
import { judgeUserNamespaces } from "../../../setup/checks/user-namespaces.ts";
import { compareVersions } from "../../../setup/engine/versions.ts";

describe("user namespaces", () => {
  const none = undefined;
  it.each([
    ["a current Debian allows them", { max: "96365", clone: none, apparmor: none }, "ok", none],
    [
      "a limit of 0 forbids them",
      { max: "0", clone: none, apparmor: none },
      "fail",
      "NO_USER_NAMESPACES",
    ],
    [
      "a kernel without them has no such file",
      { max: none, clone: none, apparmor: none },
      "fail",
      "NO_USER_NAMESPACES",
    ],
    [
      "text that is no number counts as none",
      { max: "?", clone: none, apparmor: none },
      "fail",
      "NO_USER_NAMESPACES",
    ],
    [
      "Debian's older switch is off",
      { max: "10", clone: "0", apparmor: none },
      "fail",
      "USER_NAMESPACES_ROOT_ONLY",
    ],
    ["Debian's older switch is on", { max: "10", clone: "1", apparmor: none }, "ok", none],
    [
      "Ubuntu 24.04 restricts them",
      { max: "10", clone: "1", apparmor: "1" },
      "fail",
      "USER_NAMESPACES_APPARMOR",
    ],
    ["Ubuntu with the restriction lifted", { max: "10", clone: "1", apparmor: "0" }, "ok", none],
  ])("%s", (_, settings, level, code) => {
    const finding = judgeUserNamespaces(settings);
    expect([finding.level, finding.problem?.code]).toEqual([level, code]);
  });
});

describe("memory", () => {
  const gib = 1024 ** 3;
  it.each([
    ["plenty", { total: 24 * gib, available: 20 * gib }, "ok"],
    ["enough, but busy", { total: 8 * gib, available: gib }, "warn"],
    ["too small a machine", { total: 2 * gib, available: 2 * gib }, "fail"],
    ["nothing known counts as too small", { total: 0, available: 0 }, "fail"],
  ])("%s", (_, facts, level) => {
    expect(judgeMemory(facts).level).toBe(level);
  });

  it("reads /proc/meminfo in kB", () => {
    expect(parseMeminfo("MemTotal:  2048 kB\nMemFree: 1 kB\nMemAvailable:  1024 kB\n")).toEqual({
      total: 2048 * 1024,
      available: 1024 * 1024,
    });
  });
});

describe("clock", () => {
  it.each([
    ["a dead battery", "1970-01-01T00:00:10Z", "fail"],
    ["before the first release", "2025-12-31T23:59:59Z", "fail"],
    ["today", "2026-11-22T00:00:00Z", "ok"],
    ["far ahead", "2099-01-01T00:00:00Z", "fail"],
  ])("%s", (_, now, level) => {
    expect(judgeClock(Date.parse(now)).level).toBe(level);
  });
});

describe("disk", () => {
  it("looks at the nearest folder that exists and says what is needed", async () => {
    const finding = await checkDisk(
      "/tmp/hanare-nowhere/at/all",
      Number.MAX_SAFE_INTEGER,
      "DISK_FULL_DATA",
    );
    expect(finding.problem).toMatchObject({
      code: "DISK_FULL_DATA",
      facts: { path: "/tmp/hanare-nowhere/at/all" },
    });
    expect((await checkDisk("/tmp", 1, "DISK_FULL_DATA")).level).toBe("ok");
  });
});

describe("port", () => {
  it("names the process that has it", async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const address = server.address();
    const port = typeof address === "object" && address !== null ? address.port : 0;
    const place = { host: "127.0.0.1", port, configFile: "/x/hanare.yaml" };
    const taken = await checkPort(place);
    expect(taken.problem?.code).toBe("PORT_TAKEN");
    expect(taken.problem?.facts["holder"]).toContain(`pid ${process.pid}`);
    await new Promise((resolve) => server.close(resolve));
    expect((await checkPort(place)).level).toBe("ok");
  });

  it("says why an address cannot be used", async () => {
    const finding = await checkPort({ host: "203.0.113.77", port: 8443, configFile: "/x" });
    expect(finding.problem).toMatchObject({
      code: "ADDRESS_UNUSABLE",
      facts: { reason: "EADDRNOTAVAIL" },
    });
  });

  it("takes listening sockets of the port only from /proc/net/tcp", () => {
    const table = [
      "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode",
      "   0: 00000000:20FB 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 4711 1",
      "   1: 0100007F:20FB 0100007F:9999 01 00000000:00000000 00:00000000 00000000     0        0 4712 1",
      "   2: 00000000:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 4713 1",
    ].join("\n");
    expect(listeningInodes(table, 8443)).toEqual(["4711"]);
  });
});

describe("engine versions", () => {
  it.each([
    ["1.40", "1.41", -1],
    ["1.41", "1.41", 0],
    ["1.100", "1.41", 1],
    ["2", "1.41", 1],
  ])("%s against %s", (a, b, sign) => {
    expect(Math.sign(compareVersions(a, b))).toBe(sign);
  });
});
