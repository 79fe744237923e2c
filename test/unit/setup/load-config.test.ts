import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { AppError } from "../../../orchestrator/base/errors.ts";
import { defaultDataDir, loadConfig, parseConfig } from "../../../orchestrator/config/load.ts";

describe("hanare.yaml", () => {
  it.each([
    ["a port that does not exist", "listen:\n  port: 99999\n", [2, 3, "listen.port"], "port: 8443"],
    [
      "a word where a number belongs",
      "sessions:\n  maxTotal: many\n",
      [2, 3, "sessions.maxTotal"],
      "maxTotal: 20",
    ],
    [
      "a misspelt section",
      "# site\nsesions: {}\n",
      [2, 1, "sesions"],
      "listen | sessions | browser",
    ],
    [
      "a misspelt setting",
      "listen:\n  host: ::1\n  hots: a\n",
      [3, 3, "listen.hots"],
      "host | port | names",
    ],
    [
      "a list item of the wrong kind",
      "listen:\n  names:\n    - a\n    - 7\n",
      [4, 7, "listen.names.1"],
      "1",
    ],
    [
      "a scalar where a section belongs",
      "listen: 8443\n",
      [1, 1, "listen"],
      "listen: { host, port, names }",
    ],
    ["broken YAML", "listen:\n  port: [1\n", [3, 1, ""], ""],
    ["the same key twice", "listen: {}\nlisten: {}\n", [2, 1, ""], ""],
  ])("%s: place and what to write", (_, text, [line, column, path], write) => {
    const result = parseConfig("hanare.yaml", text);
    if (!("faults" in result)) throw new Error("was accepted");
    expect(result.faults[0]).toMatchObject({ line, column, path });
    expect(result.faults[0]?.write).toContain(write);
    expect(result.faults[0]?.problem).not.toBe("");
  });

  it("names every fault, not only the first", () => {
    const result = parseConfig("f", "listen:\n  port: -1\n  a: 1\n  b: 2\n");
    expect("faults" in result && result.faults.map(({ line }) => line).sort()).toEqual([2, 3, 4]);
  });

  it("is a working installation when it is absent, empty or all comments, and is frozen", async () => {
    const dir = mkdtempSync(join(tmpdir(), "hanare-config-"));
    try {
      const absent = await loadConfig(dir);
      expect(absent.listen.port).toBe(8443);
      expect(Object.isFrozen(absent.listen.names)).toBe(true);
      writeFileSync(join(dir, "hanare.yaml"), "# nothing yet\n");
      expect(await loadConfig(dir)).toEqual(absent);
      writeFileSync(join(dir, "hanare.yaml"), "listen:\n  prot: 1\n");
      const error = await loadConfig(dir).catch((thrown: unknown) => thrown);
      expect(error).toBeInstanceOf(AppError);
      expect((error as AppError).code).toBe("CONFIG_INVALID");
      expect((error as AppError).context).toMatchObject({ line: 2, column: 3 });
    } finally {
      rmSync(dir, { recursive: true });
    }
  });

  it("answers any text with a configuration or faults that have a place", () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        const result = parseConfig("f", text);
        if ("faults" in result)
          expect(result.faults.every(({ line, column }) => line >= 1 && column >= 1)).toBe(true);
        else expect(result.config.listen.port).toBeTypeOf("number");
      }),
    );
  });

  it("lies where HANARE_DATA says", () => {
    expect(defaultDataDir({ HANARE_DATA: "/srv/hanare" })).toBe("/srv/hanare");
    expect(defaultDataDir({ HANARE_DATA: "" })).toMatch(/\/var$/);
  });
});
