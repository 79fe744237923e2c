import { expect, it } from "vitest";
import { type RightsFacts, toGroups } from "../../../orchestrator/http/rights-views.ts";

const rights: RightsFacts = {
  ...{ session: true, download: true, upload: false, print: false, watermark: true, rule: "R1" },
  clipboard: { in: true, out: false },
};

it("groups are those of people and those of the policy, each once, with what somebody in it alone may do", () => {
  const asked: (readonly string[])[] = [];
  const groups = toGroups([{ groups: ["zeimu", "zeimu"] }, { groups: ["zeimu", "soumu"] }], {
    named: () => ["soumu", "kikaku"],
    of: (names) => {
      asked.push(names);
      return rights;
    },
  });
  expect(groups.map(({ name, people, inPolicy }) => [name, people, inPolicy])).toEqual([
    ["kikaku", 0, true],
    ["soumu", 1, true],
    ["zeimu", 2, false],
  ]);
  expect(asked).toEqual([["kikaku"], ["soumu"], ["zeimu"]]);
  expect(groups[0]?.rights).toMatchObject({ clipboardIn: true, clipboardOut: false, sound: false });
});
