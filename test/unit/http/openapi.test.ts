import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { makeOpenapi } from "../../../orchestrator/http/openapi.ts";
import { routes } from "../../../orchestrator/http/routes.ts";

interface Operation {
  readonly operationId: string;
  readonly summary: string;
  readonly security: readonly Record<string, readonly string[]>[];
  readonly parameters: readonly { readonly name: string; readonly in: string }[];
  readonly requestBody?: unknown;
  readonly responses: Record<string, unknown>;
}
const document = makeOpenapi(routes) as {
  readonly openapi: string;
  readonly paths: Record<string, Record<string, Operation>>;
};
const operations = Object.values(document.paths).flatMap((path) => Object.values(path));
const folder = join(import.meta.dirname, "../../../orchestrator/http/routes");

describe("the document of the API", () => {
  it("has every route, each with an id of its own and a sentence", () => {
    expect(operations).toHaveLength(routes.length);
    expect(new Set(operations.map(({ operationId }) => operationId)).size).toBe(routes.length);
    for (const { operationId, summary } of operations)
      expect([operationId, summary.length > 5]).toEqual([operationId, true]);
  });

  it("can be written down: nothing in it is a function or a circle", () => {
    expect(JSON.parse(JSON.stringify(document))).toEqual(document);
  });

  it("says of every parameter in an address what it is", () => {
    for (const [path, methods] of Object.entries(document.paths))
      for (const { parameters } of Object.values(methods)) {
        const named = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
        const said = parameters.filter((each) => each.in === "path").map(({ name }) => name);
        expect([path, said]).toEqual([path, named]);
      }
  });

  it("names the scope where a token is let in, and never for what people do for themselves", () => {
    const scopeOf = (path: string, method: string) =>
      document.paths[path]?.[method]?.security.find((each) => "token" in each)?.["token"];
    expect(scopeOf("/api/admin/audit", "get")).toEqual(["audit:read"]);
    expect(scopeOf("/api/sanitize", "post")).toEqual(["sanitize"]);
    expect(scopeOf("/api/sessions", "post")).toBeUndefined();
    expect(scopeOf("/api/admin/tokens", "post")).toBeUndefined();
    expect(document.paths["/api/sanitize"]?.["post"]?.security).toEqual([{ token: ["sanitize"] }]);
  });

  /** The handler validates by a schema of its own; here it is held against what the document is made of. */
  it("is made of what the handlers validate", () => {
    for (const name of globSync("*.ts", { cwd: folder })) {
      const source = readFileSync(join(folder, name), "utf8");
      const takes = /takes: \{([^}]*)\}/.exec(source)?.[1] ?? "";
      const said = new Map(
        [...takes.matchAll(/(\w+)(?:: (\w+))?/g)].map(([, where, schema]) => [
          where,
          schema ?? where,
        ]),
      );
      for (const [, schema, where] of source.matchAll(
        /validate\((\w+), [^;]*?"(body|params|query)",?\s*\)/g,
      ))
        expect([name, where, said.get(where)]).toEqual([name, where, schema]);
      expect([
        name,
        /request\.(?:params|query)\b/.test(source) && !source.includes("takes:"),
      ]).toEqual([name, false]);
    }
  });
});
