/** chrome://policy of the shipped image, as Chromium itself sees it: every policy known, none deprecated, all set. */
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import type { UserId } from "../../../orchestrator/base/ids.ts";
import { sessionContainerName } from "../../../orchestrator/sessions/spec.ts";
import { sessionScene } from "../../support/session-parts.ts";

const ours = JSON.parse(
  readFileSync(new URL("../../../images/browser/chromium-policy.json", import.meta.url), "utf8"),
) as Record<string, unknown>;

/**
 * Starts a second Chromium in the session's container, headless, with the same managed policies, and
 * reads the page's table out of its shadow trees. chrome://policy is on our own block list, so the
 * session's own policy file opens it for this one test.
 */
const reader = `
const { spawn } = require("node:child_process");
const browser = spawn("/usr/lib/chromium/chromium", ["--headless", "--remote-debugging-pipe", "--user-data-dir=/tmp/policy-test", "--no-first-run", "about:blank"], { stdio: ["ignore", "ignore", "ignore", "pipe", "pipe"] });
let id = 0; const waiting = new Map(); let rest = "";
browser.stdio[4].on("data", (data) => { rest += data; const parts = rest.split("\\0"); rest = parts.pop(); for (const part of parts) { const m = JSON.parse(part); if (m.id) waiting.get(m.id)?.(m); else if (m.method === "Page.loadEventFired") loaded(); } });
let loaded; const shown = new Promise((resolve) => { loaded = resolve; });
const send = (method, params = {}, sessionId) => new Promise((resolve) => { waiting.set(++id, resolve); browser.stdio[3].write(JSON.stringify({ id, method, params, sessionId }) + "\\0"); });
const collect = \`(async () => {
  const found = [];
  const walk = (node) => { for (const each of node.querySelectorAll("*")) { if (each.localName === "policy-row") found.push(each); if (each.shadowRoot) walk(each.shadowRoot); } };
  for (let turn = 0; turn < 100 && found.length === 0; turn += 1) { await new Promise((r) => setTimeout(r, 50)); walk(document); }
  return JSON.stringify(found.filter((row) => row.policy?.value !== undefined).map((row) => ({ name: row.policy?.name ?? row.shadowRoot?.querySelector(".name")?.textContent?.trim(), error: row.policy?.error ?? "", deprecated: row.policy?.deprecated ?? false, unknown: row.unknown ?? row.policy?.unknown ?? false, level: row.policy?.level, ignored: row.policy?.ignored ?? false, text: row.shadowRoot?.textContent.replace(/\\\\s+/g, " ").trim().slice(0, 300) })));
})()\`;
(async () => {
  const { result: { targetId } } = await send("Target.createTarget", { url: "about:blank" });
  const { result: { sessionId } } = await send("Target.attachToTarget", { targetId, flatten: true });
  await send("Page.enable", {}, sessionId);
  await send("Page.navigate", { url: "chrome://policy" }, sessionId);
  await shown;
  const answer = await send("Runtime.evaluate", { expression: collect, awaitPromise: true, returnByValue: true }, sessionId);
  process.stdout.write(answer.result.result.value, () => { browser.kill(); process.exit(0); });
})();
setTimeout(() => process.exit(3), 20000);
`;

interface PolicyRow {
  readonly name?: string;
  readonly error: string;
  readonly deprecated: boolean;
  readonly unknown: boolean;
  readonly ignored: boolean;
  readonly level?: string;
  readonly text: string;
}

describe("the managed policies of the shipped Chromium", () => {
  it("are all known, current, mandatory and without error", async () => {
    await using scene = await sessionScene(
      {},
      JSON.stringify({ URLAllowlist: ["chrome://policy"] }),
    );
    const person = { id: "u1" as UserId, name: "taro", groups: [] };
    const session = await scene.sessions.open(
      person,
      { terminal: "192.0.2.1" },
      AbortSignal.timeout(30_000),
    );
    const { stdout, stderr } = await scene.engine.exec(
      sessionContainerName(scene.parts.installation, session.id),
      ["node", "-e", reader],
      "700000:700000",
    );
    expect(stdout, stderr).not.toBe("");
    const rows = JSON.parse(stdout) as PolicyRow[];
    const byName = new Map(rows.map((row) => [row.name, row]));
    const faults = Object.keys(ours).flatMap((name) => {
      const row = byName.get(name);
      if (!row) return [`${name}: not on the page`];
      const bad = row.error !== "" || row.deprecated || row.unknown || row.ignored;
      return bad || /unknown|deprecated|不明|非推奨|サポート終了/i.test(row.text)
        ? [`${name}: ${row.error} ${row.text}`]
        : [];
    });
    expect(faults).toEqual([]);
  });
});
