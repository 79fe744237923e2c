/** When a tab is told with a refusal, and how: over the browser's error page, or beside the proxy's own page. */
import { describe, expect, it } from "vitest";
import { type Refused, toTab } from "../../../orchestrator/gateway/views.ts";
import { tabView } from "../../../orchestrator/http/room-contract.ts";
import type { AskState } from "../../../orchestrator/requests/types.ts";
import type { DecisionRecord } from "../../../proxy/ipc.ts";

const record: DecisionRecord = {
  id: "q1",
  at: "2026-04-01T00:00:00.000Z",
  plane: "isolated",
  sessionId: "s1",
  method: "CONNECT",
  scheme: "https",
  host: "www.denied.example",
  port: 443,
  verdict: "block",
  rule: "R100",
  ruleName: "遮断リスト",
  list: "deny",
  line: 3,
  owner: "情報政策課",
  reason: "rule",
  bytesUp: 0,
  bytesDown: 0,
  durationMs: 0,
  policyVersion: "",
};
const url = "https://www.denied.example/a";
const tab = { id: 1, title: "x", url, loading: false, canGoBack: false, canGoForward: false };
const refusedAs =
  (ask: AskState) =>
  (asked: string): Refused | undefined =>
    asked === url ? { refusal: { record, groups: ["koho"] }, ask } : undefined;

describe("a tab", () => {
  it.each<[string, AskState, boolean]>([
    ["can be asked for", { state: "can" }, true],
    ["takes no requests", { state: "never", why: "final" }, true],
    ["no list can open", { state: "never", why: "no-list" }, true],
    ["a guard closes", { state: "never", why: "guard" }, false],
    ["is open by now", { state: "open" }, false],
  ])("in which the page of a refusal stands that %s", (_what, ask, isTold) => {
    const told = tabView.parse(toTab(tab, refusedAs(ask)));
    expect(told.refusal?.shown).toBe(isTold ? "page" : undefined);
    const covered = tabView.parse(toTab({ ...tab, url: "", unreachable: url }, refusedAs(ask)));
    expect(covered.refusal).toMatchObject({ shown: "panel", url, ask: { state: ask.state } });
  });

  it("tells rule, list, line and owner as the proxy recorded them, and nothing of groups", () => {
    const told = toTab(tab, refusedAs({ state: "can" }));
    expect(told.refusal).toMatchObject({
      rule: "R100",
      list: "deny",
      line: 3,
      owner: "情報政策課",
    });
    expect(JSON.stringify(told)).not.toContain("koho");
  });

  it("that shows something else is told without", () => {
    const other = { ...tab, url: "https://www.example/" };
    expect(toTab(other, refusedAs({ state: "can" }))).toEqual(other);
  });
});
