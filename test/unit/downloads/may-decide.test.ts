import { describe, expect, test } from "vitest";
import type { UserId } from "../../../orchestrator/base/ids.ts";
import { mayDecide, type Person } from "../../../orchestrator/downloads/approvals/may-decide.ts";
import { originalName } from "../../../orchestrator/downloads/release/original-name.ts";

const person = (name: string, roles: readonly string[], groups: readonly string[]): Person => ({
  ...{ id: name, name, roles, groups },
});
const kacho = person("kacho", ["user", "approver"], ["zeimu"]);
const clerk = person("clerk", ["user"], ["zeimu"]);
const rules = { centralGroups: ["somu"] };
const asked = (by: string, groups: readonly string[]) => ({ requesterId: by as UserId, groups });
const standIn = (approver: Person, delegate: Person) => ({
  approver,
  delegation: {
    ...{ id: "a1", approverName: approver.name, delegateName: delegate.name, from: 0, until: 1 },
    ...{ approverId: approver.id as UserId, delegateId: delegate.id as UserId },
  },
});
const yes = { may: true, inPlaceOf: null };
const no = { may: false, why: "not-theirs" };

describe("who decides about a file", () => {
  test.each<[string, Person, ReturnType<typeof asked>, object]>([
    ["an approver of the section", kacho, asked("taro", ["zeimu"]), yes],
    ["an approver of one of several sections", kacho, asked("taro", ["doboku", "zeimu"]), yes],
    ["not an approver of another section", kacho, asked("taro", ["doboku"]), no],
    ["not a colleague without the role", clerk, asked("taro", ["zeimu"]), no],
    ["not the requester", kacho, asked("kacho", ["zeimu"]), { may: false, why: "own" }],
    [
      "an approver of a central group, for every section",
      person("s", ["approver"], ["somu"]),
      asked("taro", ["zeimu"]),
      yes,
    ],
    ["not a clerk of a central group", person("s", ["user"], ["somu"]), asked("t", ["zeimu"]), no],
    [
      "without sections, an approver without one",
      person("a", ["approver"], []),
      asked("taro", []),
      yes,
    ],
    ["not an approver of a section, for somebody without one", kacho, asked("taro", []), no],
  ])("%s", (_who, who, what, expected) => {
    expect(mayDecide(who, what, [], rules)).toEqual(expected);
  });

  test.each<[string, ReturnType<typeof asked>, readonly ReturnType<typeof standIn>[], object]>([
    [
      "what the absent approver may",
      asked("taro", ["zeimu"]),
      [standIn(kacho, clerk)],
      { may: true, inPlaceOf: "kacho" },
    ],
    [
      "not what the absent approver asks for",
      asked("kacho", ["zeimu"]),
      [standIn(kacho, clerk)],
      no,
    ],
    ["not other sections", asked("taro", ["doboku"]), [standIn(kacho, clerk)], no],
    [
      "nothing for an approver who lost the role",
      asked("taro", ["zeimu"]),
      [standIn({ ...kacho, roles: ["user"] }, clerk)],
      no,
    ],
    [
      "not their own",
      asked("clerk", ["zeimu"]),
      [standIn(kacho, clerk)],
      { may: false, why: "own" },
    ],
  ])("a stand-in: %s", (_what, what, standIns, expected) => {
    expect(mayDecide(clerk, what, standIns, rules)).toEqual(expected);
  });
});

describe("the name an approved original leaves under", () => {
  test.each([
    ["計画.jtd", "jtd", "計画.jtd"],
    ["映像.MP4", "media", "映像.MP4"],
    ["映像.exe", "media", "映像_exe.mp4"],
    ["a.tar.scr", "doc", "a_tar_scr.doc"],
    ["図面", "jww", "図面.jww"],
    ["控え.xdw", "unknown", "控え.xdw"],
    ["控え.bin", "unknown", undefined],
    ["a.exe", "executable", undefined],
    ["a.html", "html", undefined],
  ] as const)("%s of type %s is %s", (name, type, expected) => {
    expect(originalName(name, type)?.name).toBe(expected);
  });
});
