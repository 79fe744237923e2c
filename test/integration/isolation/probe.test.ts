/** The probe on the real engine: what a sound host shows, what a weaker engine shows, and nothing left. */
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { ContainerSpec } from "../../../orchestrator/engine/client.ts";
import { createIsolation } from "../../../orchestrator/isolation/isolation.ts";
import { type SessionScene, sessionScene } from "../../support/session-parts.ts";

let scene: SessionScene;
beforeAll(async () => {
  scene = await sessionScene();
});
afterAll(() => scene[Symbol.asyncDispose]());

const partsOf = () => ({ ...scene.parts, run: join(scene.root, "..") });

it("every wall of host and probe stands, and two who ask share one probe", async () => {
  const isolation = createIsolation(partsOf());
  await isolation.assertHost();
  const [first, second] = await Promise.all([isolation.probe(), isolation.probe()]);
  expect(second.probe).toBe(first.probe);
  const rows = [...first.host, ...(first.probe?.rows ?? [])];
  expect(rows.filter(({ level }) => level !== "ok")).toEqual([]);
  expect(rows.find(({ id }) => id === "probe-sandbox")?.found.en).toMatch(/seccomp filters 2/);
  expect(await scene.engine.list()).toEqual([]);
});

it("an engine that leaves the seccomp profile out is shown by the flag's name", async () => {
  const engine = {
    ...scene.engine,
    create: (spec: ContainerSpec, signal?: AbortSignal) =>
      scene.engine.create(
        { ...spec, HostConfig: { ...spec.HostConfig, SecurityOpt: ["no-new-privileges"] } },
        signal,
      ),
  };
  const { probe } = await createIsolation({ ...partsOf(), engine }).probe();
  const applied = probe?.rows.find(({ id }) => id === "probe-applied");
  expect(applied?.level).toBe("fail");
  expect(applied?.found.en).toMatch(/^SecurityOpt: /);
  expect(await scene.engine.list()).toEqual([]);
});

it("a runtime that is not registered stops the start, and is not replaced by another", async () => {
  const limits = { ...scene.parts.limits, runtime: "runsc" as const };
  const engine = {
    ...scene.engine,
    facts: async () => ({ ...(await scene.engine.facts()), runtimes: ["runc"] }),
  };
  const isolation = createIsolation({ ...partsOf(), limits, engine });
  await expect(isolation.assertHost()).rejects.toMatchObject({
    code: "HOST_ISOLATION",
    context: { what: "runtime" },
  });
});

it("what a killed process left of a probe goes at the next start", async () => {
  const isolation = createIsolation(partsOf());
  await rm(join(scene.root, "..", "probe"), { recursive: true, force: true });
  await scene.engine.create({
    name: `hanare-${scene.parts.installation}-probe`,
    Image: scene.parts.image,
    Labels: { hanare: scene.parts.installation, "hanare.role": "probe" },
  });
  await isolation.assertHost();
  expect(await scene.engine.list()).toEqual([]);
});
