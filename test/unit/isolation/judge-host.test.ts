import { describe, expect, it } from "vitest";
import { judgeHost, type HostFacts } from "../../../orchestrator/isolation/judge-host.ts";
import { isolationRowIds } from "../../../orchestrator/isolation/types.ts";

const sound: HostFacts = {
  engine: {
    version: "20.10.24",
    apiVersion: "1.41",
    securityOptions: ["name=seccomp,profile=default"],
    cgroupVersion: "2",
    cgroupDriver: "systemd",
    runtimes: ["io.containerd.runc.v2", "runc"],
    kernelVersion: "6.1.0",
    operatingSystem: "Debian GNU/Linux 12",
  },
  userNamespaces: { max: "28633", clone: undefined, apparmor: undefined },
  runtime: "runc",
};
const failing = (change: Partial<HostFacts>) =>
  judgeHost({ ...sound, ...change })
    .filter(({ level }) => level === "fail")
    .map(({ id }) => id);
const engine = (change: Partial<HostFacts["engine"]>) => ({
  engine: { ...sound.engine, ...change },
});

describe("the host", () => {
  it("that is sound has a row for each thing, all well", () => {
    const rows = judgeHost(sound);
    expect(rows.map(({ id }) => id)).toEqual(
      isolationRowIds.filter((id) => !id.startsWith("probe")),
    );
    expect(rows.every(({ level }) => level === "ok")).toBe(true);
  });

  it.each<[string, Partial<HostFacts>]>([
    ["user-namespaces", { userNamespaces: { max: "0", clone: undefined, apparmor: undefined } }],
    [
      "user-namespaces",
      { userNamespaces: { max: undefined, clone: undefined, apparmor: undefined } },
    ],
    ["user-namespaces", { userNamespaces: { max: "1", clone: "0", apparmor: undefined } }],
    ["apparmor", { userNamespaces: { max: "1", clone: "1", apparmor: "1" } }],
    ["seccomp", engine({ securityOptions: ["name=apparmor"] })],
    ["cgroup", engine({ cgroupVersion: "" })],
    ["engine", engine({ apiVersion: "1.40" })],
    ["runtime", { runtime: "runsc" }],
  ])("is refused for its %s", (id, change) => {
    expect(failing(change)).toEqual([id]);
  });

  it("with an engine that says nothing is not well", () => {
    const silent = { securityOptions: [], cgroupVersion: "", runtimes: [], apiVersion: "" };
    expect(failing(engine(silent))).toEqual(["seccomp", "cgroup", "engine", "runtime"]);
  });

  it("says openly whether the engine is root", () => {
    const user = (option: string) =>
      judgeHost({ ...sound, ...engine({ securityOptions: ["name=seccomp", option] }) }).find(
        ({ id }) => id === "engine-user",
      )?.found.en;
    expect([user(""), user("name=rootless"), user("name=userns")]).toEqual([
      "root",
      "rootless",
      "root, userns-remap",
    ]);
  });
});
