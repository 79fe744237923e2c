/** The page of a refusal: what it tells, what it offers, and that it can do nothing by itself. */
import { describe, expect, it } from "vitest";
import { blockPage, pageHeaders } from "../../../proxy/block-page.ts";
import type { Refusal } from "../../../proxy/refusal.ts";

const page = (refusal: Partial<Refusal>) =>
  blockPage({
    refusal: { rule: "R100", reason: "rule", status: 403, ...refusal },
    host: "www.example.jp",
    at: new Date("2026-04-01T00:00:00Z"),
    requestId: "qAAAAAAAAAAAA",
  });

describe("the block page", () => {
  it("says which rule, which list and line, who maintains it, and its reference", () => {
    const text = page({ ruleName: "遮断リスト", list: "deny", line: 12, owner: "情報政策課" });
    for (const part of ["R100 遮断リスト", "deny:12", "情報政策課", "qAAAAAAAAAAAA"])
      expect(text).toContain(`<dd>${part}</dd>`);
  });

  it.each<[string, Partial<Refusal>, string]>([
    ["a rule", {}, "「利用を申請」から申請できます"],
    ["the default", { rule: "default", reason: "default" }, "「利用を申請」から申請できます"],
    ["a rule without appeal", { final: true }, "この規則は申請の対象外です"],
    ["a guard", { rule: "guard.deny_ip" }, "申請しても開けません"],
    ["a site that cannot be reached", { rule: "upstream" }, "続くときは"],
  ])("tells for %s whether it can be asked for", (_what, refusal, words) => {
    const ways = ["「利用を申請」から", "対象外", "申請しても開けません", "続くときは"];
    const text = page(refusal);
    expect(text).toContain(words);
    expect(ways.filter((way) => text.includes(way))).toHaveLength(1);
  });

  it("names the rules that were passed over, folded away, and counts those of others", () => {
    const rules = [
      { rule: "R010", ruleName: "<b>遮断</b>", why: "host" },
      { rule: "R020", why: "report-only" },
    ] as const;
    const text = page({ passed: () => ({ rules, others: 3 }) });
    expect(text).toMatch(/<details><summary>.*<\/summary><ol>/);
    expect(text).toContain(
      "<li>R010 &#60;b&#62;遮断&#60;/b&#62;: 接続先が載っていない / host not listed</li>",
    );
    expect(text).toContain("R020: 一致（試行中のため働かない）");
    expect(text).toContain("ほかに 3 件");
    expect(page({ passed: () => ({ rules: [], others: 0 }) })).not.toContain("<details>");
  });

  it("has nothing to send or run, whatever the texts in it", () => {
    const hostile = '"><script>alert(1)</script><form action=//evil><a href=//evil>';
    const text = page({ ruleName: hostile, owner: hostile, message: hostile, list: hostile });
    expect(text).not.toMatch(/<(?:script|form|a|button|input|img|iframe|link|meta http)/i);
    expect(pageHeaders.join()).toContain("default-src 'none'");
    expect(pageHeaders.join()).toContain("form-action 'none'");
  });
});
