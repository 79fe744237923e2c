/**
 * A container that the engine holds less tightly than asked is never given to anybody. Each case is a
 * real container, started by the real engine with one flag weaker than the specification; the refusal
 * names the flag, is recorded, and leaves nothing behind.
 */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { UserId } from "../../../orchestrator/base/ids.ts";
import type { ContainerSpec } from "../../../orchestrator/engine/client.ts";
import { Sessions } from "../../../orchestrator/sessions/service.ts";
import { sessionContainerSpec } from "../../../orchestrator/sessions/spec.ts";
import { verifyApplied, verifyKernel } from "../../../orchestrator/sessions/verify-isolation.ts";
import { type SessionScene, sessionScene } from "../../support/session-parts.ts";

type HostConfig = NonNullable<ContainerSpec["HostConfig"]>;

let scene: SessionScene;
beforeAll(async () => {
  scene = await sessionScene();
});
afterAll(() => scene[Symbol.asyncDispose]());

/** Sessions on an engine that does not do what it was told. */
function sessionsOn(weaken: (spec: ContainerSpec) => ContainerSpec): Sessions {
  const engine = {
    ...scene.engine,
    create: (spec: ContainerSpec, signal?: AbortSignal) =>
      scene.engine.create(weaken(spec), signal),
  };
  return new Sessions({ ...scene.parts, engine });
}

const person = { id: "u1" as UserId, name: "taro", groups: [] };
const host = (change: Partial<HostConfig>) => (spec: ContainerSpec) => ({
  ...spec,
  HostConfig: { ...spec.HostConfig, ...change },
});
const withoutOption = (start: string) => (spec: ContainerSpec) =>
  host({
    SecurityOpt: (spec.HostConfig?.SecurityOpt as string[] | undefined)?.filter(
      (each) => !each.startsWith(start),
    ),
  })(spec);

const weaker: readonly [flag: string, weaken: (spec: ContainerSpec) => ContainerSpec][] = [
  ["SecurityOpt", withoutOption("seccomp")],
  ["SecurityOpt", withoutOption("no-new-privileges")],
  ["CapAdd", host({ CapAdd: ["NET_RAW"] })],
  ["CapDrop", host({ CapDrop: [] })],
  ["ReadonlyRootfs", host({ ReadonlyRootfs: false })],
  ["NetworkMode", host({ NetworkMode: "bridge" })],
  ["Privileged", host({ Privileged: true })],
  ["PidMode", host({ PidMode: "host" })],
  ["IpcMode", host({ IpcMode: "host" })],
  ["PidsLimit", host({ PidsLimit: 0 })],
  ["Memory", host({ Memory: 0, MemorySwap: 0 })],
  ["Tmpfs", host({ Tmpfs: { "/tmp": "rw,exec", "/home/browser": "rw,mode=0777" } })],
  [
    "Devices",
    host({
      Devices: [{ PathOnHost: "/dev/null", PathInContainer: "/dev/x", CgroupPermissions: "rwm" }],
    }),
  ],
  ["LogConfig", host({ LogConfig: { Type: "json-file", Config: {} } })],
  ["User", (spec) => ({ ...spec, User: "0:0" })],
  [
    "Binds",
    (spec) =>
      host({
        Binds: (spec.HostConfig?.Binds ?? []).map((b) => b.replace(":ro", "")),
      })(spec),
  ],
];

describe("a session is refused when its container has", () => {
  it.each(weaker)("another %s", async (flag, weaken) => {
    await using sessions = sessionsOn(weaken);
    scene.audited.length = 0;
    const opening = sessions.open(person, { terminal: "192.0.2.1" }, AbortSignal.timeout(30_000));
    const error = await opening.then(
      () => "opened",
      (refused: unknown) => refused,
    );
    expect(error).toMatchObject({ code: "ISOLATION_WEAKER" });
    expect((error as { context: { flags: string } }).context.flags.split(", ")).toContain(flag);
    expect(scene.audited).toMatchObject([{ action: "isolation-check", outcome: "refused" }]);
    expect(await scene.engine.list()).toEqual([]);
    expect(sessions.list()).toEqual([]);
  });

  it("an engine that says what was asked and does something else: the kernel says so", async () => {
    // Inspect is answered as if all were well; only /proc tells.
    const honest = scene.engine;
    const weaken = host({ SecurityOpt: ["no-new-privileges", "seccomp=unconfined"] });
    const engine = {
      ...honest,
      create: (spec: ContainerSpec, signal?: AbortSignal) => honest.create(weaken(spec), signal),
      async inspect(name: string) {
        const applied = await honest.inspect(name);
        return { ...applied, HostConfig: { ...applied.HostConfig, SecurityOpt: asked } };
      },
    };
    let asked: string[] = [];
    const recording = {
      ...engine,
      create: (spec: ContainerSpec, signal?: AbortSignal) => {
        asked = (spec.HostConfig?.SecurityOpt ?? []) as string[];
        return engine.create(spec, signal);
      },
    };
    await using sessions = new Sessions({ ...scene.parts, engine: recording });
    await expect(
      sessions.open(person, { terminal: "192.0.2.1" }, AbortSignal.timeout(30_000)),
    ).rejects.toMatchObject({
      code: "ISOLATION_WEAKER",
      context: { flag: "Seccomp", wanted: "2" },
    });
  });
});

it("the proof costs little: the engine's answer beside the browser's start, the kernel's in milliseconds", async () => {
  const opened = performance.now();
  const session = await scene.sessions.open(
    person,
    { terminal: "192.0.2.1" },
    AbortSignal.timeout(60_000),
  );
  const openMs = performance.now() - opened;
  const { uid } = scene.parts.store.get(session.id);
  const spec = sessionContainerSpec({
    ...scene.parts,
    id: session.id,
    uid,
    directory: `${scene.root}/${session.id}`,
  });
  const inspected = performance.now();
  const pid = await verifyApplied(scene.engine, spec);
  const inspectMs = performance.now() - inspected;
  const kernelMs: number[] = [];
  for (let turn = 0; turn < 5; turn += 1) {
    const at = performance.now();
    await verifyKernel(scene.engine, pid, spec, AbortSignal.timeout(5000));
    kernelMs.push(performance.now() - at);
  }
  const median = kernelMs.toSorted((a, b) => a - b)[2] ?? Number.NaN;
  console.log(
    `cold open ${openMs.toFixed(0)} ms; inspect ${inspectMs.toFixed(1)} ms; kernel ${median.toFixed(1)} ms`,
  );
  // About a fiftieth on a quiet machine; a busy one is late with either.
  expect(median).toBeLessThan(openMs / 4);
});
