/**
 * What a file is, by its bytes alone. The name's extension never decides what it is; it only tells
 * tables from text, is compared, and can make things worse.
 */
import type { ContentType } from "../../wire/file-words.ts";
import type { SandboxLimits } from "../../wire/sandbox-limits.ts";
import { Refusal } from "../context.ts";
import { readZipDirectory } from "../zip/directory.ts";
import { readEntry } from "../zip/read-entry.ts";
import { identifyCfb } from "./cfb.ts";
import { identifyByMagic } from "./magic.ts";
import { packageKind } from "./package-kind.ts";
import { identifyText } from "./text.ts";

const odfMimetypes: Readonly<Record<string, ContentType>> = {
  "application/vnd.oasis.opendocument.text": "odt",
  "application/vnd.oasis.opendocument.spreadsheet": "ods",
  "application/vnd.oasis.opendocument.presentation": "odp",
};

/** A zip that does not read strictly stays `zip`: its engine says what is wrong with it. */
function identifyZip(bytes: Buffer, limits: SandboxLimits): ContentType {
  try {
    const directory = readZipDirectory(bytes);
    const first = directory.entries[0];
    if (first?.name === "mimetype" && first.sizeBytes < 128) {
      const mimetype = readEntry(bytes, first, 128).toString("latin1");
      return odfMimetypes[mimetype] ?? "zip";
    }
    const types = directory.entries.find((entry) => entry.name === "[Content_Types].xml");
    if (types !== undefined && !types.encrypted) {
      return packageKind(readEntry(bytes, types, limits.xmlBytes).toString("utf8"));
    }
    return "zip";
  } catch (error) {
    if (error instanceof Refusal) return "zip";
    throw error;
  }
}

export function identify(bytes: Buffer, extension: string, limits: SandboxLimits): ContentType {
  if (bytes.length === 0) return "empty";
  const byMagic = identifyByMagic(bytes);
  if (byMagic === "cfb") return identifyCfb(bytes);
  if (byMagic === "zip") return identifyZip(bytes, limits);
  if (byMagic !== undefined) return byMagic;
  return identifyText(bytes, extension)?.type ?? "unknown";
}
