/**
 * Whether a rebuilt Office document says what it said: cell values of a workbook, text of a document and of slides, read by
 * another reader than the rebuild's and compared before and after. Undefined where there is nothing to compare.
 */
import { configure, Uint8ArrayReader, Uint8ArrayWriter, ZipReader } from "@zip.js/zip.js";

configure({ useWebWorkers: false });

export type Kept = "differs" | "same" | undefined;

const contentParts: Readonly<Record<string, RegExp>> = {
  docx: /^word\/(document|header\d*|footer\d*|footnotes|endnotes)\.xml$/,
  pptx: /^ppt\/slides\/slide\d+\.xml$/,
};

async function xmlParts(bytes: Buffer): Promise<ReadonlyMap<string, string>> {
  const parts = new Map<string, string>();
  for (const entry of await new ZipReader(new Uint8ArrayReader(bytes)).getEntries()) {
    if (entry.directory || !/\.(xml|rels)$/.test(entry.filename)) continue;
    const data = await entry.getData(new Uint8ArrayWriter());
    // Ends of lines are one character to whoever reads XML (XML 1.0 §2.11).
    const text = Buffer.from(data).toString("utf8").replaceAll(/\r\n?/g, "\n");
    parts.set(entry.filename.replace(/^\//, ""), text);
  }
  return parts;
}

const decode = (text: string): string =>
  text
    .replaceAll(/&#(x[0-9a-f]+|\d+);/gi, (_, code: string) =>
      String.fromCodePoint(
        code.startsWith("x") ? Number.parseInt(code.slice(1), 16) : Number(code),
      ),
    )
    .replaceAll("&lt;", "<")
    .replaceAll("&gt;", ">")
    .replaceAll("&quot;", '"')
    .replaceAll("&apos;", "'")
    .replaceAll("&amp;", "&");

/** Text of the elements of this local name, in order. */
function textsOf(xml: string, name: string): string[] {
  const pattern = new RegExp(`<(?:\\w+:)?${name}(?:\\s[^>]*)?>([^<]*)</(?:\\w+:)?${name}>`, "g");
  return [...xml.matchAll(pattern)].map(([, text = ""]) => decode(text));
}

/** Each cell with its place and its value, shared strings looked up. */
function cellsOf(parts: ReadonlyMap<string, string>): string {
  const shared = [
    ...(parts.get("xl/sharedStrings.xml") ?? "").matchAll(/<(?:\w+:)?si\b[^]*?<\/(?:\w+:)?si>/g),
  ].map(([item]) => textsOf(item, "t").join(""));
  const sheets = [...parts].filter(([name]) => /^xl\/worksheets\/sheet\d+\.xml$/.test(name));
  return sheets
    .toSorted(([a], [b]) => a.localeCompare(b))
    .flatMap(([name, xml]) =>
      [...xml.matchAll(/<(?:\w+:)?c\b([^>]*?)(?:\/>|>([^]*?)<\/(?:\w+:)?c>)/g)].map(
        ([, attributes = "", inside = ""]) => {
          const place = /\br="([^"]*)"/.exec(attributes)?.[1] ?? "";
          const value = textsOf(inside, "v")[0];
          const isShared = /\bt="s"/.test(attributes);
          const text = isShared ? shared[Number(value)] : (value ?? textsOf(inside, "t").join(""));
          return `${name}!${place}=${text ?? ""}`;
        },
      ),
    )
    .join("\n");
}

function saysWhat(extension: string, parts: ReadonlyMap<string, string>): string | undefined {
  if (extension === "xlsx") return cellsOf(parts);
  const wanted = contentParts[extension];
  if (wanted === undefined) return undefined;
  return [...parts]
    .filter(([name]) => wanted.test(name))
    .toSorted(([a], [b]) => a.localeCompare(b))
    .map(([, xml]) => textsOf(xml, "t").join(""))
    .join("\n");
}

/** @param extension of what left: `docx`, `xlsx` or `pptx` */
export async function kept(before: Buffer, after: Buffer, extension: string): Promise<Kept> {
  if (before[0] !== 0x50 || !["docx", "xlsx", "pptx"].includes(extension)) return undefined;
  const said = saysWhat(extension, await xmlParts(before));
  return said === saysWhat(extension, await xmlParts(after)) ? "same" : "differs";
}
