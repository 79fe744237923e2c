/** `hanare policy import FILE`: a list of another program, as a list file of ours. */
import { createReadStream } from "node:fs";
import { stat, writeFile } from "node:fs/promises";
import type { Readable } from "node:stream";
import { type ListFormat, listFormats, m365Categories } from "../../policies/compiled.ts";
import { importList, writeListFile } from "../../policies/exchange/import.ts";
import { maxListBytes } from "../../policies/schema.ts";
import { commonOptions, onlyArgument, runCommand, UsageError } from "./command.ts";
import { complain, print } from "./policy-args.ts";

const help = `hanare policy import FILE [--format NAME]... [--category NAME]... [--out FILE] [--json]

Reads a list that another program wrote and writes it as a list file of Hanare, to --out or to standard
output. FILE is "-" for standard input. UTF-8 and Shift_JIS (CP932) are recognised.

  --format     ${listFormats.join(", ")}; may be given several times for a mixture, tried in
               that order for each line. Default: csv for *.csv, m365-json for *.json, otherwise
               domains, hosts, adblock-basic.
  --category   of the Microsoft 365 endpoints: ${m365Categories.join(", ")}. Default: Optimize, Allow
  --out FILE   never overwrites

Exit codes: 0 every line was taken, 1 nothing was written, 2 wrong usage, 4 written, but some lines mean
nothing here (they are named on standard error).
`;
const options = {
  ...commonOptions,
  format: { type: "string", multiple: true },
  category: { type: "string", multiple: true },
  out: { type: "string" },
  json: { type: "boolean", default: false },
} as const;

export const exchangeExits = { done: 0, failed: 1, partly: 4 } as const;
/** More would fill the screen and help nobody. */
const mostNamed = 50;

export function policyImport(args: string[]): Promise<number> {
  return runCommand({ help, options }, args, async ({ values, positionals }) => {
    const file = onlyArgument(positionals, "file");
    const formats = (values.format ?? usualFormats(file)).map((name) => oneOf(listFormats, name));
    const categories = values.category?.map((name) => oneOf(m365Categories, name));
    const bytes = await readWhole(file);
    const read = importList(bytes, { formats, ...(categories && { categories }) });
    if (!read.ok) return fail(values.json, `${file}: ${read.ja} / ${read.en}`);
    const { lines, skipped, encoding } = read;
    if (lines.length === 0)
      return fail(
        values.json,
        `${file}: 読み取れる項目がありません。--format を確かめてください。 / No entry could be read; check --format.`,
      );
    const text = writeListFile(lines);
    if (values.out !== undefined) await writeNew(values.out, Buffer.from(text));
    if (values.json) {
      const more = values.out === undefined ? { lines } : { out: values.out };
      print(JSON.stringify({ ok: true, encoding, entries: lines.length, skipped, ...more }));
    } else {
      if (values.out === undefined) process.stdout.write(text);
      for (const { line, text: found } of skipped.slice(0, mostNamed))
        complain(`${file}:${line}: 読み飛ばしました / skipped: ${found}`);
      complain(
        `${lines.length} 件、読み飛ばし ${skipped.length} 件 (${encoding}) / ${lines.length} entries, ${skipped.length} skipped`,
      );
    }
    return skipped.length > 0 ? exchangeExits.partly : exchangeExits.done;
  });
}

function usualFormats(file: string): readonly ListFormat[] {
  if (file.endsWith(".csv")) return ["csv"];
  return file.endsWith(".json") ? ["m365-json"] : ["domains", "hosts", "adblock-basic"];
}

export function oneOf<T extends string>(known: readonly T[], name: string): T {
  const found = known.find((each) => each === name);
  if (found === undefined) throw new UsageError(`"${name}" is none of ${known.join(", ")}.`);
  return found;
}

/** Throws UsageError for what is absent or larger than any list. */
export async function readWhole(file: string): Promise<Buffer> {
  const found = file === "-" ? undefined : await stat(file).catch(() => undefined);
  if (file !== "-" && !found?.isFile()) throw new UsageError(`There is no file ${file}.`);
  if ((found?.size ?? 0) > maxListBytes) throw new UsageError(tooLarge(file));
  const parts: Buffer[] = [];
  let size = 0;
  const from: Readable = file === "-" ? process.stdin : createReadStream(file);
  for await (const part of from) {
    const bytes = part as Buffer;
    size += bytes.length;
    if (size > maxListBytes) throw new UsageError(tooLarge(file));
    parts.push(bytes);
  }
  return Buffer.concat(parts);
}

const tooLarge = (file: string) =>
  `${file} は大きすぎます (上限 ${maxListBytes / 1024 / 1024} MB)。分けてください。 / ${file} is too large (limit ${maxListBytes / 1024 / 1024} MB); split it.`;

export async function writeNew(file: string, bytes: Uint8Array): Promise<void> {
  try {
    await writeFile(file, bytes, { flag: "wx" });
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "EEXIST")
      throw new UsageError(
        `${file} はすでにあります。別の名前にしてください。 / ${file} is there already; name another one.`,
      );
    throw error;
  }
}

export function fail(json: boolean, message: string): number {
  if (json) print(JSON.stringify({ ok: false, message }));
  else complain(message);
  return exchangeExits.failed;
}
