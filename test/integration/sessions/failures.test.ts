/**
 * A failure is injected before and after every step of creation and of closing; every undo is then repeated.
 * Nothing labelled, mounted, listening or on disk may remain.
 */
import { readdir, readFile } from "node:fs/promises";
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
  "usual-share",
  "verify-kernel",
];

/** For the pool, which has one step more to do. */
const making = () => ({ id: newSessionId(), uid: 700_000, yields: () => true });

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
  for (const table of ["/proc/net/unix", "/proc/self/mountinfo"])
    expect((await readFile(table, "utf8")).includes(scene.root), table).toBe(false);
}

describe("creating a session", () => {
  it("consists of these steps", () => {
    const steps = sessionSteps(scene.parts, making());
    expect(steps.map((step) => step.name)).toEqual(names);
  });

  for (const name of names) {
    for (const when of ["before", "after"] as const) {
      it(`leaves nothing when it fails ${when} "${name}", also when every undo runs again`, async () => {
        const steps = sessionSteps(scene.parts, making());
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
    const steps = sessionSteps(scene.parts, making());
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

/** Those whose undo has something to do. */
const undone = ["directory", "egress", "link", "files", "container"];

/** Everything of a session but a browser that is ready: closing does not ask for one. */
async function startedSession(): Promise<readonly Step[]> {
  const steps = sessionSteps(scene.parts, making());
  const toStart = steps.filter(({ name }) => name !== "ready");
  await runSteps(toStart, scene.parts.log, AbortSignal.timeout(30_000));
  expect(await scene.engine.list()).toMatchObject([{ running: true }]);
  return steps;
}

describe("closing a session", () => {
  for (const name of undone) {
    for (const when of ["before", "after"] as const) {
      it(`names "${name}" when it fails ${when} it, does the rest, and finishes the next time`, async () => {
        const steps = await startedSession();
        const sabotaged = steps.map((step) => {
          if (step.name !== name) return step;
          const undo = async (): Promise<void> => {
            if (when === "after") await step.undo();
            throw new Injected(name);
          };
          return { ...step, undo };
        });
        expect(await undoSteps(sabotaged, scene.parts.log)).toEqual([name]);
        expect(await undoSteps(steps, scene.parts.log)).toEqual([]);
        await expectNothingLeft();
        expect(await undoSteps(steps, scene.parts.log)).toEqual([]);
        await expectNothingLeft();
      });
    }
  }

  it("finishes what a process that died had begun, wherever that stopped", async () => {
    for (let done = 0; done <= names.length; done += 1) {
      const steps = await startedSession();
      await undoSteps(steps.slice(steps.length - done), scene.parts.log);
      expect(await undoSteps(steps, scene.parts.log)).toEqual([]);
      await expectNothingLeft();
    }
  });
});
