import { describe, expect, test } from "vitest";
import { FrameReader, FrameTooLarge, encodeJsonFrame } from "../../../images/wire/frame.ts";
import {
  contradiction,
  sandboxFrameLimitBytes,
  sandboxJob,
  sandboxResult,
  type SandboxResult,
} from "../../../images/wire/sandbox.ts";
import { defaultSandboxLimits } from "../../../images/wire/sandbox-limits.ts";

const result: SandboxResult = {
  contentType: "png",
  verdict: "sanitized",
  reason: "rebuilt",
  removed: [{ class: "metadata", count: 1 }],
  warnings: [],
  members: [],
  memberCount: 0,
  output: { type: "png", bytes: 10 },
  asIs: null,
  objects: [],
  rule: null,
};

describe("a box's result", () => {
  test("passes when it is whole", () => {
    expect(contradiction(sandboxResult.parse(result))).toBeUndefined();
  });

  test.each<readonly [string, object]>([
    ["a verdict of its own words", { verdict: "fine" }],
    ["a reason of its own words", { reason: "<b>fine</b>" }],
    ["a content type of its own words", { contentType: "text/html" }],
    ["an output type that never leaves", { output: { type: "exe", bytes: 1 } }],
    ["a negative size", { output: { type: "png", bytes: -1 } }],
    ["a class of its own", { removed: [{ class: "x", count: 1 }] }],
    [
      "a member name without end",
      { members: [{ name: "x".repeat(513), sizeBytes: 1, encrypted: false }] },
    ],
    ["a field more", { extra: 1 }],
  ])("with %s is refused", (_what, change) => {
    expect(sandboxResult.safeParse({ ...result, ...change }).success).toBe(false);
  });

  test.each<readonly [string, Partial<SandboxResult>]>([
    ["sanitized without output", { output: null }],
    ["blocked with output", { verdict: "blocked" }],
    ["released as is with output", { verdict: "released_as_is", asIs: "text" }],
    ["released as is without saying as what", { verdict: "released_as_is", output: null }],
    ["infected by no rule", { verdict: "infected", output: null }],
    ["held, yet as is", { verdict: "needs_approval", output: null, asIs: "text" }],
  ])("that is %s contradicts itself", (_what, change) => {
    expect(contradiction({ ...result, ...change })).toBeDefined();
  });
});

test("a job names at most a kilobyte and carries every limit", () => {
  const job = {
    version: 2,
    name: "a.pdf",
    sizeBytes: 1,
    passwords: [],
    limits: defaultSandboxLimits,
  };
  expect(sandboxJob.safeParse(job).success).toBe(true);
  expect(sandboxJob.safeParse({ ...job, name: "x".repeat(1025) }).success).toBe(false);
  expect(sandboxJob.safeParse({ ...job, limits: {} }).success).toBe(false);
});

test("a frame longer than the limit is refused by its first five bytes", () => {
  const reader = new FrameReader(sandboxFrameLimitBytes);
  const head = Buffer.alloc(5);
  head.writeUInt32BE(sandboxFrameLimitBytes + 1);
  expect(() => [...reader.push(head)]).toThrow(FrameTooLarge);
  expect([...new FrameReader(sandboxFrameLimitBytes).push(encodeJsonFrame(1, {}))]).toHaveLength(1);
});
