import { describe, expect, it } from "vitest";
import { LipSync } from "../../../orchestrator/web/viewer/lip-sync.ts";

/** The container's clock is at this when the page's is at 0. */
const apart = 1_000_000;

/** After a second of pictures, each so long on its way, from `since` on. */
function after(lateMs: number, since = 0, clock = apart): LipSync {
  const sync = new LipSync();
  for (let at = since; at < since + 1000; at += 33) sync.drawn((clock + at) >>> 0, at + lateMs);
  return sync;
}

describe("a packet that came 5 ms after the container took it is due", () => {
  const due = (sync: LipSync, at = 1000, clock = apart) => sync.dueInMs((clock + at - 5) >>> 0, at);
  const cases: Record<string, [LipSync, number]> = {
    "with its cushion where no picture was seen": [new LipSync(), 80],
    "in what the device plays ahead, where the picture takes no time": [after(0), 80],
    "with a picture that takes 40 ms": [after(40), 120],
    "with a picture on a slow line": [after(250), 330],
    "within reason, whatever the picture takes": [after(5000), 450],
    "not at once, although the container claims pictures of the future": [after(-9000), 80],
  };
  it.each(Object.entries(cases))("%s", (_sentence, [sync, expected]) =>
    expect(due(sync)).toBe(expected),
  );

  it("as before, when the container's clock of 32 bits begins anew meanwhile", () => {
    const clock = 2 ** 32 - 500;
    expect(due(after(250, 0, clock), 1000, clock)).toBe(330);
  });

  it("a little later after one late picture, and much later after many", () => {
    const sync = after(40);
    sync.drawn(apart + 1000, 1000 + 340);
    expect(due(sync)).toBe(180);
    for (let at = 1033; at < 2000; at += 33) sync.drawn(apart + at, at + 340);
    expect(due(sync, 2000)).toBeGreaterThan(410);
  });

  it("with its cushion, when no picture was drawn for a minute", () => {
    const sync = after(250);
    expect(due(sync, 50_000)).toBe(330);
    expect(due(sync, 70_000)).toBe(80);
  });
});
