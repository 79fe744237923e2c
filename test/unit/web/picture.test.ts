import { describe, expect, it } from "vitest";
import { codecOf } from "../../../orchestrator/web/viewer/h264.ts";

describe("the codec of a video", () => {
  it("is in its first parameter set, wherever that stands", () => {
    const delimiter = [0, 0, 0, 1, 9, 0xf0];
    const parameters = [0, 0, 0, 1, 0x67, 0x42, 0xc0, 0x1f, 0xda];
    expect(codecOf(new Uint8Array([...delimiter, ...parameters]))).toBe("avc1.42c01f");
    expect(codecOf(new Uint8Array(parameters))).toBe("avc1.42c01f");
  });

  it.each<[string, number[]]>([
    ["nothing", []],
    ["a picture alone", [0, 0, 0, 1, 0x65, 1, 2, 3, 4]],
    ["a cut parameter set", [0, 0, 1, 0x67, 0x42]],
  ])("is not in %s", (_name, bytes) => {
    expect(() => codecOf(new Uint8Array(bytes))).toThrow("parameters");
  });
});
