/**
 * Mutated files through the desk, with the real box, programs and scanner: each ends in a verdict with its reason, what
 * leaves passes a reader that shares no code with the rebuild, and nothing outside of a box breaks. Of each kind many
 * come in one archive, which makes each a file of its own inside one box, and one comes by itself. The same sequence
 * each time; `HANARE_MUTATIONS=10000` makes it long, `HANARE_MUTATION_KINDS=pdf,docm` names kinds.
 */
import { extname } from "node:path";
import { Uint8ArrayReader, Uint8ArrayWriter, ZipReader } from "@zip.js/zip.js";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { outputTypes } from "../../images/wire/file-words.ts";
import { newSessionId } from "../../orchestrator/base/ids.ts";
import { verdicts } from "../../orchestrator/downloads/types.ts";
import { plainZip } from "../../practice/samples/plain-zip.ts";
import { leftovers } from "../bench/sanitize/leftovers.ts";
import { type DeskHarness, openDesk } from "../integration/downloads/desk-harness.ts";
import { type MutationSource, mutate, mutationSources, randomFrom } from "../support/mutations.ts";

const kinds = process.env["HANARE_MUTATION_KINDS"]?.split(",");
const sources = (await mutationSources()).filter(
  ({ name }) => kinds === undefined || kinds.includes(extname(name).slice(1)),
);
/** Of each kind. */
const count = Math.ceil(
  Number(process.env["HANARE_MUTATIONS"] ?? sources.length * 24) / sources.length,
);
/** A box lists so many. */
const perArchive = 99;
/** Each of these is a box of LibreOffice's besides. */
const perArchiveOfOffice = 3;

const mediaTypes = new Map(
  Object.values(outputTypes).flatMap(({ extensions, mediaType }) =>
    extensions.map((extension) => [extension as string, mediaType] as const),
  ),
);
const told = new Map<string, number>();
const tell = (what: string) => void told.set(what, (told.get(what) ?? 0) + 1);

let harness: DeskHarness;
beforeAll(async () => {
  harness = await openDesk({ files: { parallel: 2, warmSandboxes: 2 } });
});
afterAll(async () => {
  await harness[Symbol.asyncDispose]();
  if (process.env["HANARE_MUTATIONS"] !== undefined)
    process.stdout.write(`${JSON.stringify(Object.fromEntries([...told].toSorted()))}\n`);
});

/** Its verdict and reason; throws where something left that may not. */
async function judged(name: string, bytes: Buffer) {
  const session = newSessionId();
  const view = await harness.receive(name, bytes, { session });
  const { verdict, reason, messageJa, messageEn, releasable } = view;
  expect(verdicts).toContain(verdict);
  expect([name, messageJa !== "", messageEn !== ""]).toEqual([name, true, true]);
  const manifest = harness.desk.manifest(view.id);
  if (releasable) {
    const file = await harness.fetch(view);
    await expectHarmless(file.name, file.bytes);
  } else await expect(harness.fetch(view)).rejects.toMatchObject({ code: "FILE_NOT_RELEASED" });
  await harness.desk.endSession(session);
  return { verdict, reason, members: manifest?.members ?? [] };
}

async function expectHarmless(name: string, bytes: Buffer): Promise<void> {
  const extension = extname(name).slice(1).toLowerCase();
  const mediaType = mediaTypes.get(extension);
  expect([name, mediaType === undefined]).toEqual([name, false]);
  expect([name, await leftovers(mediaType ?? "", bytes)]).toEqual([name, undefined]);
  if (extension !== "zip") return;
  for (const entry of await new ZipReader(new Uint8ArrayReader(bytes)).getEntries())
    if (!entry.directory)
      await expectHarmless(
        entry.filename,
        Buffer.from(await entry.getData(new Uint8ArrayWriter())),
      );
}

/** Without one that leaves, an archive is refused whole and nothing is said of its members. */
const whole = { name: "whole.txt", data: Buffer.from("ふつうの文\n") };
/** One of its members can refuse an archive whole: a bomb, or one that asks for a password. */
const refusedWhole: ReadonlySet<string | undefined> = new Set(["blocked", "needs_password"]);

async function inArchives({ name, bytes, needs }: MutationSource): Promise<void> {
  const random = randomFrom(20_260_401);
  const most = needs === "office" ? perArchiveOfOffice : perArchive;
  const wanted = needs === "office" && process.env["HANARE_MUTATIONS"] === undefined ? most : count;
  for (let done = 0; done < wanted; done += most) {
    const members = Array.from({ length: Math.min(most, wanted - done) }, (_, index) => ({
      name: `${done + index}${extname(name)}`,
      data: mutate(bytes, random),
    }));
    const {
      verdict,
      reason,
      members: listed,
    } = await judged("many.zip", plainZip([...members, whole]));
    if (listed.length === 0) {
      expect([name, reason, refusedWhole.has(verdict)]).toEqual([name, reason, true]);
      tell(`${extname(name)} archive ${verdict ?? "none"} ${reason ?? ""}`);
      continue;
    }
    expect(listed).toHaveLength(members.length + 1);
    for (const { verdict: own, reason: why } of listed.slice(0, -1)) {
      expect([name, own, why]).toEqual([name, expect.any(String), expect.any(String)]);
      // The engines came to an answer of their own.
      expect([name, own]).not.toEqual([name, "failed"]);
      tell(`${extname(name)} ${own ?? "none"}`);
    }
  }
}

describe("mutated files", () => {
  it.each(sources.map((source) => [source.name, source] as const))(
    "of the kind of %s leave only when they were rebuilt and looked at, each with its reason",
    async (name, source) => {
      const alone = mutate(source.bytes, randomFrom(20_260_402));
      const [{ verdict }] = await Promise.all([judged(name, alone), inArchives(source)]);
      tell(`${extname(name)} alone ${verdict ?? "none"}`);
    },
    600_000,
  );

  it("left the desk at work, its boxes used up and nothing on its disk", async () => {
    const view = await harness.receive("a.txt", Buffer.from("ふつうの文\n"));
    expect(view.verdict).toBe("released_as_is");
    await harness.desk.endSession(harness.session);
    expect(harness.desk.quarantine.count).toBe(0);
    expect(harness.desk.scannerFaults()).toBe(0);
    expect(harness.logged("download")).not.toContain("internal-error");
    expect(harness.logged("").includes('"level":50')).toBe(false);
  });
});
