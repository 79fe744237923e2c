/**
 * Our lines as other programs read them. Pure. What a format cannot say comes back in `lost`, so that
 * nobody takes the result for the whole list.
 */
import type { ListFormat } from "../compiled.ts";
import type { ListLine } from "../list-line.ts";
import { writeCsv } from "./csv.ts";
import { writeListFile } from "./import.ts";

export type ExportFormat = Exclude<ListFormat, "m365-json">;

export interface ExportResult {
  readonly text: string;
  readonly lost: readonly ListLine[];
}

export function exportList(lines: readonly ListLine[], format: ExportFormat): ExportResult {
  if (format === "domains") return { text: writeListFile(lines), lost: [] };
  if (format === "csv") return { text: writeCsv(lines), lost: [] };
  const write = writers[format];
  const written = lines.map((line) => write(line));
  return {
    text: written.flatMap((line) => (line === undefined ? [] : [`${line}\n`])).join(""),
    lost: lines.filter((_, index) => written[index] === undefined),
  };
}

const isSuffix = (entry: string) => entry.startsWith(".");
const isExact = (entry: string) => !/^[.*!]|\//.test(entry);

const writers: Readonly<
  Record<"hosts" | "squid" | "adblock-basic", (line: ListLine) => string | undefined>
> = {
  hosts: ({ entry, comment }) =>
    isExact(entry) ? `0.0.0.0 ${entry}${comment === "" ? "" : ` # ${comment}`}` : undefined,
  squid: ({ entry, comment }) =>
    isSuffix(entry) || isExact(entry)
      ? `${entry}${comment === "" ? "" : ` # ${comment}`}`
      : undefined,
  "adblock-basic": ({ entry }) => {
    if (isSuffix(entry)) return `||${entry.slice(1)}^`;
    return entry.startsWith("!.") ? `@@||${entry.slice(2)}^` : undefined;
  },
};
