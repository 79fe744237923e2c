/**
 * Writes files as a tar stream (POSIX ustar; long names as pax records). Times and owners are fixed, so
 * that the engine's build cache sees the same input for the same contents.
 */
import { open } from "node:fs/promises";
import { Readable } from "node:stream";
import type { ContextFile } from "./context-files.ts";

const blockSize = 512;
const chunkSize = 1024 * 1024;

interface Entry {
  readonly name: string;
  readonly size: number;
  readonly mode: number;
  readonly type: "0" | "x";
}

const octal = (value: number, digits: number): string =>
  `${value.toString(8).padStart(digits, "0")}\0`;

function header({ name, size, mode, type }: Entry): Buffer {
  const block = Buffer.alloc(blockSize);
  block.write(name, 0, 100, "utf8");
  block.write(octal(mode, 7), 100, "latin1");
  block.write(octal(0, 7), 108, "latin1");
  block.write(octal(0, 7), 116, "latin1");
  block.write(octal(size, 11), 124, "latin1");
  block.write(octal(0, 11), 136, "latin1");
  // The checksum counts its own field as spaces.
  block.fill(" ", 148, 156, "latin1");
  block.write(type, 156, "latin1");
  block.write("ustar\x0000", 257, "latin1");
  const sum = block.reduce((total, byte) => total + byte, 0);
  block.write(`${sum.toString(8).padStart(6, "0")}\0 `, 148, "latin1");
  return block;
}

const padding = (size: number): Buffer =>
  Buffer.alloc((blockSize - (size % blockSize)) % blockSize);

/** "<length> path=<name>\n" where the length counts itself. */
function paxRecord(name: string): Buffer {
  const rest = Buffer.byteLength(` path=${name}\n`);
  let length = rest + String(rest).length;
  if (String(length).length !== String(rest).length) length = rest + String(length).length;
  return Buffer.from(`${length} path=${name}\n`);
}

function* heading(file: ContextFile): Generator<Buffer> {
  const mode = file.executable ? 0o755 : 0o644;
  const long = Buffer.byteLength(file.to) > 100;
  if (long) {
    const record = paxRecord(file.to);
    yield header({ name: "pax", size: record.length, mode: 0o644, type: "x" });
    yield record;
    yield padding(record.length);
  }
  yield header({ name: long ? "long-name" : file.to, size: file.size, mode, type: "0" });
}

async function* write(files: readonly ContextFile[]): AsyncGenerator<Buffer> {
  for (const file of files) {
    yield* heading(file);
    await using handle = await open(file.from);
    let sent = 0;
    while (sent < file.size) {
      const chunk = Buffer.allocUnsafe(Math.min(chunkSize, file.size - sent));
      const { bytesRead } = await handle.read(chunk, 0, chunk.length, sent);
      if (bytesRead === 0) throw new Error(`${file.from} became shorter while it was read`);
      yield chunk.subarray(0, bytesRead);
      sent += bytesRead;
    }
    yield padding(file.size);
  }
  yield Buffer.alloc(2 * blockSize);
}

export function tarStream(files: readonly ContextFile[]): Readable {
  return Readable.from(write(files), { objectMode: false });
}
