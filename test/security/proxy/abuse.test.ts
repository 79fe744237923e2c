/** Hanare under its own abuse suite: every case as it must be, and every refusal in the records with its rule. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Harness, startHarness } from "../../integration/proxy/harness.ts";
import type { DecisionRecord } from "../../../proxy/ipc.ts";
import { inside } from "./hosts.ts";
import { allCases, Honeypot, runCase } from "./suite.ts";

const host = "www.allowed.test";
let origin: Honeypot;
let port: number;
let to: Harness;

beforeAll(async () => {
  origin = new Honeypot();
  port = await origin.listen();
  to = await startHarness({ names: inside, permit: "127.0.0.1", port });
});
afterAll(async () => {
  await to[Symbol.asyncDispose]();
  await origin[Symbol.asyncDispose]();
});

it("has at least 250 cases, each with a name of its own", () => {
  expect(new Set(allCases.map(({ id }) => id)).size).toBe(allCases.length);
  expect(allCases.length).toBeGreaterThanOrEqual(250);
});

describe.each([...new Set(allCases.map(({ group }) => group))])("%s", (group) => {
  const cases = allCases.filter((each) => each.group === group);
  it.each(cases.map((each) => [each.sentence, each] as const))("%s", async (_sentence, each) => {
    const before = to.decisions.length;
    const outcome = await runCase(each, { path: to.socketPath }, { host, port }, origin);
    expect(outcome.why).toBeUndefined();
    if (outcome.reached) return;
    // What did not pass was refused, and the refusal is on record, once. Records of what passed come late.
    const later = (index: number) => index >= before;
    await to.decision((each) => later(to.decisions.indexOf(each)) && isRefusal(each));
    const blocks = to.decisions.filter((each, index) => later(index) && each.verdict === "block");
    expect(blocks.length).toBeLessThanOrEqual(1);
    const [record] = blocks;
    if (each.logged) expect(`${record?.rule} ${record?.reason}`).toMatch(each.logged);
  });
});

/** A body that breaks its framing does so after a rule has let its head pass. */
function isRefusal({ verdict, status, reason }: DecisionRecord): boolean {
  return verdict === "block" || (status === 400 && /^(?:chunk-|trailer)/.test(reason));
}
