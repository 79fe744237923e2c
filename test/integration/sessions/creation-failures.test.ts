/** A failure is injected before and after every step of creation; every undo is then repeated. */
import { readdir } from "node:fs/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { newSessionId } from "../../../orchestrator/base/ids.ts";
import { runSteps, undoSteps } from "../../../orchestrator/sessions/run-steps.ts";
import { type Step, sessionSteps } from "../../../orchestrator/sessions/steps.ts";
import { type SessionScene, sessionScene } from "../../support/session-parts.ts";

let scene: SessionScene;
beforeAll(async () => {
  scene = await sessionScene();
});
afterAll(() => scene[Symbol.asyncDispose]());

const names = [
  "directory",
  "egress",
  "link",
  "files",
  "container",
  "start",
  "verify-applied",
  "ready",
  "verify-kernel",
];

class Injected extends Error {}

/** The step named `at` fails before or after its real act. */
function sabotage(steps: readonly Step[], at: string, when: "before" | "after"): readonly Step[] {
  return steps.map((step) => {
    if (step.name !== at) return step;
    const act = async (signal: AbortSignal): Promise<void> => {
      if (when === "after") await step.act(signal);
      throw new Injected(at);
    };
    return { ...step, act };
  });
}

async function expectNothingLeft(): Promise<void> {
  expect(await scene.engine.list()).toEqual([]);
  expect(await readdir(scene.root)).toEqual([]);
  expect(scene.parts.links.size).toBe(0);
}

describe("creating a session", () => {
  it("consists of these steps", () => {
    const steps = sessionSteps(scene.parts, { id: newSessionId(), uid: 700_000 });
    expect(steps.map((step) => step.name)).toEqual(names);
  });

  for (const name of names) {
    for (const when of ["before", "after"] as const) {
      it(`leaves nothing when it fails ${when} "${name}", also when every undo runs again`, async () => {
        const steps = sessionSteps(scene.parts, { id: newSessionId(), uid: 700_000 });
        const creating = runSteps(
          sabotage(steps, name, when),
          scene.parts.log,
          AbortSignal.timeout(30_000),
        );
        await expect(creating).rejects.toBeInstanceOf(Injected);
        await expectNothingLeft();
        expect(await undoSteps(steps, scene.parts.log)).toEqual([]);
        expect(await undoSteps(steps, scene.parts.log)).toEqual([]);
        await expectNothingLeft();
      });
    }
  }

  it("leaves nothing when it is given up half-way", async () => {
    const steps = sessionSteps(scene.parts, { id: newSessionId(), uid: 700_000 });
    const given = new AbortController();
    const creating = runSteps(
      steps.map((step) =>
        step.name === "start"
          ? { ...step, act: async (signal) => step.act(signal).then(() => given.abort()) }
          : step,
      ),
      scene.parts.log,
      given.signal,
    );
    await expect(creating).rejects.toThrow();
    await expectNothingLeft();
  });
});
