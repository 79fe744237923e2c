import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { AppError } from "../../../orchestrator/base/errors.ts";
import {
  dataDirOf,
  defaultDataDir,
  loadConfig,
  parseConfig,
} from "../../../orchestrator/config/load.ts";

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
    [
      "a pool that is negative",
      "sessions:\n  pool: { min: -1 }\n",
      [2, 11, "sessions.pool.min"],
      "min: 1",
    ],
    [
      "a pool that is smaller than its minimum",
      "sessions:\n  pool:\n    min: 3\n    max: 2\n",
      [4, 5, "sessions.pool.max"],
      "max: 10",
    ],
    [
      "a pool that is larger than the house",
      "sessions:\n  maxTotal: 4\n  pool: { max: 5 }\n",
      [3, 11, "sessions.pool.max"],
      "max: 10",
    ],
    [
      "a minimum that is larger than the house",
      "sessions:\n  maxTotal: 4\n  pool: { min: 5 }\n",
      [3, 11, "sessions.pool.min"],
      "min: 1",
    ],
    [
      "a house for administrators only",
      "sessions:\n  maxTotal: 4\n  administratorPlaces: 4\n",
      [3, 3, "sessions.administratorPlaces"],
      "administratorPlaces: 1",
    ],
    [
      "the pool's former setting",
      "sessions:\n  poolSize: 2\n",
      [2, 3, "sessions.poolSize"],
      "pool",
    ],
    [
      "a way of redirecting that does not exist",
      "terminals:\n  redirectMode: mitm\n",
      [2, 3, "terminals.redirectMode"],
      'redirectMode: "extension"',
    ],
    [
      "a proxy without its port",
      "terminals:\n  proxies:\n    - hanare1.city.example.lg.jp\n",
      [3, 7, "terminals.proxies.0"],
      "0",
    ],
    [
      "a direct host that is an address of a page",
      'terminals:\n  directHosts: ["https://naibu.example.jp/"]\n',
      [2, 17, "terminals.directHosts.0"],
      "",
    ],
    [
      "a portal without https",
      "terminals:\n  portal: http://hanare.city.example.lg.jp\n",
      [2, 3, "terminals.portal"],
      "portal",
    ],
    [
      "terminals on the portal's port",
      "terminals:\n  port: 8443\n",
      [2, 3, "terminals.port"],
      "port: 3128",
    ],
    ["broken YAML", "listen:\n  port: [1\n", [3, 1, ""], ""],
    ["the same key twice", "listen: {}\nlisten: {}\n", [2, 1, ""], ""],
  ])("%s: place and what to write", (_, text, [line, column, path], write) => {
    const result = parseConfig("hanare.yaml", text);
    if (!("faults" in result)) throw new Error("was accepted");
    expect(result.faults[0]).toMatchObject({ line, column, path });
    expect(result.faults[0]?.write).toContain(write);
    expect(result.faults[0]?.problem.en).toMatch(/^[\x20-\x7e]+$/);
    expect(result.faults[0]?.problem.ja).toMatch(/[ぁ-ん]/);
  });

  it.each([
    [1, {}, { min: 0, max: 1, maxAgeMinutes: 120 }, 0],
    [4, {}, { min: 2, max: 4, maxAgeMinutes: 120 }, 0],
    [20, {}, { min: 10, max: 10, maxAgeMinutes: 120 }, 1],
    [20, { min: 1 }, { min: 1, max: 8, maxAgeMinutes: 120 }, 1],
    [20, { max: 0 }, { min: 0, max: 0, maxAgeMinutes: 120 }, 1],
    [100, {}, { min: 10, max: 10, maxAgeMinutes: 120 }, 1],
    [60, { min: 12 }, { min: 12, max: 12, maxAgeMinutes: 120 }, 1],
    [60, { min: 0, max: 0 }, { min: 0, max: 0, maxAgeMinutes: 120 }, 1],
  ])("fills in what fits a house of %i places", (maxTotal, pool, filled, administratorPlaces) => {
    const text = JSON.stringify({ sessions: { maxTotal, pool } });
    const result = parseConfig("hanare.yaml", text);
    if (!("config" in result)) throw new Error("was refused");
    expect(result.config.sessions).toMatchObject({ maxTotal, pool: filled, administratorPlaces });
  });

  it("says which number would fit", () => {
    const result = parseConfig("f", "sessions: { maxTotal: 4, pool: { min: 5 } }");
    expect("faults" in result && result.faults[0]?.problem).toEqual({
      ja: "maxTotal より大きい値です。4 以下にするか、maxTotal を上げてください",
      en: "larger than maxTotal: write at most 4, or raise maxTotal",
    });
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

  it("lies where --data says, as an absolute path whatever folder reads it", () => {
    expect(dataDirOf("some/where")).toBe(join(process.cwd(), "some/where"));
    expect(dataDirOf("/srv/hanare")).toBe("/srv/hanare");
    expect(dataDirOf(undefined)).toBe(defaultDataDir());
  });
});
