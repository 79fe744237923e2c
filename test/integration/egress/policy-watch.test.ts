/** Files on disk become the policy in force; bad files never do. */
import { mkdir, mkdtemp, open, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { pino } from "pino";
import { afterEach, beforeEach, expect, it } from "vitest";
import { type PolicyWatch, watchPolicy } from "../../../orchestrator/egress/policy-watch.ts";
import { policyStatus } from "../../../orchestrator/http/overview-contract.ts";
import type { CompiledPolicy } from "../../../policies/compiled.ts";
import type { Problem } from "../../../policies/problem.ts";

let folder: string;
let watch: PolicyWatch | undefined;
const good =
  "version: 1\nname: p\nlists: { a: { file: lists/a.txt } }\nrules:\n  - { id: R1, plane: [isolated], to: { lists: [a] }, action: allow }\n";

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "hanare-test-"));
  await mkdir(join(folder, "lists"));
  await writeFile(join(folder, "lists/a.txt"), "a.example\n");
});
afterEach(async () => {
  await watch?.[Symbol.asyncDispose]();
  watch = undefined;
  await rm(folder, { recursive: true });
});

/** Waits for the next event of one kind, or takes one that was not looked at yet. */
function events<T>() {
  const queue: T[] = [];
  let wake: (() => void) | undefined;
  return {
    push(value: T) {
      queue.push(value);
      wake?.();
    },
    async next(): Promise<T> {
      while (queue.length === 0) await new Promise<void>((resolve) => (wake = resolve));
      return queue.shift() as T;
    },
  };
}

async function start(text: string) {
  const file = join(folder, "policy.yaml");
  await writeFile(file, text);
  const policies = events<CompiledPolicy>();
  const problems = events<readonly Problem[]>();
  watch = await watchPolicy({
    file,
    log: pino({ level: "silent" }),
    onPolicy: (policy) => policies.push(policy),
    onProblems: (found) => problems.push(found),
  });
  return { file, policies, problems, watch };
}

it("loads at once and again when a list changes in place or is replaced", async () => {
  const { policies, watch } = await start(good);
  expect((await policies.next()).lists[0]?.entries).toEqual(["a.example"]);
  await writeFile(join(folder, "lists/a.txt"), "a.example\nb.example\n");
  expect((await policies.next()).lists[0]?.entries).toEqual(["a.example", "b.example"]);
  await writeFile(join(folder, "lists/new"), ".c.example\n");
  await rename(join(folder, "lists/new"), join(folder, "lists/a.txt"));
  expect((await policies.next()).lists[0]?.entries).toEqual([".c.example"]);
  expect(policyStatus.parse({ ...watch.status(), feeds: [] })).toMatchObject({
    rules: [{ id: "R1", action: "allow", line: 5 }],
    lists: [{ id: "a", entries: 1 }],
    problems: [],
  });
});

it("waits for a list that somebody empties and fills, and takes one that stays empty", async () => {
  const { policies } = await start(good);
  await policies.next();
  const list = await open(join(folder, "lists/a.txt"), "w");
  await wait(300);
  await list.write("a.example\nb.exa");
  await wait(300);
  await list.write("mple\n");
  expect((await policies.next()).lists[0]?.entries).toEqual(["a.example", "b.example"]);
  await list.truncate(0);
  await list.close();
  expect((await policies.next()).lists[0]?.entries).toEqual([]);
});

it("keeps the old policy while the file is wrong, says where, and takes the mended one", async () => {
  const { file, policies, problems, watch } = await start(good);
  const first = await policies.next();
  await writeFile(file, good.replace("action: allow", "action: alow"));
  expect((await problems.next())[0]).toMatchObject({ file, line: 5 });
  expect(watch.policy()?.version).toBe(first.version);
  const status = policyStatus.parse({ ...watch.status(), feeds: [] });
  expect(status.version).toBe(first.version);
  expect(status.problems[0]?.message).toMatch(/allow/);
  await writeFile(file, good.replace("name: p", "name: q"));
  expect((await policies.next()).name).toBe("q");
  expect(await problems.next()).toEqual([]);
});

it("starts without a policy when the very first file is wrong", async () => {
  const { problems, policies, file, watch } = await start("version: 2\n");
  expect((await problems.next()).length).toBeGreaterThan(0);
  expect(watch.policy()).toBeUndefined();
  await writeFile(file, good);
  expect((await policies.next()).name).toBe("p");
});

it("reports a list file that disappears and one that comes back", async () => {
  const { problems, policies } = await start(good);
  await policies.next();
  await rm(join(folder, "lists/a.txt"));
  expect((await problems.next())[0]?.en).toContain("lists/a.txt");
  await writeFile(join(folder, "lists/a.txt"), "a.example\n");
  expect(await problems.next()).toEqual([]);
});
