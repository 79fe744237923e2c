/**
 * One job, from bytes to result: identify, have an engine rebuild it, look at everything that was unpacked on
 * the way with our own rules, translate what came of it. Files inside files go the same way (`inside`).
 */
import {
  type ContentType,
  type OutputType,
  outputTypes,
  type SandboxReason,
} from "../wire/file-words.ts";
import { type SandboxMember, type SandboxResult, sandboxMembersListed } from "../wire/sandbox.ts";
import { type Inner, type JobContext, Refusal, reasonOf } from "./context.ts";
import { ArchiveRefusal } from "./engines/archive.ts";
import { drawOffice } from "./engines/office-pages.ts";
import type { EngineOutcome } from "./engines/outcome.ts";
import { runEngine } from "./engines/run-engine.ts";
import {
  extensionDisagrees,
  extensionOf,
  heldExtension,
  isExecutableExtension,
} from "./identify/extension.ts";
import { identify } from "./identify/identify.ts";
import { Search } from "./search/search.ts";
import { textOf } from "./search/text-of.ts";
import { forbiddenIn, type PackageFamily } from "./second-look/forbidden.ts";

export interface FinishedJob {
  readonly result: SandboxResult;
  readonly output: Buffer | undefined;
}

/** What a job is given; the rest of the context is made here. */
export type JobStart = Omit<JobContext, "budget" | "depth" | "found" | "inside" | "search">;

/** Names the rule that matches any of the files; undefined when none does. */
export type Rules = (
  files: readonly { readonly name: string; readonly bytes: Buffer }[],
) => Promise<string | undefined>;

const blank = {
  removed: [],
  members: [],
  memberCount: 0,
  output: null,
  asIs: null,
  objects: [],
  rule: null,
} as const;

interface Judged {
  readonly verdict: SandboxResult["verdict"];
  readonly reason: SandboxReason;
  readonly output?: Inner["output"];
  readonly asIs?: SandboxResult["asIs"];
  readonly members?: readonly SandboxMember[];
}

function judge(outcome: EngineOutcome, context: JobContext): Judged {
  switch (outcome.kind) {
    case "as-is":
      return { verdict: "released_as_is", reason: "clean-text", asIs: outcome.type };
    case "held":
      return { verdict: "needs_approval", reason: outcome.reason, members: outcome.members };
    case "rebuilt":
      return {
        verdict: "sanitized",
        reason: outcome.reason ?? reasonOf(context.tally),
        output: { type: outcome.type, bytes: outcome.bytes },
      };
    case "converted":
      return {
        verdict: "converted",
        reason: outcome.reason,
        output: { type: outcome.type, bytes: outcome.bytes },
      };
    case "members":
      return {
        verdict: !outcome.complete
          ? "partially_sanitized"
          : outcome.converted
            ? "converted"
            : "sanitized",
        reason: outcome.complete ? "members-rebuilt" : "members-blocked",
        output: { type: outcome.type, bytes: outcome.bytes },
        members: outcome.members,
      };
  }
}

/** Names may make things worse, never better. */
function checkName(name: string, type: ContentType, context: JobContext): void {
  const extension = extensionOf(name);
  if (extensionDisagrees(type, extension)) context.warnings.add("extension-mismatch");
  const runnable = isExecutableExtension(extension) && type !== "executable" && type !== "script";
  if (runnable) throw new Refusal("blocked", "executable-extension", extension);
  if (type === "unknown" && heldExtension(extension))
    throw new Refusal("needs_approval", "no-engine", extension);
}

/** Templates and shows are their document's kind; a table is text until its name says more. */
const identifiedAs: Partial<Record<OutputType, ContentType>> = {
  dotx: "docx",
  xltx: "xlsx",
  potx: "pptx",
  ppsx: "pptx",
  eml: "mail",
};

/** What leaves is looked at once more as if it had just come in: it must be what it is said to be, and only that. */
async function checkOutput(
  { type, bytes }: NonNullable<Inner["output"]>,
  context: JobContext,
): Promise<void> {
  if (bytes.length > context.limits.outputBytes) throw new Refusal("blocked", "size-limit");
  const found = identify(bytes, outputTypes[type].extensions[0], context.limits);
  if (found !== (identifiedAs[type] ?? type))
    throw new Refusal("failed", "verifier-disagreed", `${found} for ${type}`);
  const family = packageFamily[type];
  if (family === undefined) return;
  const left = forbiddenIn(family, await context.unpackOutput(bytes));
  if (left !== undefined) throw new Refusal("failed", "verifier-disagreed", left);
}

const packageFamily: Partial<Record<OutputType, PackageFamily>> = {
  docx: "ooxml",
  dotx: "ooxml",
  xlsx: "ooxml",
  xltx: "ooxml",
  pptx: "ooxml",
  potx: "ooxml",
  ppsx: "ooxml",
  odt: "odf",
  ods: "odf",
  odp: "odf",
};

interface Looked extends Judged {
  readonly contentType: ContentType;
  readonly directory?: readonly SandboxMember[];
}

/** Never throws for what is in a file, but for a missing password and a bomb inside. */
async function look(name: string, context: JobContext): Promise<Looked> {
  let contentType: ContentType = "unknown";
  try {
    contentType = identify(context.bytes, extensionOf(name), context.limits);
    checkName(name, contentType, context);
    const outcome = await drawOffice(await runEngine(contentType, context), context);
    const judged = judge(outcome, context);
    if (judged.output !== undefined) await checkOutput(judged.output, context);
    const leaving = judged.asIs
      ? { type: judged.asIs, bytes: context.bytes }
      : (judged.output ?? undefined);
    if (leaving !== undefined && context.search !== undefined)
      context.search.look(await textOf(leaving.type, leaving.bytes, context));
    return { ...judged, contentType };
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    context.note(error.message);
    const directory = error instanceof ArchiveRefusal ? error.members : [];
    return { contentType, verdict: error.verdict, reason: error.reason, directory };
  }
}

function childOf(parent: JobContext, name: string, bytes: Buffer): JobContext {
  const child: JobContext = {
    ...parent,
    job: { ...parent.job, name, sizeBytes: bytes.length },
    bytes,
    depth: parent.depth + 1,
    progress: () => undefined,
    inside: (inner, data) => lookInside(child, inner, data),
  };
  return child;
}

const bombs: ReadonlySet<SandboxReason> = new Set<SandboxReason>([
  "ratio-limit",
  "member-limit",
  "nesting-limit",
]);

async function lookInside(parent: JobContext, name: string, bytes: Buffer): Promise<Inner> {
  const leave = parent.tally.enter(name);
  try {
    const looked = await look(name, childOf(parent, name, bytes));
    // One password opens the whole; a part that stays shut is not left out in silence.
    if (looked.verdict === "needs_password") throw new Refusal("needs_password", looked.reason);
    const { contentType, verdict, reason, output, asIs } = looked;
    // A bomb is no member to be left out: its archive is one.
    if (bombs.has(reason)) throw new Refusal("blocked", reason, "inside");
    const leaving = asIs ? { type: asIs, bytes } : output;
    return { contentType, verdict, reason, ...(leaving === undefined ? {} : { output: leaving }) };
  } finally {
    leave();
  }
}

function finish(looked: Looked, context: JobContext): FinishedJob {
  const released = looked.output !== undefined;
  const members = looked.members ?? looked.directory ?? [];
  return {
    result: {
      ...blank,
      contentType: looked.contentType,
      verdict: looked.verdict,
      reason: looked.reason,
      removed: released ? context.tally.list() : [],
      objects: released ? context.tally.objects() : [],
      warnings: [...context.warnings],
      members: members.slice(0, sandboxMembersListed),
      memberCount: members.length,
      output: looked.output
        ? { type: looked.output.type, bytes: looked.output.bytes.length }
        : null,
      asIs: looked.asIs ?? null,
      ...(context.search && { search: context.search.result() }),
    },
    output: looked.output?.bytes,
  };
}

const refused = (
  result: Pick<SandboxResult, "contentType" | "reason" | "verdict"> & Partial<SandboxResult>,
): FinishedJob => ({
  result: { ...blank, removed: [], members: [], objects: [], warnings: [], ...result },
  output: undefined,
});

export interface JobEnd {
  readonly finished: FinishedJob;
  /** What the virus scanner has not seen yet: unpacked or decrypted files. */
  readonly found: JobContext["found"];
}

/** Never throws for what is in a file. What it does throw is a fault, and main.ts answers it with `failed`. */
export async function runJob(start: JobStart, rules: Rules): Promise<JobEnd> {
  const context: JobContext = {
    ...start,
    depth: 0,
    budget: { members: 0, unpackedBytes: 0 },
    found: [],
    search: start.job.search && new Search(start.job.search),
    inside: (name, bytes) => lookInside(context, name, bytes),
  };
  const { found } = context;
  context.progress("identify", 0.1);
  const contentType = identify(context.bytes, extensionOf(start.job.name), context.limits);
  // The file itself meanwhile; what is unpacked from it when all of that is known.
  const [looked, ruleOutside] = await Promise.all([
    look(start.job.name, context),
    rules([{ name: start.job.name, bytes: context.bytes }]),
  ]);
  const rule = ruleOutside ?? (found.length === 0 ? undefined : await rules(found));
  if (rule !== undefined)
    return {
      finished: refused({ contentType, verdict: "infected", reason: "rule-match", rule }),
      found,
    };
  return { finished: finish(looked, context), found };
}
