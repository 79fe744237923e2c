import { describe, expect, it } from "vitest";
import { mostCsvUsers, readUserTable } from "../../../orchestrator/identity/user-csv.ts";
import { decodeTable } from "../../../orchestrator/web/admin/decode-table.ts";
import { passwordsCsv } from "../../../orchestrator/web/admin/passwords-csv.ts";

const read = (text: string) => {
  const table = readUserTable(text);
  if (table.outcome === "unreadable") throw new Error(table.reason);
  return table.users;
};

describe("a table of new accounts", () => {
  it("is read as Excel saves it: BOM, Japanese titles, quoted cells, CRLF", () => {
    const text =
      '\uFEFF利用者名,氏名,役割,グループ\r\nＨanako,"花子 ""はな""","一般利用者、監査担当",総務;広報\r\n';
    expect(read(text)).toEqual([
      {
        ...{ line: 2, name: "hanako", displayName: '花子 "はな"' },
        ...{ roles: ["user", "auditor"], groups: ["総務", "広報"] },
      },
    ]);
  });

  it("may have its columns in any order, in English, between tabs, and without roles", () => {
    expect(read("Group\tFull name\tName\nsoumu\tTaro\ttaro\n")).toEqual([
      { line: 2, name: "taro", displayName: "Taro", roles: ["user"], groups: ["soumu"] },
    ]);
  });

  it("counts lines as an editor does, also past a line break in a cell, and skips empty rows", () => {
    const users = read('name,氏名,グループ\n\na,A,"x\ny"\n,,\nb,B,\n');
    expect(users.map(({ line, name, groups }) => [line, name, groups])).toEqual([
      [3, "a", ["x", "y"]],
      [6, "b", []],
    ]);
  });

  it.each([
    ["a name with a space", "a b,A,user,", "name-invalid"],
    ["no full name", "a,,user,", "display-name-missing"],
    ["a role that is none", "a,A,root,", "role-unknown"],
    ["a role of every object", "a,A,constructor,", "role-unknown"],
    ["a group of 65 characters", `a,A,user,${"g".repeat(65)}`, "group-too-long"],
  ])("%s is said of its row", (_sentence, row, problem) => {
    expect(read(`name,氏名,役割,グループ\n${row}\n`)[0]).toMatchObject({ problem });
  });

  it("says which name is there twice, whatever its width and case", () => {
    expect(read("name,氏名\nhanako,A\nＨＡＮＡＫＯ,B\n").map(({ problem }) => problem)).toEqual([
      undefined,
      "name-twice",
    ]);
  });

  it.each([
    ["nothing", "", "no-header"],
    ["no titles", "hanako,花子\n", "no-header"],
    ["titles alone", "name,氏名\n", "no-rows"],
    [
      "more than may come at once",
      `name,氏名\n${Array.from({ length: mostCsvUsers + 1 }, (_unused, i) => `u${i},U`).join("\n")}`,
      "too-many",
    ],
  ])("%s is not read", (_sentence, text, reason) => {
    expect(readUserTable(text)).toEqual({ outcome: "unreadable", reason });
  });
});

describe("the page", () => {
  it("takes a table for UTF-8 where it is that, else for CP932", () => {
    expect(decodeTable(new TextEncoder().encode("花子"))).toBe("花子");
    // 花子㈱ in CP932; the last is one of NEC's.
    const cp932 = new Uint8Array([0x89, 0xd4, 0x8e, 0x71, 0x87, 0x8a]);
    expect(decodeTable(cp932)).toBe("花子㈱");
  });

  it("saves one-time passwords so that no spreadsheet computes anything", () => {
    const made = [{ name: "a", displayName: '=HYPERLINK("x")', oneTimePassword: "b" }];
    const csv = passwordsCsv(["名", "氏名", "仮"], made, "utf-8");
    expect(new TextDecoder("utf-8", { ignoreBOM: true }).decode(csv)).toBe(
      '\uFEFF名,氏名,仮\r\na,"\'=HYPERLINK(""x"")",b\r\n',
    );
    const cp932 = passwordsCsv(["名", "氏名", "仮"], made, "cp932");
    expect(new TextDecoder("shift_jis").decode(cp932)).toMatch(/^名,氏名,仮\r\n/);
  });
});
