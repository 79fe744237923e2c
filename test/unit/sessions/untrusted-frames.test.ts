/**
 * What a session container may say, under mutation: 120,000 frames made from true ones by flipping,
 * cutting, repeating and inserting bytes and by changing fields, through the reader and the parsers that
 * the orchestrator uses. Each is understood or refused as WIRE_PROTOCOL or FrameTooLarge; nothing else
 * is ever thrown, and what waits in memory stays below one frame's limit in few pieces.
 */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  controlFrameLimitBytes,
  type FromAgent,
  frameType,
  fromAgent,
  type Hello,
  hello,
  wireVersion,
} from "../../../images/wire/control.ts";
import {
  encodeFrame,
  encodeJsonFrame,
  type Frame,
  FrameReader,
  FrameTooLarge,
} from "../../../images/wire/frame.ts";
import { isAppError } from "../../../orchestrator/base/errors.ts";
import { readHello, readMessage } from "../../../orchestrator/sessions/untrusted-frames.ts";

const tab = {
  id: 1,
  title: "訓練用サイト",
  url: "http://kunren.hanare.internal/",
  loading: false,
  canGoBack: false,
  canGoForward: true,
};
const receiving = {
  type: "receiving",
  guid: "4f1c-77",
  name: "議事録.docx",
  url: "https://www.example.lg.jp/a",
  receivedBytes: 10,
  totalBytes: 20,
  state: "in-progress",
} as const;
const truths: readonly { type: number; value: FromAgent | Hello }[] = [
  { type: frameType.message, value: { type: "ready" } },
  { type: frameType.message, value: { type: "tabs", tabs: [tab, { ...tab, id: 2 }], active: 2 } },
  { type: frameType.message, value: { type: "navigated", tab: 1, url: "https://例え.jp/𠮷" } },
  { type: frameType.message, value: receiving },
  { type: frameType.message, value: { type: "pong", nonce: 7 } },
  { type: frameType.hello, value: { kind: "control", version: wireVersion, browser: "Chrome/1" } },
  { type: frameType.hello, value: { kind: "picture", stream: "aaaaaaaaaaaa" } },
  { type: frameType.hello, value: { kind: "download", name: "a.pdf", url: "", size: 3 } },
];

const odd = fc.constantFrom<unknown>(
  ...[null, true, -1, 0.5, 1e308, 2 ** 53, "", "x".repeat(9000), "\ud800", "\u0000"],
  ...[[], {}, [[[[]]]], Array(65).fill(tab), { toString: 1 }],
);

/** A true value with one field replaced, dropped, or one more added, `__proto__` among the names. */
const bentValue = fc
  .tuple(
    fc.constantFrom(...truths),
    fc.constantFrom("replace", "drop", "add"),
    fc.nat(),
    odd,
    fc.constantFrom("__proto__", "constructor", "type", "kind", "x"),
  )
  .map(([{ type, value }, how, at, other, name]) => {
    const entries = Object.entries(value);
    const index = at % entries.length;
    const key = entries[index]?.[0] ?? "";
    const bent = entries.filter((_, each) => how !== "drop" || each !== index);
    if (how === "replace") bent[index] = [key, other];
    const text = bent.map(([field, held]) => `${JSON.stringify(field)}:${JSON.stringify(held)}`);
    if (how === "add") text.push(`${JSON.stringify(name)}:${JSON.stringify(other)}`);
    return encodeFrame(type, Buffer.from(`{${text.join(",")}}`));
  });

/** A true frame with bytes changed, header included. */
const bentBytes = fc
  .tuple(
    fc.constantFrom(...truths),
    fc.array(fc.tuple(fc.constantFrom("flip", "cut", "insert", "repeat"), fc.nat(), fc.nat(255)), {
      minLength: 1,
      maxLength: 4,
    }),
  )
  .map(([{ type, value }, changes]) =>
    changes.reduce(
      (bytes, [how, where, byte]) => {
        if (bytes.length === 0) return bytes;
        const at = where % bytes.length;
        const [before, after] = [bytes.subarray(0, at), bytes.subarray(at)];
        if (how === "cut") return Buffer.concat([before, after.subarray(1 + (byte % 9))]);
        if (how === "insert")
          return Buffer.concat([before, Buffer.alloc(1 + (byte % 9), byte), after]);
        if (how === "repeat") return Buffer.concat([before, after.subarray(0, byte), after]);
        const flipped = Buffer.from(bytes);
        flipped[at] = byte;
        return flipped;
      },
      encodeJsonFrame(type, value),
    ),
  );

const nonsense = fc
  .tuple(fc.nat(255), fc.uint8Array({ maxLength: 64 }))
  .map(([type, payload]) => encodeFrame(type, payload));

const deep = fc
  .tuple(fc.constantFrom("[", '{"a":'), fc.integer({ min: 100, max: 20_000 }))
  .map(([opening, levels]) => encodeFrame(frameType.message, Buffer.from(opening.repeat(levels))));

const frame = fc.oneof(
  { weight: 50, arbitrary: bentBytes },
  { weight: 40, arbitrary: bentValue },
  { weight: 9, arbitrary: nonsense },
  { weight: 1, arbitrary: deep },
);

type Outcome = "refused" | "too large" | "understood";

function outcomeOf(read: (frame: Frame) => unknown, each: Frame): Outcome {
  try {
    read(each);
    return "understood";
  } catch (error) {
    if (isAppError(error, "WIRE_PROTOCOL")) return "refused";
    throw error;
  }
}

/** One container's bytes through a reader of its own, cut as the network might. */
function hear(bytes: Buffer, cut: number, count: Record<Outcome, number>): void {
  const reader = new FrameReader(controlFrameLimitBytes);
  try {
    for (let at = 0; at < bytes.length; at += cut)
      for (const each of reader.push(bytes.subarray(at, at + cut))) {
        const read = each.type === frameType.hello ? readHello : readMessage;
        count[outcomeOf(read, each)] += 1;
      }
  } catch (error) {
    if (!(error instanceof FrameTooLarge)) throw error;
    count["too large"] += 1;
  }
  expect(reader.pendingBytes).toBeLessThanOrEqual(controlFrameLimitBytes + cut + 5);
  expect(reader.pendingChunks).toBeLessThan(64);
}

describe("frames from a session container", () => {
  it("under 120,000 mutations are understood or refused, and nothing else happens", () => {
    const count = { refused: 0, "too large": 0, understood: 0 };
    let frames = 0;
    fc.assert(
      fc.property(
        fc.array(frame, { minLength: 100, maxLength: 100 }),
        fc.integer({ min: 1, max: 4096 }),
        (sent, cut) => {
          frames += sent.length;
          // Each on its own, so that one wrong length does not swallow its followers; then all in a row.
          for (const each of sent) hear(each, cut, count);
          hear(Buffer.concat(sent), cut, count);
        },
      ),
      { numRuns: 1200, endOnFailure: true },
    );
    expect(frames).toBeGreaterThanOrEqual(120_000);
    // The mutations reach past the first check, and past the last.
    expect(Math.min(count.refused, count["too large"], count.understood)).toBeGreaterThan(1000);
  }, 120_000);

  it("true ones are understood as they are", () => {
    for (const { type, value } of truths) {
      const [only] = new FrameReader(controlFrameLimitBytes).push(encodeJsonFrame(type, value));
      if (!only) throw new Error("no frame");
      expect(type === frameType.hello ? readHello(only) : readMessage(only)).toEqual(value);
    }
  });

  it.each<[string, Frame]>([
    ["invalid UTF-8 in a title", { type: 2, payload: Buffer.from([0x22, 0xc3, 0x28, 0x22]) }],
    ["a message under another frame type", { type: 3, payload: Buffer.from('{"type":"ready"}') }],
    ["a byte order mark before it", { type: 2, payload: Buffer.from('\ufeff{"type":"ready"}') }],
    ["a prototype", { type: 2, payload: Buffer.from('{"__proto__":{},"type":"ready"}') }],
    ["20,000 levels", { type: 2, payload: Buffer.from("[".repeat(20_000)) }],
  ])("%s is refused", (_name, each) => {
    expect(outcomeOf(readMessage, each)).toBe("refused");
  });

  it("one frame sent byte by byte waits in few pieces", () => {
    const bytes = encodeFrame(frameType.message, Buffer.alloc(100_000, 0x20));
    const reader = new FrameReader(controlFrameLimitBytes);
    let pieces = 0;
    for (let at = 0; at < bytes.length - 1; at += 1) {
      for (const _ of reader.push(bytes.subarray(at, at + 1))) throw new Error("too early");
      pieces = Math.max(pieces, reader.pendingChunks);
    }
    expect(pieces).toBeLessThan(32);
    expect([...reader.push(bytes.subarray(-1))]).toHaveLength(1);
  });

  it("what the parsers return is exactly what the schemas describe", () => {
    fc.assert(
      fc.property(frame, (bytes) => {
        const reader = new FrameReader(controlFrameLimitBytes);
        const frames = ((): Frame[] => {
          try {
            return [...reader.push(bytes)];
          } catch {
            return [];
          }
        })();
        for (const each of frames) {
          if (outcomeOf(readMessage, each) === "understood")
            expect(fromAgent.safeParse(readMessage(each)).success).toBe(true);
          if (outcomeOf(readHello, each) === "understood")
            expect(hello.safeParse(readHello(each)).success).toBe(true);
        }
      }),
      { numRuns: 2000 },
    );
  });
});
