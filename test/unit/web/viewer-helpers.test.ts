import { describe, expect, test } from "vitest";
import {
  auditAddress,
  auditSearch,
  noFilters,
  readFilters,
} from "../../../orchestrator/web/admin/audit-query.ts";
import {
  cleanTyped,
  displayAddress,
  hostOf,
  splitAtHost,
  schemeOf,
} from "../../../orchestrator/web/base/address.ts";
import { autoReceive, initialReceiveState } from "../../../orchestrator/web/viewer/auto-receive.ts";
import { backOffMs } from "../../../orchestrator/web/viewer/back-off.ts";
import { stepsOf } from "../../../orchestrator/web/viewer/download-steps.ts";
import { startPathOf } from "../../../orchestrator/web/viewer/opening.ts";
import { refusalText } from "../../../orchestrator/web/viewer/refusal.ts";

describe("the address bar shows", () => {
  const cases: Record<string, [string, string]> = {
    "nothing for an empty tab": ["about:blank", ""],
    "the origin without its lone slash": [
      "https://www.example.lg.jp/",
      "https://www.example.lg.jp",
    ],
    "a Japanese path as it is read": [
      "https://a.example/%E7%B5%84%E7%B9%94/?q=%E5%B8%82",
      "https://a.example/組織/?q=市",
    ],
    "escapes that are not UTF-8 as they are": [
      "https://a.example/%8E%73",
      "https://a.example/%8E%73",
    ],
    "hidden and reordering characters as escapes": [
      "https://a.example/%E2%80%AEfdp.exe%E3%80%80x",
      "https://a.example/%E2%80%AEfdp.exe%E3%80%80x",
    ],
    "escaped ASCII, which may mean something else decoded, as it is": [
      "https://a.example/a%2Fb%20c",
      "https://a.example/a%2Fb%20c",
    ],
    "a punycode host as it is sent": [
      "https://xn--eckwd4c7c.example/",
      "https://xn--eckwd4c7c.example",
    ],
  };
  for (const [sentence, [url, shown]] of Object.entries(cases)) {
    test(sentence, () => expect(displayAddress(url)).toBe(shown));
  }

  test("the host without what a sender put before it", () => {
    expect(hostOf("https://www.bank.example@evil.example/login")).toBe("evil.example");
  });

  test("stands out with its port, and never what is written before an @", () => {
    expect(splitAtHost("https://www.bank.example@evil.example:444/a?b")).toEqual([
      "https://www.bank.example@",
      "evil.example:444",
      "/a?b",
    ]);
    expect(splitAtHost("https://xn--wgv71a119e.jp")).toEqual(["https://", "xn--wgv71a119e.jp", ""]);
    expect(splitAtHost("言葉")).toEqual(["", "", "言葉"]);
  });

  test("a lock for https only", () => {
    expect([
      schemeOf("https://a.example"),
      schemeOf("http://a.example"),
      schemeOf("about:blank"),
    ]).toEqual(["secure", "plain", "none"]);
  });
});

describe("what was typed", () => {
  test("goes to the start page whole, whatever it holds", () => {
    const path = startPathOf(" 総務省 a&b#c ");
    expect(new URLSearchParams(path.split("?")[1]).get("url")).toBe("総務省 a&b#c");
  });
  test("and nothing typed is no address at all", () => expect(startPathOf("  ")).toBe("/view/new"));
  test("loses the line breaks that a paste brought", () =>
    expect(cleanTyped(" https://a.example/\r\nb ")).toBe("https://a.example/b"));
});

describe("why an address was refused", () => {
  const cases: Record<string, [string, string, string]> = {
    "a rule of the site": ["R200", "rule", "refusal.rule"],
    "the default denial": ["default", "default", "refusal.default"],
    "an internal address": ["guard.deny_ip", "site-range", "refusal.guard.deny_ip"],
    "a port": ["guard.port", "port-not-allowed", "refusal.guard.port"],
    "a guard named in the reason only": ["R1", "guard.sni", "refusal.guard.sni"],
    "a guard of a newer proxy": ["guard.moonphase", "x", "refusal.unknown"],
    "no rule at all": ["", "", "refusal.unknown"],
    "a name that only looks like a text": ["guard.constructor", "", "refusal.unknown"],
  };
  for (const [sentence, [rule, reason, name]] of Object.entries(cases)) {
    test(sentence, () => expect(refusalText({ rule, reason })).toBe(name));
  }
});

describe("a released file is fetched by itself", () => {
  const file = (id: string, releasable: boolean): { id: string; releasable: boolean } => ({
    id,
    releasable,
  });
  const run = (
    ...lists: { id: string; releasable: boolean }[][]
  ): { fetched: string[][]; started: boolean[] } => {
    let state = initialReceiveState;
    const fetched: string[][] = [];
    const started: boolean[] = [];
    for (const list of lists) {
      const step = autoReceive(state, list);
      state = step.state;
      fetched.push([...step.fetch]);
      started.push(step.started);
    }
    return { fetched, started };
  };

  test("once, when it becomes releasable", () => {
    expect(run([], [file("a", false)], [file("a", true)], [file("a", true)])).toEqual({
      fetched: [[], [], ["a"], []],
      started: [false, true, false, false],
    });
  });
  test("also when it is first seen released after the first list", () => {
    expect(run([], [file("a", true)]).fetched).toEqual([[], ["a"]]);
  });
  test("but not when it was released before the page opened", () => {
    expect(run([file("a", true)], [file("a", true)]).fetched).toEqual([[], []]);
  });
  test("and one that was under way when the page opened still comes", () => {
    expect(run([file("a", false)], [file("a", true)]).fetched).toEqual([[], ["a"]]);
  });
  test("never when it is not released", () => {
    expect(run([], [file("a", false)], [file("a", false)]).fetched.flat()).toEqual([]);
  });
});

describe("the steps of a download", () => {
  test("while it is sanitized", () => {
    expect(stepsOf({ stage: "sanitizing" }).map((step) => step.state)).toEqual([
      "finished",
      "finished",
      "current",
      "waiting",
    ]);
  });
  test("an infected file never reached the sanitizer", () => {
    expect(stepsOf({ stage: "done", verdict: "infected" }).map((step) => step.state)).toEqual([
      "finished",
      "finished",
      "skipped",
      "finished",
    ]);
  });
  test("a sanitized one went all the way", () => {
    expect(
      stepsOf({ stage: "done", verdict: "sanitized" }).every((step) => step.state === "finished"),
    ).toBe(true);
  });
});

test("connecting again starts at 0.3 s and never waits longer than 2 s", () => {
  expect([0, 1, 2, 3, 4, 5, 50].map(backOffMs)).toEqual([300, 450, 675, 1013, 1519, 2000, 2000]);
});

describe("the audit filters", () => {
  test("leave out what is empty", () => expect(auditSearch(noFilters)).toBe(""));
  test("go out as the contract names them, the end minute included", () => {
    const search = new URLSearchParams(
      auditSearch(
        {
          ...noFilters,
          from: "2026-04-01T08:30",
          to: "2026-04-01T17:15",
          user: " yamada ",
          action: "release",
          outcome: "success",
          q: "議事録",
        },
        { before: 42, limit: 100 },
      ),
    );
    expect(Object.fromEntries(search)).toEqual({
      from: new Date("2026-04-01T08:30:00").toISOString(),
      to: new Date("2026-04-01T17:15:59.999").toISOString(),
      user: "yamada",
      action: "release",
      outcome: "success",
      q: "議事録",
      before: "42",
      limit: "100",
    });
  });
  test("stand in the page's address as they were typed, and come back from there", () => {
    const typed = {
      ...noFilters,
      from: "2026-04-01T08:30",
      section: "税務課",
      host: "a.example.jp",
    };
    const address = new URL(auditAddress(typed), "https://portal.example");
    expect(address.pathname).toBe("/admin/audit");
    expect(readFilters(address.search)).toEqual(typed);
    expect(auditAddress(noFilters)).toBe("/admin/audit");
    expect(readFilters("?strange=1&user=a")).toEqual({ ...noFilters, user: "a" });
  });
});
