/** Reads recorded decisions back, oldest first, a piece at a time: a month of them needs no more memory than an hour. */
import { open, readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import type { RecordedDecision } from "../../policies/replay.ts";
import { readDecision } from "./decision-line.ts";

export interface DecisionReader {
  readonly record: (record: RecordedDecision) => void;
  readonly unreadable: () => void;
  /** 0 to 1, by bytes. */
  readonly progress: (share: number) => void;
}

const pieceBytes = 1024 * 1024;
export const segmentPattern = /^(\d{4}-\d{2}-\d{2})T(\d{2})\.tsv$/;

/** Start of the hour that a segment's name says. */
export function segmentStart(name: string): number {
  const [, day, hour] = segmentPattern.exec(name) ?? [];
  return Date.parse(`${day ?? ""}T${hour ?? ""}:00:00Z`);
}

export async function listSegments(folder: string): Promise<string[]> {
  const names = await readdir(folder).catch((error: unknown) => {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return [];
    throw error;
  });
  return names.filter((name) => segmentPattern.test(name)).sort();
}

export async function readDecisions(
  folder: string,
  fromMs: number,
  reader: DecisionReader,
): Promise<void> {
  const segments = (await listSegments(folder)).filter(
    (name) => segmentStart(name) + 3_600_000 > fromMs,
  );
  const sizes = await Promise.all(
    segments.map(async (name) => (await stat(join(folder, name))).size),
  );
  const total = Math.max(
    1,
    sizes.reduce((sum, size) => sum + size, 0),
  );
  let done = 0;
  for (const name of segments) {
    await readSegment(join(folder, name), fromMs, reader, (bytes) => {
      done += bytes;
      reader.progress(Math.min(1, done / total));
    });
  }
}

async function readSegment(
  path: string,
  fromMs: number,
  reader: DecisionReader,
  onBytes: (bytes: number) => void,
): Promise<void> {
  await using file = await open(path);
  const buffer = Buffer.allocUnsafe(pieceBytes);
  let rest = "";
  for (;;) {
    const { bytesRead } = await file.read(buffer, 0, pieceBytes);
    if (bytesRead === 0) break;
    const lines = (rest + buffer.toString("latin1", 0, bytesRead)).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) {
      const record = readDecision(line);
      if (!record) reader.unreadable();
      else if (record.at >= fromMs) reader.record(record);
    }
    onBytes(bytesRead);
  }
  // A line without its end was being written when somebody pulled the plug.
  if (rest !== "") reader.unreadable();
}
