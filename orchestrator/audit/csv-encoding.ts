/** CSV in the bytes that somebody asked for: UTF-8 with its mark, or CP932. */
import { Readable } from "node:stream";
import { encodeCp932 } from "../base/cp932.ts";
import type { CsvEncoding } from "../http/audit-contract.ts";
import { byteOrderMark } from "./csv.ts";

/** @param csv begins with the byte order mark */
export function inEncoding(csv: Readable, encoding: CsvEncoding): Readable {
  if (encoding === "utf-8") return csv;
  csv.setEncoding("utf8");
  async function* bytes(): AsyncGenerator<Uint8Array> {
    for await (const text of csv as AsyncIterable<string>)
      yield encodeCp932(text.startsWith(byteOrderMark) ? text.slice(1) : text);
  }
  return Readable.from(bytes(), { objectMode: false });
}
