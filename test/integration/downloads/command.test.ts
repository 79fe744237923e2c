/** `hanare sanitize IN OUT` as another program calls it: what it writes, says and ends with. */
import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createEngineClient } from "../../../orchestrator/engine/client.ts";
import { makeSamples, samplePassword } from "../../../practice/samples/samples.ts";
import { type PreparedInstallation, prepareInstallation } from "../../support/installation.ts";

const program = join(import.meta.dirname, "../../../orchestrator/cli/main.ts");
let installation: PreparedInstallation;
beforeAll(async () => {
  installation = await prepareInstallation();
  for (const { name, bytes } of await makeSamples()) await writeFile(pathOf(name), bytes);
});
afterAll(async () => {
  expect(await createEngineClient(installation.id).list()).toEqual([]);
  // Where its sockets were; a server that starts next finds its place there.
  await rm(join("/run/hanare", installation.id), { recursive: true });
  await installation[Symbol.asyncDispose]();
});

const pathOf = (name: string): string => join(installation.dataDir, name);

interface Ended {
  readonly code: unknown;
  readonly stdout: string;
  readonly stderr: string;
}

function sanitize(...args: readonly string[]): Promise<Ended> {
  const { promise, resolve } = Promise.withResolvers<Ended>();
  const argv = ["--disable-warning=ExperimentalWarning", program, "sanitize"];
  execFile(
    process.execPath,
    [...argv, "--data", installation.dataDir, ...args],
    (error, stdout, stderr) => resolve({ code: error?.code ?? 0, stdout, stderr }),
  );
  return promise;
}

test("a file is released, held or infected, and only what is released is written", async () => {
  const json = async (name: string, out: string, ...more: readonly string[]) => {
    const { code, stdout } = await sanitize(pathOf(name), pathOf(out), "--json", ...more);
    const { verdict, name: leavesAs } = JSON.parse(stdout) as { verdict: string; name: string };
    return { code, verdict, leavesAs, isWritten: existsSync(pathOf(out)) };
  };
  const zip = "見積一式.zip";
  expect(
    await Promise.all([
      json("macro.docm", "out.docx"),
      json("eicar.com", "out.txt"),
      json(zip, "held.zip"),
      json(zip, "open.zip", "--password", "x", "--password", samplePassword),
    ]),
  ).toEqual([
    { code: 0, verdict: "sanitized", leavesAs: "macro.docx", isWritten: true },
    { code: 4, verdict: "infected", leavesAs: "eicar.com", isWritten: false },
    { code: 3, verdict: "needs_password", leavesAs: zip, isWritten: false },
    { code: 0, verdict: "sanitized", leavesAs: zip, isWritten: true },
  ]);
  const written = await readFile(pathOf("out.docx"));
  expect([written.subarray(0, 2).toString(), written.includes("vbaProject")]).toEqual([
    "PK",
    false,
  ]);
});

test("a file that is not there fails, and wrong words are answered with the right ones", async () => {
  const [missing, alone] = await Promise.all([
    sanitize(pathOf("nothing.docx"), pathOf("none.docx")),
    sanitize(pathOf("macro.docm")),
  ]);
  expect([missing.code, alone.code]).toEqual([1, 2]);
  expect(missing.stderr).toContain("hanare doctor");
  expect(alone.stderr).toContain("hanare sanitize IN OUT");
  expect(existsSync(pathOf("none.docx"))).toBe(false);
});
