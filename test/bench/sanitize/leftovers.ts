/** What a released file still holds that it may not; looked for on the host, in what left the desk. */
import { constants, inflateSync } from "node:zlib";
import { configure, Uint8ArrayReader, Uint8ArrayWriter, ZipReader } from "@zip.js/zip.js";
import { forbiddenIn, type OutputMember } from "../../../images/sandbox/second-look/forbidden.ts";

configure({ useWebWorkers: false });

async function unpack(bytes: Buffer): Promise<OutputMember[]> {
  const members: OutputMember[] = [];
  for (const entry of await new ZipReader(new Uint8ArrayReader(bytes)).getEntries()) {
    if (entry.directory) continue;
    const data = await entry.getData(new Uint8ArrayWriter());
    members.push({ name: entry.filename, bytes: Buffer.from(data) });
  }
  return members;
}

/** Names that run, send or hold something. */
const pdfNames =
  /\/(JavaScript|JS|Launch|SubmitForm|ImportData|GoToR|GoToE|RichMedia|Rendition|EmbeddedFiles?|XFA|AA)\b/;

/** Everything that is not page content: objects outside streams, and those packed into object streams. */
function pdfObjects(bytes: Buffer): string {
  const text = bytes.toString("latin1");
  const packed = [...text.matchAll(/\/ObjStm\b[^]*?stream\r?\n([^]*?)\r?\nendstream/g)].map(
    // Data may end in what looks like the line end behind it: all but its checksum is there.
    ([, data = ""]) =>
      inflateSync(Buffer.from(data, "latin1"), { finishFlush: constants.Z_SYNC_FLUSH }).toString(
        "latin1",
      ),
  );
  return [text.replace(/stream\r?\n[^]*?endstream/g, ""), ...packed].join("\n");
}

export async function leftovers(mediaType: string, bytes: Buffer): Promise<string | undefined> {
  if (/openxmlformats/.test(mediaType)) return forbiddenIn("ooxml", await unpack(bytes));
  if (/oasis/.test(mediaType)) return forbiddenIn("odf", await unpack(bytes));
  if (mediaType === "application/pdf") return pdfNames.exec(pdfObjects(bytes))?.[0];
  return undefined;
}
