import { describe, expect, it } from "vitest";
import { hardenedHostConfig } from "../../../orchestrator/engine/hardening.ts";

const host = hardenedHostConfig({
  limits: { memoryMb: 512, pids: 100, cpus: 1.5 },
  tmpfs: { "/tmp": { mb: 64, uid: 700_000 } },
  readOnlyBinds: [{ host: "/run/x", inside: "/run/hanare" }],
});

describe("every Hanare container", () => {
  it("has no network", () => expect(host.NetworkMode).toBe("none"));
  it("has no capability", () => expect(host.CapDrop).toEqual(["ALL"]));
  it("cannot gain privileges", () => expect(host.SecurityOpt).toContain("no-new-privileges"));
  it("cannot write its root", () => expect(host.ReadonlyRootfs).toBe(true));
  it("has no swap beyond its memory", () => expect(host.MemorySwap).toBe(host.Memory));
  it("is limited in processes", () => expect(host.PidsLimit).toBe(100));
  it("keeps no log on the host", () =>
    expect(host.LogConfig).toEqual({ Type: "none", Config: {} }));
  it("is never restarted by the engine", () => expect(host.RestartPolicy).toEqual({ Name: "no" }));
  it("sees host directories read-only", () =>
    expect(host.Binds).toEqual(["/run/x:/run/hanare:ro"]));
  it("cannot run or set uid from its memory file systems", () => {
    expect(host.Tmpfs?.["/tmp"]).toBe(
      "rw,nosuid,nodev,noexec,size=64m,mode=0700,uid=700000,gid=700000",
    );
  });
  it("is not privileged", () => expect(host.Privileged).toBeUndefined());
});
