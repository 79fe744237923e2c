/**
 * Mutated files: whatever they are, the answer is one of the protocol and what leaves passes every check of its own. The
 * same sequence each time; `HANARE_MUTATIONS=10000` makes it long. PDF needs the programs of the image: see
 * test/security/mutated-files.test.ts.
 */
import { expect, test } from "vitest";
import { mutate, mutationSources, randomFrom } from "../../support/mutations.ts";
import { run } from "./run.ts";

const count = Number(process.env["HANARE_MUTATIONS"] ?? "400");

test("no mutated file gets anything but an answer", async () => {
  const sources = (await mutationSources()).filter(({ needs }) => needs !== "program");
  const random = randomFrom(20_260_401);
  const verdicts = new Map<string, number>();
  for (let index = 0; index < count; index += 1) {
    const source = sources[index % sources.length];
    if (source === undefined) throw new Error("no sources");
    const bytes = mutate(source.bytes, random);
    // A fault of the program would throw here; runJob answers for everything that is in a file.
    const { result } = await run(source.name, bytes).catch((error: unknown) => {
      const shown = bytes.toString("base64").slice(0, 4000);
      throw new Error(`${source.name} ${shown}`, { cause: error });
    });
    verdicts.set(result.verdict, (verdicts.get(result.verdict) ?? 0) + 1);
  }
  // Some survive, some do not: otherwise the changes would be too few or too many to mean anything.
  expect(verdicts.get("blocked") ?? 0).toBeGreaterThan(count / 20);
  expect((verdicts.get("sanitized") ?? 0) + (verdicts.get("converted") ?? 0)).toBeGreaterThan(
    count / 20,
  );
  expect(verdicts.get("failed") ?? 0).toBe(0);
}, 600_000);
