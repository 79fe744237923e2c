import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { encodeFrame, FrameReader, FrameTooLarge } from "../../../images/wire/frame.ts";

const limit = 1000;

describe("frames", () => {
  it("come out as they went in, however the bytes are cut", () => {
    const frames = fc.array(
      fc.record({
        type: fc.integer({ min: 0, max: 255 }),
        payload: fc.uint8Array({ maxLength: 200 }),
      }),
      { maxLength: 8 },
    );
    fc.assert(
      fc.property(
        frames,
        fc.array(fc.integer({ min: 1, max: 50 }), { minLength: 1 }),
        (sent, cuts) => {
          const bytes = Buffer.concat(sent.map(({ type, payload }) => encodeFrame(type, payload)));
          const reader = new FrameReader(limit);
          const got: { type: number; payload: number[] }[] = [];
          for (let at = 0, turn = 0; at < bytes.length; turn += 1) {
            const size = cuts[turn % cuts.length] ?? 1;
            for (const frame of reader.push(bytes.subarray(at, at + size))) {
              got.push({ type: frame.type, payload: [...frame.payload] });
            }
            at += size;
          }
          expect(got).toEqual(sent.map(({ type, payload }) => ({ type, payload: [...payload] })));
          expect(reader.pendingBytes).toBe(0);
        },
      ),
    );
  });

  it("that announce more than the limit are refused before a byte of them is kept", () => {
    const reader = new FrameReader(limit);
    const header = encodeFrame(1, Buffer.alloc(0));
    header.writeUInt32BE(limit + 1, 0);
    expect(() => [...reader.push(header)]).toThrow(FrameTooLarge);
  });

  it("leave the bytes behind the last whole frame to the one who asks", () => {
    const reader = new FrameReader(limit);
    const bytes = Buffer.concat([encodeFrame(1, Buffer.from("hello")), Buffer.from("RFB 003")]);
    const [first] = reader.push(bytes);
    expect(first?.payload.toString()).toBe("hello");
    expect(reader.drain().toString()).toBe("RFB 003");
  });
});
