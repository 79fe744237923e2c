/** A password that others could read, or that the policy's author could point elsewhere, is none. */
import { chmod, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pino } from "pino";
import { afterAll, beforeAll, expect, it } from "vitest";
import { readParentSecrets } from "../../../orchestrator/egress/parent-secrets.ts";
import { prepareParents } from "../../../proxy/parent/parents.ts";

let folder: string;
const lines: string[] = [];
const log = pino({}, { write: (line: string) => void lines.push(line) });

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "hanare-secrets-"));
  const files: readonly (readonly [name: string, text: string])[] = [
    ["good", "pass word\n"],
    ["open", "other"],
    ["two-lines", "one\ntwo\n"],
    ["empty", "\n"],
    ["long", "a".repeat(1025)],
  ];
  for (const [name, text] of files) await writeFile(join(folder, name), text, { mode: 0o600 });
  await chmod(join(folder, "open"), 0o640);
  await symlink(join(folder, "good"), join(folder, "link"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const parent = (passwordFile: string) => ({
  id: "kenchou",
  host: "proxy.pref.example",
  port: 8080,
  tls: false,
  resolve: "ours" as const,
  auth: { user: "city", passwordFile },
});

const rows: readonly (readonly [sentence: string, file: string, reason: RegExp | undefined])[] = [
  ["a file of the owner's alone, its line end not part of the password", "good", undefined],
  ["one that others can read", "open", /chmod 600/],
  ["one with two lines, as a key has", "two-lines", /more than one line/],
  ["an empty one", "empty", /empty/],
  ["a long one", "long", /1024/],
  ["a link", "link", /ELOOP/],
  ["none", "absent", /ENOENT/],
  ["one outside the folder", "../good", /not a name/],
  ["the folder above", "..", /not a name/],
];

it.each(rows)("%s", async (_sentence, file, reason) => {
  lines.length = 0;
  const wanted = { parents: [parent(file)] };
  const secrets = await readParentSecrets(folder, wanted, log);
  const login = prepareParents(wanted.parents, secrets).get("kenchou")?.login;
  if (!reason) {
    const field = `Basic ${Buffer.from("city:pass word").toString("base64")}`;
    expect(login).toEqual({ kind: "basic", field });
    expect(lines).toEqual([]);
    return;
  }
  expect(login).toEqual({ kind: "missing" });
  expect(lines.join("")).toMatch(reason);
  expect(lines.join("")).toContain("kenchou");
});
