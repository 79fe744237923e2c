import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseSound, soundFrameLimitBytes, UnfitSound } from "../../../images/wire/sound.ts";

/** CELT, fullband, 20 ms, stereo, one frame (RFC 6716, table 2). */
const usual = 0b11111_1_00;
const packet = (first: number, ...rest: number[]) =>
  Uint8Array.from([0, 0, 1, 2, 0, 0, 3, 4, first, ...rest]);

describe("a packet of sound", () => {
  it("has a number and a time, and is one frame of 20 ms", () => {
    expect(parseSound(packet(usual, 7, 8))).toEqual({
      sequence: 258,
      takenAtMs: 772,
      data: Uint8Array.from([usual, 7, 8]),
    });
  });

  // The 32 configurations of RFC 6716, table 2; which of them last 20 ms.
  const of20Ms = [1, 5, 9, 13, 15, 19, 23, 27, 31];
  it.each(Array.from({ length: 32 }, (_, at) => at))("of configuration %d", (configuration) => {
    const parse = () => parseSound(packet(configuration << 3, 1));
    if (of20Ms.includes(configuration)) expect(parse().data.length).toBe(2);
    else expect(parse).toThrow(UnfitSound);
  });

  it.each<[string, Uint8Array]>([
    ["nothing", new Uint8Array()],
    ["a number and a time alone", packet(usual).subarray(0, 8)],
    ["two frames in one", packet(usual | 1, 1)],
    ["any number of frames", packet(usual | 3, 48, 1)],
    ["more than a frame can have", packet(usual, ...Array<number>(1276).fill(1))],
  ])("is not %s", (_name, bytes) => {
    expect(() => parseSound(bytes)).toThrow(UnfitSound);
  });

  it("is parsed or refused, whatever comes", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 1500 }), (bytes) => {
        try {
          const { data } = parseSound(bytes);
          return data.length + 8 === bytes.length && bytes.length <= soundFrameLimitBytes;
        } catch (error) {
          return error instanceof UnfitSound;
        }
      }),
    );
  });
});
