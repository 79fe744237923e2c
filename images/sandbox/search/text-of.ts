/**
 * The words of a file that was just rebuilt, for the rules about what may go out. What is read here has passed its
 * engine and the second look, so its structure is known; nothing is interpreted beyond text.
 */
import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { OutputType } from "../../wire/file-words.ts";
import { type JobContext, Refusal } from "../context.ts";
import { decodeText } from "../identify/text.ts";
import { runTool } from "../run-tool.ts";
import { readZipDirectory } from "../zip/directory.ts";
import { readEntry } from "../zip/read-entry.ts";

const textLimitBytes = 64 * 1024 ** 2;

/** Empty for pictures and for archives, whose members are read one by one. Throws Refusal when it cannot be read. */
export async function textOf(
  type: OutputType,
  bytes: Buffer,
  context: JobContext,
): Promise<string> {
  switch (type) {
    case "docx":
    case "dotx":
    case "xlsx":
    case "xltx":
    case "pptx":
    case "potx":
    case "ppsx":
    case "odt":
    case "ods":
    case "odp":
      return packageText(bytes, context);
    case "pdf":
      return pdfText(bytes, context);
    case "text":
    case "csv":
    case "dxf":
    case "sxf":
    case "eml":
      return plainText(bytes);
    case "html":
    case "xml":
      return xmlText(plainText(bytes));
    case "jpeg":
    case "png":
    case "gif":
    case "webp":
    case "tiff":
    case "zip":
      return "";
  }
}

function plainText(bytes: Buffer): string {
  const decoded = decodeText(bytes);
  if (decoded === undefined) throw new Refusal("needs_approval", "text-encoding");
  return decoded.text;
}

async function pdfText(bytes: Buffer, context: JobContext): Promise<string> {
  const path = join(context.workDir, "search.pdf");
  await writeFile(path, bytes);
  try {
    const { exitCode, stdout } = await runTool("/usr/bin/pdftotext", ["-layout", path, "-"], {
      seconds: context.limits.toolSeconds,
      cwd: context.workDir,
      stdoutLimitBytes: textLimitBytes,
    });
    if (exitCode !== 0) throw new Refusal("failed", "engine-error", "pdftotext");
    return stdout.toString("utf8");
  } finally {
    await rm(path, { force: true });
  }
}

function packageText(bytes: Buffer, context: JobContext): string {
  const parts = new Map<string, string>();
  for (const entry of readZipDirectory(bytes).entries) {
    if (!entry.name.endsWith(".xml")) continue;
    parts.set(entry.name, readEntry(bytes, entry, context.limits.xmlBytes).toString("utf8"));
  }
  const shared = [
    ...(parts.get("xl/sharedStrings.xml") ?? "").matchAll(/<si\b[^>]*>([\s\S]*?)<\/si>/g),
  ].map(([, inner = ""]) => inner);
  return [...parts]
    .map(([name, xml]) =>
      xmlText(name.startsWith("xl/worksheets/") ? withStrings(xml, shared) : xml),
    )
    .join("\n");
}

/** Cells that point at a string get it, so that neighbours stand beside each other as on the sheet. */
function withStrings(sheet: string, shared: readonly string[]): string {
  return sheet.replace(
    /(<c\b[^>]*\bt="s"[^>]*>\s*<v>)(\d+)(<\/v>)/g,
    (_all, before: string, index: string, after: string) =>
      `${before}${shared[Number(index)] ?? ""}${after}`,
  );
}

/** Runs of one paragraph join; cells stand side by side, paragraphs and rows below each other. */
function xmlText(xml: string): string {
  return xml
    .replace(/<\/(?:w:p|text:p)>\s*(?=<\/(?:w:tc|table:table-cell)>)/g, "")
    .replace(/<\/(?:c|w:tc|a:tc|table:table-cell|td|th)>|<(?:w:tab|text:tab)\/>/g, "\t")
    .replace(/<\/(?:w:p|a:p|text:p|text:h|row|si|p|div|tr|li|w:tr)>|<(?:w:br|br)\b[^>]*>/g, "\n")
    .replace(/<[^>]*>/g, "")
    .replace(/&#(?:x([0-9a-f]{1,6})|(\d{1,7}));/gi, (_all, hex?: string, decimal?: string) => {
      const code = hex === undefined ? Number(decimal) : Number.parseInt(hex, 16);
      return code <= 0x10_ffff ? String.fromCodePoint(code) : "";
    })
    .replaceAll("&lt;", "<")
    .replaceAll("&gt;", ">")
    .replaceAll("&quot;", '"')
    .replaceAll("&apos;", "'")
    .replaceAll("&amp;", "&");
}
