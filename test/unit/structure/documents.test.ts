/** What the documents say of files and settings is there. */
import { existsSync, globSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect, it } from "vitest";
import { z } from "zod";
import { configSchema } from "../../../orchestrator/config/schema.ts";

const root = join(import.meta.dirname, "../../..");
const read = (path: string): string => readFileSync(join(root, path), "utf8");

/** `listen.port` and the like. What holds keys of its own choosing, or a list, counts as one. */
function keysOf(schema: z.ZodType, at = ""): string[] {
  if (schema instanceof z.ZodPipe) return keysOf(schema.in as z.ZodType, at);
  if (
    schema instanceof z.ZodDefault ||
    schema instanceof z.ZodPrefault ||
    schema instanceof z.ZodOptional ||
    schema instanceof z.ZodNullable ||
    schema instanceof z.ZodReadonly
  )
    return keysOf(schema.unwrap() as z.ZodType, at);
  if (!(schema instanceof z.ZodObject)) return [at];
  return Object.entries(schema.shape).flatMap(([key, inner]) =>
    keysOf(inner as z.ZodType, at === "" ? key : `${at}.${key}`),
  );
}

it("every key of hanare.yaml stands in the table of docs/operation.md, or a group that has a page of its own does", () => {
  const rows = read("docs/operation.md")
    .split("\n")
    .flatMap((line) => /^\| (`[^|]+`) *\|/.exec(line)?.[1] ?? []);
  const told = new Set(rows.flatMap((cell) => [...cell.matchAll(/`([^`]+)`/g)].map((m) => m[1])));
  const keys = keysOf(configSchema);
  expect(keys.length).toBeGreaterThan(100);
  const isTold = (key: string): boolean =>
    told.has(key) ||
    key.split(".").some((_, depth, parts) => told.has(`${parts.slice(0, depth).join(".")}.*`));
  expect(keys.filter((key) => !isTold(key))).toEqual([]);
});

/** As GitHub names a heading. */
const anchorOf = (heading: string): string =>
  heading
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}\p{M}_\- ]/gu, "")
    .replaceAll(" ", "-");

function anchorsIn(path: string): ReadonlySet<string> {
  const outsideCode = read(path).replaceAll(/^```[\s\S]*?^```/gm, "");
  return new Set([...outsideCode.matchAll(/^#+ (.+)$/gm)].map((m) => anchorOf(m[1] ?? "")));
}

it.each(["README.md", ...globSync("docs/*.md", { cwd: root })])(
  "every link of %s within the repository leads somewhere",
  (path) => {
    const links = [...read(path).matchAll(/\]\(([^)\s]+)\)/g)].map((match) => match[1] ?? "");
    const lost = links.filter((link) => {
      if (/^[a-z]+:/.test(link)) return false;
      const [file = "", anchor] = link.split("#");
      const target = file === "" ? path : join(dirname(path), file);
      if (!existsSync(join(root, target))) return true;
      return anchor !== undefined && !anchorsIn(target).has(decodeURIComponent(anchor));
    });
    expect(lost).toEqual([]);
  },
);
