/**
 * What an updating container hands over: one line, then files. All of it is untrusted: names, sizes and sums are
 * bounded, and what does not come whole is nothing.
 */
import { open } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { AppError } from "../base/errors.ts";
import { isDatabaseName } from "./database-file.ts";

const lineLimitBytes = 64 * 1024;
const totalLimitBytes = 1024 * 1024 * 1024;
const newline = 0x0a;

const header = z.strictObject({
  exit: z.int(),
  said: z.string().max(4096),
  files: z
    .array(
      z.strictObject({
        name: z.string().refine(isDatabaseName),
        sizeBytes: z.int().min(1).max(totalLimitBytes),
      }),
    )
    .max(20),
});

export interface Fetched {
  /** freshclam's own word; 0 is well. */
  readonly exit: number;
  /** Its last lines, printable. */
  readonly said: string;
  readonly names: readonly string[];
}

const broken = (detail: string): AppError => new AppError("SIGNATURES_REFUSED", { detail });

/** Writes the files into `dir`. Throws SIGNATURES_REFUSED. */
export async function readFetched(stream: AsyncIterable<Buffer>, dir: string): Promise<Fetched> {
  const chunks = stream[Symbol.asyncIterator]();
  let left: Buffer = Buffer.alloc(0);
  const more = async (): Promise<void> => {
    const next = await chunks.next();
    if (next.done === true) throw broken("the update ended early");
    left = left.length === 0 ? next.value : Buffer.concat([left, next.value]);
  };
  while (!left.includes(newline)) {
    if (left.length > lineLimitBytes) throw broken("the update says too much");
    await more();
  }
  const end = left.indexOf(newline);
  const { exit, said, files } = parse(left.toString("utf8", 0, end));
  left = left.subarray(end + 1);
  if (files.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0) > totalLimitBytes)
    throw broken("the update is too large");
  for (const { name, sizeBytes } of files) {
    await using file = await open(join(dir, name), "wx", 0o644);
    for (let written = 0; written < sizeBytes; ) {
      if (left.length === 0) await more();
      const part = left.subarray(0, sizeBytes - written);
      await file.writeFile(part);
      written += part.length;
      left = left.subarray(part.length);
    }
  }
  const printable = said.replaceAll(/[^\x20-\x7e\n]/g, "?").trim();
  return { exit, said: printable, names: files.map(({ name }) => name) };
}

function parse(text: string): z.infer<typeof header> {
  try {
    return header.parse(JSON.parse(text));
  } catch (error) {
    throw new AppError("SIGNATURES_REFUSED", { detail: "the update cannot be read" }, error);
  }
}
