import { describe, expect, test } from "vitest";
import { createInOrder } from "../../../orchestrator/web/viewer/keyboard/in-order.ts";

interface Item {
  readonly lane: "key" | "text";
  readonly name: string;
}

/** A clock that stands still until it is moved; timers run when it passes them. */
function bench(): {
  readonly sent: string[];
  readonly put: (lane: Item["lane"], name: string) => void;
  readonly pass: (ms: number) => void;
} {
  let now = 0;
  let timers: { at: number; act: () => void }[] = [];
  const sent: string[] = [];
  const put = createInOrder<Item>({
    laneOf: (item) => item.lane,
    send: (item) => void sent.push(`${item.name}@${now}`),
    now: () => now,
    later: (act, ms) => void timers.push({ at: now + ms, act }),
    gapMs: 40,
  });
  const pass = (ms: number): void => {
    now += ms;
    const due = timers.filter((timer) => timer.at <= now);
    timers = timers.filter((timer) => timer.at > now);
    for (const timer of due) timer.act();
  };
  return { sent, put: (lane, name) => put({ lane, name }), pass };
}

describe("keys and text, which travel by two sockets", () => {
  test("a run of keys never waits", () => {
    const { sent, put } = bench();
    put("key", "a");
    put("key", "b");
    expect(sent).toEqual(["a@0", "b@0"]);
  });

  test("a key after text waits until the text had its time", () => {
    const { sent, put, pass } = bench();
    put("text", "日本");
    pass(10);
    put("key", "Enter");
    expect(sent).toEqual(["日本@0"]);
    pass(30);
    expect(sent).toEqual(["日本@0", "Enter@40"]);
  });

  test("a key long after text does not wait", () => {
    const { sent, put, pass } = bench();
    put("text", "日本");
    pass(100);
    put("key", "Enter");
    expect(sent).toEqual(["日本@0", "Enter@100"]);
  });

  test("what comes after a waiting item waits behind it", () => {
    const { sent, put, pass } = bench();
    put("text", "日本");
    put("key", "Enter");
    put("key", "Tab");
    put("text", "語");
    pass(40);
    expect(sent).toEqual(["日本@0", "Enter@40", "Tab@40"]);
    pass(40);
    expect(sent).toEqual(["日本@0", "Enter@40", "Tab@40", "語@80"]);
  });
});
