/**
 * Whether a file was broken before anything of ours saw it. Others say so: qpdf and poppler of a PDF; 7-Zip, and saxes of
 * the XML inside, of a package; 7-Zip of a compound file (what is called so and is none is no file of its class); a metafile itself, where a record says that it is longer than the whole. A file that qpdf
 * repairs with warnings counts as whole.
 */
import { Uint8ArrayReader, Uint8ArrayWriter, ZipReader } from "@zip.js/zip.js";
import { SaxesParser } from "saxes";
import type { FileClass } from "./corpus.ts";
import type { ToolBox } from "./tool-box.ts";

const pdfScript = [
  "cd /work && cat > a.pdf",
  "pdfinfo a.pdf > /dev/null 2> said || { echo poppler: $(head -n 1 said); exit 0; }",
  "timeout 30 qpdf --check a.pdf > /dev/null 2> said; status=$?",
  "[ $status = 2 ] && echo qpdf: $(tail -n 1 said); [ $status = 124 ] && echo qpdf: does not end",
  "true",
].join("; ");

const zipScript = [
  "cd /work && cat > a.zip",
  "7z t -p- a.zip > said 2>&1 || echo 7-Zip: $(grep -m 1 -iE 'error|warning' said)",
].join("; ");

/** What every compound file begins with. */
const compound = 0xd0cf11e0;

function wellFormed(xml: string): string | undefined {
  let wrong: string | undefined;
  const parser = new SaxesParser({ xmlns: true });
  parser.on("error", ({ message }) => {
    wrong ??= message;
  });
  // "DTD declarations shall not be present" (ECMA-376 part 2, 8.1.4).
  parser.on("doctype", () => {
    wrong ??= "a DTD";
  });
  parser.write(xml).close();
  return wrong;
}

async function brokenXml(bytes: Buffer): Promise<string | undefined> {
  for (const entry of await new ZipReader(new Uint8ArrayReader(bytes)).getEntries()) {
    if (entry.directory || !/\.(xml|rels)$/.test(entry.filename)) continue;
    const data = Buffer.from(await entry.getData(new Uint8ArrayWriter()));
    const wide = data[0] === 0xff ? "utf-16le" : data[0] === 0xfe ? "utf-16be" : "utf-8";
    const wrong = wellFormed(new TextDecoder(wide).decode(data));
    if (wrong !== undefined) return `saxes: ${entry.filename}: ${wrong}`;
  }
  return undefined;
}

/** Records follow each other by the lengths they name ([MS-EMF] 2.3, [MS-WMF] 2.3). */
function brokenMetafile(bytes: Buffer): string | undefined {
  const isEmf = bytes.toString("latin1", 40, 44) === " EMF";
  const isPlaceable = bytes.length >= 4 && bytes.readUInt32LE(0) === 0x9ac6cdd7;
  const isPlain = bytes.length >= 4 && bytes.readUInt32LE(0) === 0x0009_0001;
  if (!isEmf && !isPlaceable && !isPlain) return undefined;
  const header = isEmf ? 0 : isPlaceable ? 40 : 18;
  for (let at = header; at + 8 <= bytes.length; ) {
    const length = isEmf ? bytes.readUInt32LE(at + 4) : 2 * bytes.readUInt32LE(at);
    if (length < 6 || length > bytes.length - at) return `a record at ${at} of ${length} bytes`;
    at += length;
  }
  return undefined;
}

function say(box: ToolBox, script: string, bytes: Buffer): string | undefined {
  const said = box.run(script, bytes)?.toString("utf8").trim();
  return said === "" ? undefined : (said ?? "no answer").slice(0, 200);
}

/** Who says that it is broken, and what; undefined of a whole file, and of classes nobody is asked about. */
export async function corrupt(
  box: ToolBox,
  kind: FileClass,
  bytes: Buffer,
): Promise<string | undefined> {
  if (kind === "pdf") return say(box, pdfScript, bytes);
  if (kind === "image") return brokenMetafile(bytes);
  if (kind === "ole2")
    return bytes.length > 4 && bytes.readUInt32BE(0) === compound
      ? say(box, zipScript, bytes)
      : "no OLE2";
  // What is behind a password or of another kind is none.
  if (kind !== "ooxml" || bytes.toString("latin1", 0, 2) !== "PK") return undefined;
  return say(box, zipScript, bytes) ?? (await brokenXml(bytes).catch(String));
}
