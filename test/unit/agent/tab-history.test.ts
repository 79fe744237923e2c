import { describe, expect, it } from "vitest";
import {
  entryAt,
  nearestPlaces,
  readHistory,
  whereNow,
} from "../../../images/browser/agent/tab-history.ts";

const history = (current: number, ...urls: string[]) =>
  readHistory({
    currentIndex: current,
    entries: urls.map((url, at) => ({ id: 100 + at, url, title: url.startsWith("a") ? "" : url })),
  });
const blank = "about:blank";

describe("a tab's history", () => {
  it("does not show the empty page that a tab begins with, and shows another one", () => {
    const places = nearestPlaces(history(2, blank, "x", "y", blank));
    expect(places).toEqual([
      { title: "x", step: -1 },
      { title: "y", step: 0 },
      { title: blank, step: 1 },
    ]);
    expect(whereNow(history(1, blank, "x"))).toEqual({
      title: "x",
      canGoBack: false,
      canGoForward: false,
    });
    expect(whereNow(history(1, "w", "x", "y"))).toMatchObject({
      canGoBack: true,
      canGoForward: true,
    });
  });

  it("shows the twenty places around where the tab is", () => {
    const many = Array.from({ length: 60 }, (_, at) => `p${at}`);
    expect(nearestPlaces(history(30, ...many)).map(({ step }) => step)).toEqual(
      Array.from({ length: 20 }, (_, at) => at - 10),
    );
    expect(nearestPlaces(history(59, ...many)).at(-1)).toEqual({ title: "p59", step: 0 });
    expect(nearestPlaces(history(0, ...many)).at(0)).toEqual({ title: "p0", step: 0 });
  });

  it("leads nowhere beyond its ends, nor to the first empty page", () => {
    const here = history(1, blank, "x", "y");
    expect([-1, 0, 1, 2].map((step) => entryAt(here, step))).toEqual([
      undefined,
      101,
      102,
      undefined,
    ]);
  });

  it("is empty for an answer that is none", () => {
    const none = readHistory({ entries: "all", currentIndex: "first" });
    expect(nearestPlaces(none)).toEqual([]);
    expect(entryAt(none, 0)).toBeUndefined();
  });
});
