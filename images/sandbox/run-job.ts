/**
 * One job, from bytes to result: identify, choose the engine, translate what came of it. Everything that
 * no engine rebuilds is refused here, type by type; a new content type does not compile without a line.
 */
import type { ContentType, SandboxResult } from "../wire/sandbox.ts";
import { Refusal, type JobContext, reasonOf } from "./context.ts";
import { ArchiveRefusal, inspectZip, listMembers } from "./engines/archive.ts";
import { sanitizeImage } from "./engines/image.ts";
import { sanitizeOoxml } from "./engines/ooxml.ts";
import type { EngineOutcome } from "./engines/outcome.ts";
import { sanitizePdf } from "./engines/pdf.ts";
import { passText } from "./engines/text.ts";
import { extensionDisagrees, extensionOf, isExecutableExtension } from "./identify/extension.ts";
import { identify } from "./identify/identify.ts";

export interface FinishedJob {
  readonly result: SandboxResult;
  readonly output: Buffer | undefined;
}

const held = (): EngineOutcome => ({ kind: "held", reason: "no-engine", members: [] });

async function runEngine(type: ContentType, context: JobContext): Promise<EngineOutcome> {
  switch (type) {
    case "jpeg":
    case "png":
    case "gif":
    case "webp":
      return sanitizeImage(type, context);
    case "pdf":
      return sanitizePdf(context);
    case "docx":
    case "xlsx":
    case "pptx":
      return sanitizeOoxml(type, context);
    case "text":
    case "csv":
      return passText(type, context);
    case "zip":
      return inspectZip(context);
    case "office-encrypted":
      throw new Refusal("needs_password", "password-required");
    case "empty":
      throw new Refusal("blocked", "empty-file");
    case "executable":
    case "script":
    case "disk-image":
      throw new Refusal("blocked", "executable");
    // Documents people need and nothing here rebuilds yet: a person with the right decides.
    case "doc":
    case "xls":
    case "ppt":
    case "xlsb":
    case "msg":
    case "jtd":
    case "rtf":
    case "odt":
    case "ods":
    case "odp":
    case "bmp":
    case "tiff":
    case "heif":
    case "svg":
    case "metafile":
    case "html":
    case "xml":
    case "mail":
    case "7z":
    case "rar":
    case "lzh":
    case "cab":
    case "gzip":
    case "tar":
    case "media":
      return held();
    case "opc":
    case "cfb":
    case "unknown":
      throw new Refusal("blocked", "unknown-type");
  }
}

const blank = {
  removed: [],
  members: [],
  memberCount: 0,
  output: null,
  asIs: null,
} as const;

function finish(type: ContentType, outcome: EngineOutcome, context: JobContext): FinishedJob {
  const removed = context.tally.list();
  const warnings = [...context.warnings];
  switch (outcome.kind) {
    case "as-is":
      return {
        result: {
          ...blank,
          contentType: type,
          verdict: "released_as_is",
          reason: "clean-text",
          warnings,
          removed: [],
          members: [],
          asIs: outcome.type,
        },
        output: undefined,
      };
    case "held":
      return {
        result: {
          ...blank,
          contentType: type,
          verdict: "needs_approval",
          reason: outcome.reason,
          warnings,
          removed: [],
          members: [...outcome.members],
          memberCount: outcome.members.length,
        },
        output: undefined,
      };
    case "rebuilt": {
      if (outcome.bytes.length > context.limits.outputBytes)
        throw new Refusal("blocked", "size-limit");
      return {
        result: {
          ...blank,
          contentType: type,
          verdict: "sanitized",
          reason: reasonOf(context.tally),
          warnings,
          removed,
          members: [],
          output: { type: outcome.type, bytes: outcome.bytes.length },
        },
        output: outcome.bytes,
      };
    }
  }
}

function refuse(type: ContentType, refusal: Refusal, context: JobContext): FinishedJob {
  const directory = refusal instanceof ArchiveRefusal ? refusal.directory : undefined;
  return {
    result: {
      ...blank,
      contentType: type,
      verdict: refusal.verdict,
      reason: refusal.reason,
      warnings: [...context.warnings],
      removed: [],
      members: directory === undefined ? [] : listMembers(directory),
      memberCount: directory?.entries.length ?? 0,
    },
    output: undefined,
  };
}

/** Never throws for what is in a file. What it does throw is a fault, and main.ts answers it with `failed`. */
export async function runJob(context: JobContext): Promise<FinishedJob> {
  const extension = extensionOf(context.job.name);
  let type: ContentType = "unknown";
  try {
    context.progress("identify", 0.1);
    type = identify(context.bytes, extension, context.limits);
    if (extensionDisagrees(type, extension)) context.warnings.add("extension-mismatch");
    const runnable = isExecutableExtension(extension) && type !== "executable" && type !== "script";
    if (runnable) throw new Refusal("blocked", "executable-extension", extension);
    return finish(type, await runEngine(type, context), context);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    context.note(error.message);
    return refuse(type, error, context);
  }
}
