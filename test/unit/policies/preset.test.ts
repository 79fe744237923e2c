/** The policy that a fresh installation starts with. */
import { readdirSync, readFileSync } from "node:fs";
import { cp, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { policyCheck } from "../../../orchestrator/cli/policy-check.ts";
import { policyExplain } from "../../../orchestrator/cli/policy-explain.ts";
import { policyTest } from "../../../orchestrator/cli/policy-test.ts";
import { loadPolicy } from "../../../policies/load.ts";
import { decide, preparePolicy } from "../../../policies/match.ts";
import { runTests } from "../../../policies/run-tests.ts";

const source = join(import.meta.dirname, "../../../policies");
describe.each(readdirSync(join(source, "presets")))("the preset %s", (preset) => {
  it("loads without a warning, explains its settings and passes its own tests", async () => {
    await using stack = new AsyncDisposableStack();
    const own = await mkdtemp(join(tmpdir(), "hanare-test-"));
    stack.defer(() => rm(own, { recursive: true }));
    await cp(join(source, "presets", preset), join(own, "policy.yaml"));
    await cp(join(source, "lists"), join(own, "lists"), { recursive: true });
    const loaded = await loadPolicy(join(own, "policy.yaml"));
    if (!loaded.ok) throw new Error(JSON.stringify(loaded.problems));
    expect(loaded.warnings).toEqual([]);
    const results = runTests(preparePolicy(loaded.policy, loaded.indexes), Date.now());
    expect(results.length).toBeGreaterThan(3);
    expect(results.filter(({ passed }) => !passed)).toEqual([]);
    expect(
      readFileSync(join(own, "policy.yaml"), "utf8").match(/^ *#.*[ぁ-ん]/gm)?.length,
    ).toBeGreaterThan(8);
  });
});

let folder: string;
let file: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "hanare-test-"));
  file = join(folder, "policy.yaml");
  await cp(join(source, "presets/allowlist-only.yaml"), file);
  await cp(join(source, "lists"), join(folder, "lists"), { recursive: true });
});
afterAll(() => rm(folder, { recursive: true }));

it("is good, passes its own tests, opens the practice site and nothing else", async () => {
  const loaded = await loadPolicy(file);
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.problems));
  const prepared = preparePolicy(loaded.policy);
  const results = runTests(prepared, Date.now());
  expect(results.length).toBeGreaterThan(3);
  expect(results.filter(({ passed }) => !passed)).toEqual([]);
  const ask = {
    plane: "isolated",
    user: "u",
    groups: [],
    port: 80,
    via: "http",
    at: Date.now(),
  } as const;
  expect(decide(prepared, { ...ask, host: "kunren.hanare.internal" })).toMatchObject({
    verdict: "allow",
    rule: "R050",
    ruleName: "訓練用サイト",
  });
  expect(decide(prepared, { ...ask, host: "www.example.jp" })).toMatchObject({
    verdict: "block",
    rule: "default",
  });
  expect(decide(prepared, { ...ask, host: "dns.google" })).toMatchObject({
    verdict: "block",
    rule: "R100",
    list: "deny",
  });
  expect(loaded.policy.guards.permitIp).toEqual([]);
});

it("is accepted by the commands, whose exit codes tell apart good, bad and misused", async () => {
  expect(await policyCheck([file, "--json"])).toBe(0);
  expect(await policyTest([file])).toBe(0);
  // A policy repository alone: no installation, and the folder is enough.
  expect(await policyTest([folder])).toBe(0);
  expect(await policyExplain(["https://www.example.jp/", file, "--json"])).toBe(0);
  expect(await policyCheck(["--nonsense"])).toBe(2);
  expect(await policyExplain([])).toBe(2);
  expect(await policyCheck([join(folder, "none.yaml")])).toBe(1);
  expect(await policyTest([join(folder, "none.yaml")])).toBe(3);
});

it("explains a rule of terminals for the terminal that is named, of a folder that is named", async () => {
  const own = await mkdtemp(join(tmpdir(), "hanare-test-"));
  await writeFile(
    join(own, "policy.yaml"),
    "version: 1\nname: p\nrules:\n  - { id: R1, plane: [terminal], from: { terminals: [10.9.0.0/24] }, to: { any: true }, action: block }\n",
  );
  const said: string[] = [];
  const write = vi.spyOn(process.stdout, "write").mockImplementation((text) => {
    said.push(String(text));
    return true;
  });
  try {
    const ask = ["https://www.example.jp/", own, "--plane", "terminal", "--json"];
    expect(await policyExplain([...ask, "--terminal", "10.9.0.7"])).toBe(0);
    expect(await policyExplain([...ask, "--terminal", "10.8.0.7"])).toBe(0);
    expect(await policyExplain([...ask, "--terminal", "here"])).toBe(2);
  } finally {
    write.mockRestore();
    await rm(own, { recursive: true });
  }
  expect(said.map((line) => (JSON.parse(line) as { rule: string }).rule)).toEqual([
    "R1",
    "default",
  ]);
});
