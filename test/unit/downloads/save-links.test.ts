import { Readable } from "node:stream";
import { beforeEach, describe, expect, it } from "vitest";
import type { UserId } from "../../../orchestrator/base/ids.ts";
import { SaveLinks } from "../../../orchestrator/downloads/release/save-links.ts";

const hanako = "u-hanako" as UserId;
const taro = "u-taro" as UserId;
let nowMs = 0;
let opened: string[] = [];
let links = new SaveLinks(() => nowMs);
beforeEach(() => {
  nowMs = 1_000_000;
  opened = [];
  links = new SaveLinks(() => nowMs);
});

const link = (owner: UserId, name = "a.pdf") =>
  links.make(owner, (terminal) => {
    opened.push(`${name} ${terminal}`);
    const bytes = Readable.from([]);
    return Promise.resolve({ name, mediaType: "application/pdf", sizeBytes: 0, bytes });
  });
const outcome = async (owner: UserId, token: string): Promise<string> => {
  try {
    return (await links.open(owner, token, "192.0.2.7")).name;
  } catch (error) {
    return (error as { code: string }).code;
  }
};

describe("a one-time link", () => {
  it("opens once, at the terminal that follows it", async () => {
    const { token } = link(hanako);
    expect(await outcome(hanako, token)).toBe("a.pdf");
    expect(await outcome(hanako, token)).toBe("SAVE_LINK_OVER");
    expect(opened).toEqual(["a.pdf 192.0.2.7"]);
  });

  it("opens once, however many follow it at the same time", async () => {
    const { token } = link(hanako);
    const all = await Promise.all([1, 2, 3].map(() => outcome(hanako, token)));
    expect(all.toSorted()).toEqual(["SAVE_LINK_OVER", "SAVE_LINK_OVER", "a.pdf"]);
  });

  it("opens until its time is over, and not from then on", async () => {
    const [early, late] = [link(hanako), link(hanako)];
    nowMs = early.until - 1;
    expect(await outcome(hanako, early.token)).toBe("a.pdf");
    nowMs = late.until;
    expect(await outcome(hanako, late.token)).toBe("SAVE_LINK_OVER");
  });

  it("opens for nobody else, and is not used up by their trying", async () => {
    const { token } = link(hanako);
    expect(await outcome(taro, token)).toBe("SAVE_LINK_OVER");
    expect(await outcome(hanako, token)).toBe("a.pdf");
  });

  it("is used up by a refusal, too", async () => {
    const { token } = links.make(hanako, () => Promise.reject(new Error("no longer kept")));
    await expect(links.open(hanako, token, "t")).rejects.toThrow("no longer kept");
    expect(await outcome(hanako, token)).toBe("SAVE_LINK_OVER");
  });

  it("cannot be guessed: 256 random bits each", () => {
    const tokens = Array.from({ length: 40 }, () => link(hanako).token);
    expect(new Set(tokens).size).toBe(40);
    for (const token of tokens) expect(token).toMatch(/^[\w-]{43}$/);
  });

  it("makes room for the newest of a person, at the cost of nobody else", async () => {
    const others = link(taro, "taro.pdf");
    const own = Array.from({ length: 51 }, (_, index) => link(hanako, `${index}.pdf`));
    expect(await outcome(hanako, own[0]?.token ?? "")).toBe("SAVE_LINK_OVER");
    expect(await outcome(hanako, own[1]?.token ?? "")).toBe("1.pdf");
    expect(await outcome(hanako, own[50]?.token ?? "")).toBe("50.pdf");
    expect(await outcome(taro, others.token)).toBe("taro.pdf");
  });
});
