import { describe, expect, it } from "vitest";
import type { Route } from "../../../orchestrator/http/route.ts";
import { routes } from "../../../orchestrator/http/routes.ts";
import { accessTable, type Row } from "../../support/access-table.ts";

const nameOf = ({ method, url }: Route) => `${method} ${url}`;
const rowOf = (route: Route): Row | undefined => accessTable[nameOf(route)];

describe("the table", () => {
  it("has a row for every route", () => {
    expect(routes.filter((route) => rowOf(route) === undefined).map(nameOf)).toEqual([]);
  });

  it("has no row for what is not there", () => {
    const there = new Set(routes.map(nameOf));
    expect(Object.keys(accessTable).filter((name) => !there.has(name))).toEqual([]);
  });

  it("lets auditors change nothing, and gives system administrators no way to write or drop records", () => {
    const forAuditors = routes.filter((route) => {
      const who = rowOf(route)?.who;
      return Array.isArray(who) && who.includes("auditor");
    });
    expect(new Set(forAuditors.map(({ method }) => method))).toEqual(new Set(["GET"]));
    const audit = routes.filter(({ url }) => url.includes("audit"));
    expect(new Set(audit.map(({ method }) => method))).toEqual(new Set(["GET"]));
  });

  it("gives files to their owners only: no route of administrators leads to one", () => {
    const files = routes.filter(({ url }) => /download|file|quarantine/.test(url));
    const forRoles = files.filter((route) => Array.isArray(rowOf(route)?.who));
    // The policy's own text files, which hold lists.
    expect(forRoles.map(nameOf)).toEqual(["GET /api/admin/policy/versions/:number/file"]);
  });
});
