import { describe, expect, test } from "vitest";
import { handedClick } from "../../../orchestrator/web/viewer/handed-click.ts";
import { tabName } from "../../../orchestrator/web/viewer/opening.ts";

const now = 1_800_000_000_000;
const name = tabName({ key: "k-1", url: "https://a.example/?q=市/町" });

describe("what lies in storage for a new tab", () => {
  test.each([0, 1, 9999])("is its name when %i ms old", (age) => {
    expect(handedClick(`${now - age}/${name}`, now)).toBe(name);
  });

  test.each([
    ["too old", `${now - 10_000}/${name}`],
    ["from the future", `${now + 1}/${name}`],
    ["without a time", name],
    ["no click", `${now}/somebody's`],
    ["with a bad key", `${now}/hanare-click:bad key:x`],
    ["empty", ""],
  ])("is nothing when it is %s", (_case, stored) => {
    expect(handedClick(stored, now)).toBeNull();
  });
});
