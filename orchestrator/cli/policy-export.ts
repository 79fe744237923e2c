/** `hanare policy export FILE`: a list file of ours, as other programs read it. */
import { exportList } from "../../policies/exchange/export.ts";
import { encodeCp932 } from "../../policies/exchange/decode.ts";
import { importList } from "../../policies/exchange/import.ts";
import { lineFormats } from "../../policies/compiled.ts";
import { formatListLine } from "../../policies/list-line.ts";
import { commonOptions, onlyArgument, runCommand, UsageError } from "./command.ts";
import { complain, print } from "./policy-args.ts";
import { exchangeExits, fail, oneOf, readWhole, writeNew } from "./policy-import.ts";

const formats = [...lineFormats, "csv"] as const;
const help = `hanare policy export FILE --format NAME [--encoding NAME] [--out FILE] [--json]

Reads a list file of Hanare and writes it as another program reads it, to --out or to standard output.
FILE is "-" for standard input.

  --format     ${formats.join(", ")}
  --encoding   utf-8 (default), or cp932 as older Japanese Excel expects it
  --out FILE   never overwrites

Exit codes: 0 all of the list is in it, 1 nothing was written, 2 wrong usage, 4 written, but some entries
cannot be said in that format or some characters in that encoding (they are named on standard error).
`;
const options = {
  ...commonOptions,
  format: { type: "string" },
  encoding: { type: "string", default: "utf-8" },
  out: { type: "string" },
  json: { type: "boolean", default: false },
} as const;

export function policyExport(args: string[]): Promise<number> {
  return runCommand({ help, options }, args, async ({ values, positionals }) => {
    const file = onlyArgument(positionals, "file");
    if (values.format === undefined) throw new UsageError("Say which --format.");
    const format = oneOf(formats, values.format);
    const encoding = oneOf(["utf-8", "cp932"], values.encoding);
    const read = importList(await readWhole(file), { formats: ["domains"] });
    if (!read.ok) return fail(values.json, `${file}: ${read.ja} / ${read.en}`);
    const [wrong] = read.skipped;
    if (wrong)
      return fail(
        values.json,
        `${file}:${wrong.line}:1: 「${wrong.text}」は項目として読めません。先に直してください。 / "${wrong.text}" is no entry; mend it first.`,
      );
    const { text, lost } = exportList(read.lines, format);
    const { bytes, missing } =
      encoding === "cp932"
        ? // The mark that tells Excel of UTF-8 has no place there.
          encodeCp932(text.replace(/^\ufeff/, ""))
        : { bytes: Buffer.from(text), missing: [] };
    if (values.out === undefined && !values.json) process.stdout.write(bytes);
    if (values.out !== undefined) await writeNew(values.out, bytes);
    const entries = read.lines.length - lost.length;
    if (values.json) {
      const more = values.out === undefined ? { text } : { out: values.out };
      const lostLines = lost.map(formatListLine);
      print(JSON.stringify({ ok: true, entries, lost: lostLines, missing, ...more }));
    } else {
      for (const line of lost.slice(0, 50))
        complain(`${format} では書けません / cannot be said: ${formatListLine(line)}`);
      if (missing.length > 0)
        complain(`CP932 にない文字 / not in CP932: ${missing.slice(0, 50).join(" ")}`);
      complain(
        `${entries} 件、書けないもの ${lost.length} 件 / ${entries} entries, ${lost.length} lost`,
      );
    }
    return lost.length + missing.length > 0 ? exchangeExits.partly : exchangeExits.done;
  });
}
