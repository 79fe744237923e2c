import { describe, expect, test } from "vitest";
import { openingOf, tabName } from "../../../orchestrator/web/viewer/opening.ts";
import { viewSize } from "../../../orchestrator/web/viewer/view-size.ts";

const page = { name: "", innerWidth: 1280, innerHeight: 720, devicePixelRatio: 1 };
const named = (name: string) => ({ ...page, name });

describe("a viewer's address asks for", () => {
  test("nothing when it is no viewer's", () => {
    expect(["/", "/admin", "/view/"].map((path) => openingOf(path, "", page))).toEqual(
      Array(3).fill(undefined),
    );
  });

  test("the session it names", () => {
    expect(openingOf("/view/sabc", "?url=x", page)).toEqual({
      sessionId: "sabc",
      path: "/api/sessions/sabc/control",
      greeting: { type: "first-picture" },
    });
  });

  test("what cannot be decoded as it stands, so that the page can say there is no such session", () => {
    expect(openingOf("/view/%E0%A4%A", "", page)?.path).toBe(
      "/api/sessions/%25E0%25A4%25A/control",
    );
  });

  test("a new session in the size of its window, each time as a click of its own", () => {
    const [first, second] = [openingOf("/view/new", "", page), openingOf("/view/new", "", page)];
    expect(first).toMatchObject({
      path: "/api/open",
      greeting: { type: "open", size: { width: 1274, height: 621, scalePct: 100 } },
    });
    expect(first).not.toEqual(second);
  });

  test("what its query says, and not what an older click in the same tab said", () => {
    const tab = named(tabName({ key: "k1", url: "old.example" }));
    const opening = openingOf("/view/new", "?url=new.example", tab);
    expect(opening?.greeting).toMatchObject({ type: "open", url: "new.example" });
    expect(opening?.greeting).not.toMatchObject({ key: "k1" });
  });

  test.each([
    ["an address", "https://a.example/?q=市:町"],
    ["words", "住民票 取り方"],
  ])("%s typed in the portal, by the name of the tab", (_name, url) => {
    const tab = named(tabName({ key: "k-1_A", url }));
    expect(openingOf("/view/new", "", tab)?.greeting).toMatchObject({ key: "k-1_A", url });
  });

  test.each(["", "hanare-click:", "hanare-click:bad key:x", "somebody's"])(
    "nothing by a name that is no click: %s",
    (name) => {
      expect(openingOf("/view/new", "", named(name))?.greeting).not.toHaveProperty("url");
    },
  );
});

test.each([
  [100, 100, 1, { width: 320, height: 240, scalePct: 100 }],
  [1920, 1080, 1, { width: 1914, height: 981, scalePct: 100 }],
  [5120, 2880, 1, { width: 2560, height: 1440, scalePct: 100 }],
  // A frame of 4.5 pixels is drawn with 4.
  [1280, 720, 1.5, { width: 1912, height: 932, scalePct: 150 }],
  [1280, 720, 2, { width: 2548, height: 1242, scalePct: 200 }],
  // More than the largest display can show: the terminal enlarges the rest of the way.
  [1920, 1080, 2, { width: 2560, height: 1312, scalePct: 134 }],
  [3840, 2160, 2, { width: 2560, height: 1440, scalePct: 100 }],
  // Zoomed out: more fits, nothing gets smaller than the page's own pixels.
  [1600, 900, 0.8, { width: 1595, height: 802, scalePct: 100 }],
])("a window of %d×%d at %d has a display within the contract", (width, height, ratio, size) => {
  expect(viewSize(width, height, ratio)).toEqual(size);
});
