import { describe, expect, it } from "vitest";
import { TabPlaces } from "../../../images/browser/agent/tab-places.ts";

function strip(...targets: readonly string[]): TabPlaces {
  const places = new TabPlaces();
  for (const each of targets) places.add(each);
  return places;
}

describe("places in the tab strip", () => {
  it("puts a tab beside the one that opened it, others at the end", () => {
    const places = strip("a", "b");
    places.add("c", "a");
    places.add("d", "gone");
    expect(places.all).toEqual(["a", "c", "b", "d"]);
  });

  const moves: readonly (readonly [string, number, readonly string[]])[] = [
    ["a", 2, ["b", "c", "a"]],
    ["c", 0, ["c", "a", "b"]],
    ["b", 64, ["a", "c", "b"]],
    ["x", 0, ["a", "b", "c"]],
  ];
  for (const [target, to, after] of moves)
    it(`moves ${target} to ${to}`, () => {
      const places = strip("a", "b", "c");
      places.move(target, to);
      expect(places.all).toEqual(after);
    });

  it("remembers ten closed pages, the latest first, and no empty ones", () => {
    const places = strip();
    places.remove("x", "about:blank");
    for (let n = 0; n < 12; n += 1) places.remove(`t${n}`, `https://www.example.jp/${n}`);
    const taken = Array.from({ length: 11 }, () => places.takeClosed());
    expect(taken[0]).toBe("https://www.example.jp/11");
    expect(taken[9]).toBe("https://www.example.jp/2");
    expect(taken[10]).toBeUndefined();
  });
});
