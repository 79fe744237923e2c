/** Splits the first line off a stream; the rest are a file's bytes. */
import { Readable } from "node:stream";

const lineLimitBytes = 4 * 1024 * 1024;
const newline = 0x0a;

export async function readRequest(
  input: Readable,
): Promise<{ readonly line: string; readonly rest: Readable }> {
  const chunks = (input as AsyncIterable<Buffer>)[Symbol.asyncIterator]();
  let head = Buffer.alloc(0);
  while (!head.includes(newline)) {
    const next = await chunks.next();
    if (next.done === true) throw new Error("no request");
    head = Buffer.concat([head, next.value]);
    if (head.length > lineLimitBytes) throw new Error("no end of the request");
  }
  const end = head.indexOf(newline);
  const after = head.subarray(end + 1);
  async function* rest(): AsyncGenerator<Buffer> {
    if (after.length > 0) yield after;
    for (let next = await chunks.next(); next.done !== true; next = await chunks.next())
      yield next.value;
  }
  return { line: head.toString("utf8", 0, end), rest: Readable.from(rest()) };
}
