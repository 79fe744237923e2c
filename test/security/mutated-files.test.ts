/**
 * Mutated files through the desk, with the real box, programs and scanner: each ends in a verdict with its reason, what
 * leaves passes a reader that shares no code with the rebuild, and nothing outside of a box breaks. Of each kind many
 * come in one archive, where each is sanitized like a file of its own. The same sequence each time;
 * `HANARE_MUTATIONS=10000` makes it long, `HANARE_MUTATION_KINDS=pdf,docm` names kinds.
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
/** Of each kind, where a number is asked for. */
const asked = Math.ceil(Number(process.env["HANARE_MUTATIONS"] ?? "0") / sources.length);
/** Of each kind in one archive: four kinds come together, and a box lists 100 members. */
const lots = { plain: 24, program: 12, office: 3 } as const;
const needing = (needs: MutationSource["needs"]) => sources.filter((each) => each.needs === needs);
const plain = needing(undefined);
const groups = [
  ...Array.from({ length: Math.ceil(plain.length / 4) }, (_, at) =>
    plain.slice(4 * at, 4 * at + 4),
  ),
  ...[needing("program"), needing("office")],
].filter((group) => group.length > 0);

const mediaTypes = new Map(
  Object.values(outputTypes).flatMap(({ extensions, mediaType }) =>
    extensions.map((extension) => [extension as string, mediaType] as const),
  ),
);
const told = new Map<string, number>();
const tell = (what: string) => void told.set(what, (told.get(what) ?? 0) + 1);

let harness: DeskHarness;
beforeAll(async () => {
  harness = await openDesk({ files: { parallel: 1, warmSandboxes: 2 } });
});
afterAll(async () => {
  await harness[Symbol.asyncDispose]();
  if (process.env["HANARE_MUTATIONS"] !== undefined)
    process.stdout.write(`${JSON.stringify(Object.fromEntries([...told].toSorted()))}\n`);
});

/** Its verdict and reason; throws where something left that may not. */
async function judged(name: string, bytes: Buffer) {
  const session = newSessionId();
  await using own = new AsyncDisposableStack();
  own.defer(() => harness.desk.endSession(session));
  const view = await harness.receive(name, bytes, { session });
  const { verdict, reason, messageJa, messageEn, releasable } = view;
  expect(verdicts).toContain(verdict);
  expect([name, messageJa !== "", messageEn !== ""]).toEqual([name, true, true]);
  const manifest = harness.desk.manifest(view.id);
  if (releasable) {
    const file = await harness.fetch(view);
    await expectHarmless(file.name, file.bytes);
  } else await expect(harness.fetch(view)).rejects.toMatchObject({ code: "FILE_NOT_RELEASED" });
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

async function inArchives(group: readonly MutationSource[]): Promise<void> {
  const random = randomFrom(20_260_401);
  const lot = lots[group[0]?.needs ?? "plain"];
  for (let done = 0; done < Math.max(asked, 1); done += lot) {
    const length = asked === 0 ? lot : Math.min(lot, asked - done);
    const members = group.flatMap(({ name, bytes }) =>
      Array.from({ length }, (_, index) => ({
        name: name.replace(".", `${done + index}.`),
        data: mutate(bytes, random),
      })),
    );
    const sent = plainZip([...members, whole]);
    const { verdict, reason, members: listed } = await judged("many.zip", sent);
    if (listed.length === 0) {
      expect([reason, verdict, refusedWhole.has(verdict)]).toEqual([reason, verdict, true]);
      tell(`whole archive ${verdict ?? "none"} ${reason ?? ""}`);
      continue;
    }
    expect(listed).toHaveLength(members.length + 1);
    for (const { name, verdict: own, reason: why } of listed.slice(0, -1)) {
      expect([name, own, why]).toEqual([name, expect.any(String), expect.any(String)]);
      // The engines came to an answer of their own.
      expect([name, own]).not.toEqual([name, "failed"]);
      tell(`${extname(name)} ${own ?? "none"}`);
    }
  }
}

describe("mutated files", () => {
  it.each(groups.map((group) => [group.map(({ name }) => name).join(", "), group] as const))(
    "like %s leave only when they were rebuilt and looked at, each with its reason",
    (_names, group) => inArchives(group),
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
