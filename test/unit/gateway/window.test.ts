import { describe, expect, it } from "vitest";
import type { AuditEvent } from "../../../orchestrator/audit/events.ts";
import { newSessionId } from "../../../orchestrator/base/ids.ts";
import { Window, type WindowRights } from "../../../orchestrator/gateway/window.ts";

const id = newSessionId();
const closed: WindowRights = {
  rule: "K1",
  clipboard: { in: false, out: false },
  print: false,
  upload: false,
  watermark: true,
};
const open: WindowRights = {
  ...closed,
  clipboard: { in: true, out: true, maxChars: 10 },
  print: true,
};

function scene(rights: WindowRights) {
  const audited: AuditEvent[] = [];
  let at = 1_000_000;
  const window = new Window({
    rightsOf: () => rights,
    find: () => ({
      id,
      state: "active",
      ownerId: null,
      ownerName: "hanako",
      terminal: "192.0.2.7",
      createdAt: "",
      claimedAt: null,
      expiresAt: null,
      idleMinutes: null,
      endReason: null,
      warm: false,
    }),
    audit: { write: (event) => void audited.push(event) },
    now: () => at,
  });
  return { window, audited, pass: (ms: number) => (at += ms) };
}

describe("what may pass the window", () => {
  const cases: Record<
    string,
    [WindowRights, "clipboard-in" | "clipboard-out", string | undefined, unknown]
  > = {
    "text within the limit goes in": [open, "clipboard-in", "漢字", { passes: true }],
    "text within the limit goes out": [open, "clipboard-out", "漢字", { passes: true }],
    "one character over the limit does not": [
      open,
      "clipboard-in",
      "あ".repeat(11),
      { passes: false, held: "too-long" },
    ],
    "what is no text does not go out": [
      open,
      "clipboard-out",
      undefined,
      { passes: false, held: "not-text" },
    ],
    "nothing goes in where the policy is closed, and the person hears why": [
      closed,
      "clipboard-in",
      "a",
      { passes: false, held: "off" },
    ],
    "nothing goes out where the policy is closed, and nobody is told of copies inside": [
      closed,
      "clipboard-out",
      "a",
      { passes: false },
    ],
  };
  for (const [sentence, [rights, way, text, answer]] of Object.entries(cases)) {
    it(sentence, () => {
      expect(scene(rights).window.clipboard(id, way, text)).toEqual(answer);
    });
  }

  it("thirty times a minute and not more; the flood is told once, and over after a minute", () => {
    const { window, audited, pass } = scene(open);
    for (let n = 0; n < 30; n += 1) window.clipboard(id, "clipboard-out", "a");
    expect(window.clipboard(id, "clipboard-out", "a")).toEqual({
      passes: false,
      held: "too-often",
    });
    for (let n = 0; n < 1000; n += 1)
      expect(window.clipboard(id, "clipboard-out", "a")).toEqual({ passes: false });
    expect(audited).toHaveLength(31);
    expect(window.clipboard(id, "clipboard-in", "a")).toEqual({ passes: true });
    pass(60_001);
    expect(window.clipboard(id, "clipboard-out", "a")).toEqual({ passes: true });
  });

  it("is on record with person, terminal, rule and length, and never with the text", () => {
    const { window, audited } = scene(open);
    window.clipboard(id, "clipboard-in", "ひみつ");
    window.clipboard(id, "clipboard-in", "ひみつ".repeat(9));
    expect(audited).toMatchObject([
      { action: "clipboard-in", outcome: "success", userName: "hanako", terminal: "192.0.2.7" },
      { action: "clipboard-in", outcome: "refused", reason: "too-long" },
    ]);
    expect(audited[0]?.details).toEqual({ rule: "K1", characters: 3 });
    expect(JSON.stringify(audited)).not.toContain("ひみつ");
  });

  it("no file leaves the terminal where the policy is closed", () => {
    expect(scene(closed).window.upload(id)).toMatchObject({
      passes: false,
      held: "off",
      rule: "K1",
    });
    // Nobody has to ask for the rule about マイナンバー.
    expect(scene({ ...closed, upload: true }).window.upload(id)).toEqual({
      passes: true,
      rule: "K1",
      rules: { myNumber: "block", keywords: [], onKeyword: "block", profile: "original" },
    });
  });

  it("a page that asks for files without end is not heard for the rest of the minute", () => {
    const { window } = scene({ ...closed, upload: true });
    const answers = Array.from({ length: 40 }, () => window.mayAsk(id).passes);
    expect(answers.filter((passes) => passes)).toHaveLength(30);
    expect(scene(closed).window.mayAsk(id)).toEqual({ passes: false, held: "off" });
  });

  it("and so is printing, with the address", () => {
    const { window, audited } = scene(open);
    expect(window.print(id, "https://www.example.jp/")).toEqual({ passes: true });
    expect(audited[0]).toMatchObject({ action: "print", target: "https://www.example.jp/" });
    expect(scene(closed).window.print(id, "")).toEqual({ passes: false, held: "off" });
  });
});

describe("what the page is told of its window", () => {
  it("is closed where the policy is, with person, terminal and the place of the time", () => {
    expect(scene(closed).window.view(id)).toEqual({
      clipboardIn: false,
      clipboardOut: false,
      print: false,
      upload: false,
      watermark: "hanako  192.0.2.7  {time}",
      hideOnBlur: false,
      sound: false,
    });
  });

  it("follows the policy's own template", () => {
    const { window } = scene({
      ...open,
      watermarkText: "持出禁止 {user} {other}",
      hideOnBlur: true,
      sound: true,
    });
    expect(window.view(id)).toMatchObject({
      watermark: "持出禁止 hanako {other}",
      hideOnBlur: true,
      sound: true,
    });
  });
});

describe("a page that wants to be printed", () => {
  it("is heard three times a minute, however often it asks", () => {
    const { window, pass } = scene(open);
    const answers = Array.from({ length: 50 }, () => window.mayPrintItself(id).passes);
    expect(answers.filter(Boolean)).toHaveLength(3);
    pass(60_001);
    expect(window.mayPrintItself(id)).toEqual({ passes: true });
  });

  it("is not printed where the policy lets nobody print, and the person hears why three times a minute", () => {
    const { window } = scene(closed);
    const answers = Array.from({ length: 50 }, () => window.mayPrintItself(id));
    expect(answers.slice(0, 3)).toEqual(Array(3).fill({ passes: false, held: "off" }));
    expect(answers.slice(3)).toEqual(Array(47).fill({ passes: false }));
  });

  it("takes nothing from what the person may print", () => {
    const { window } = scene(open);
    for (let n = 0; n < 50; n += 1) window.mayPrintItself(id);
    expect(window.print(id, "https://a.example/")).toEqual({ passes: true });
  });
});
