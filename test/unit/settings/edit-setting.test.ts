import fc from "fast-check";
import { parse } from "yaml";
import { describe, expect, it } from "vitest";
import type { SettingValue } from "../../../orchestrator/settings/types.ts";
import { editSetting } from "../../../orchestrator/settings/edit-setting.ts";

const file = `# 本庁
listen: { port: 8443 } # 窓口
sessions:
  # 席
  maxTotal: 20   # 令和8年
  pool:
    min: 2
  memoryMb: 1536

log:
  level: "info"
`;
const edit = (path: string, value: SettingValue, text = file) =>
  editSetting(text, path.split("."), value);

describe("a setting in the file", () => {
  it.each([
    ["sessions.maxTotal", 40, "maxTotal: 20   #", "maxTotal: 40   #"],
    ["sessions.pool.min", 3, "    min: 2\n", "    min: 3\n"],
    ["log.level", "warn", 'level: "info"', 'level: "warn"'],
    ["listen.port", 9443, "{ port: 8443 }", "{ port: 9443 }"],
    ["sessions.idleMinutes", 5, "memoryMb: 1536\n", "memoryMb: 1536\n  idleMinutes: 5\n"],
    ["sessions.pool.max", 6, "    min: 2\n", "    min: 2\n    max: 6\n"],
    ["sessions.queue.max", 9, "memoryMb: 1536\n", "memoryMb: 1536\n  queue:\n    max: 9\n"],
    ["listen.host", "::1", "{ port", '{ "host": "::1", port'],
    ["sessions.maxTotal", null, "  maxTotal: 20   # 令和8年\n", ""],
  ])("%s becomes %j, and every other byte stays", (path, value, was, is) => {
    expect(edit(path, value)).toBe(file.replace(was, is));
  });

  it.each([
    ["a: [x, y] # 二つ\nb: 1\n", 'a: ["z"] # 二つ\nb: 1\n', "b: 1\n"],
    ["a:\n  - x\n  - y\n\n# 次\nb: 1\n", 'a: ["z"]\n\n# 次\nb: 1\n', "\n# 次\nb: 1\n"],
    ["b: 1\na:\n- x", 'b: 1\na: ["z"]', "b: 1\n"],
  ])("a list as in %j is written anew, or taken away", (list, changed, gone) => {
    expect([edit("a", ["z"], list), edit("a", null, list)]).toEqual([changed, gone]);
  });

  it("a list with a comment in it is left alone", () => {
    expect(edit("a", ["z"], "a:\n  - x # 主\n  - y\nb: 1\n")).toBeUndefined();
  });

  it("stands in a section of its own where there is none, at the end", () => {
    expect(edit("files.parallel", 4)).toBe(`${file}files:\n  parallel: 4\n`);
    expect(edit("files.parallel", 4, "")).toBe("files:\n  parallel: 4\n");
    expect(edit("log.level", "warn", "sessions:\n  maxTotal: 5")).toBe(
      'sessions:\n  maxTotal: 5\nlog:\n  level: "warn"\n',
    );
  });

  it("is nothing to take away where it is not written", () => {
    expect(edit("files.parallel", null)).toBe(file);
  });

  it("is left alone where the text cannot be changed safely", () => {
    for (const text of ["sessions: [1]", "- a", "a: 1\na: 2", "sessions: 5"])
      expect(edit("sessions.maxTotal", 1, text)).toBeUndefined();
    // The section would become null.
    expect(edit("log.level", null)).toBeUndefined();
    expect(edit("sessions.maxTotal", 1, "sessions: &a { maxTotal: *b }")).toBeUndefined();
  });

  it("is text whatever it looks like, and nothing beside it is touched", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 40 }), (value) => {
        const written = edit("browser.homepage", value.toWellFormed());
        expect(parse(written ?? "")).toEqual({
          ...(parse(file) as object),
          browser: { homepage: value.toWellFormed() },
        });
        expect(written?.startsWith(file)).toBe(true);
      }),
    );
  });
});
