/**
 * The job protocol on a sandbox's stdin and stdout, in frames of frame.ts. One job per container:
 *
 *   box  → host  ready
 *   host → box   job, chunk*, end
 *   box  → host  progress*, (convert, chunk*, end)*, (inside, chunk*, end)*, result, (chunk*, end when output is announced)
 *   host → box   for each convert: converted, (chunk*, end when it announces bytes)
 *
 * Member names and places are the only free text (vocabularies: file-words.ts), and bounded here; whoever shows them
 * cleans them.
 */
import { z } from "zod";
import {
  asIsTypes,
  contentTypes,
  outputTypeNames,
  removedClasses,
  sandboxReasons,
  sandboxVerdicts,
  sandboxWarnings,
} from "./file-words.ts";
import { officeKinds, officeRefusals } from "./office.ts";
import { sandboxLimits } from "./sandbox-limits.ts";

export const sandboxWireVersion = 2;

export const sandboxFrame = {
  job: 1,
  chunk: 2,
  end: 3,
  /** Answer to `convert`. */
  converted: 4,
  ready: 10,
  progress: 11,
  result: 12,
  /** What was unpacked or decrypted, for the host's virus scanner: chunks and an end follow. */
  inside: 13,
  /** A document of an older format that the office box is to make over: chunks and an end follow. */
  convert: 14,
} as const;

/** Largest payload of any frame, both ways. */
export const sandboxFrameLimitBytes = 256 * 1024;
export const sandboxChunkBytes = 64 * 1024;
/** What was unpacked goes to the virus scanner in pieces of about this size. */
export const sandboxInsideBytes = 64 * 1024 ** 2;
export const sandboxInside = z.strictObject({ bytes: z.int().min(1) });

/** Documents that one job may have converted; each is a container of its own. */
export const sandboxConversions = 50;
export const sandboxConvert = z.strictObject({
  kind: z.enum(officeKinds),
  bytes: z.int().min(1),
});
export type SandboxConvert = z.infer<typeof sandboxConvert>;
/** `no-engine`: this installation has no office image. */
export const sandboxConverted = z.union([
  z.strictObject({ bytes: z.int().min(1) }),
  z.strictObject({ refused: z.enum([...officeRefusals, "no-engine"]) }),
]);
export type SandboxConverted = z.infer<typeof sandboxConverted>;

/** Progress frames the host accepts before it calls the box broken. */
export const sandboxProgressLimit = 200;

/** Passwords tried on one file: people paste several at once. */
export const sandboxPasswords = 10;

/** Words looked for in one file. */
export const sandboxKeywords = 100;

export const sandboxJob = z.strictObject({
  version: z.literal(sandboxWireVersion),
  /** The file's name as the page gave it: only its extension is looked at. */
  name: z.string().max(1024),
  sizeBytes: z.int().min(0),
  passwords: z.array(z.string().min(1).max(256)).max(sandboxPasswords),
  limits: sandboxLimits,
  /** PDF leaves as pictures of its pages, also where it could be rebuilt. */
  pictures: z.boolean().optional(),
  /** What to look for in the text of whatever is rebuilt; the result then says what was there. */
  search: z
    .strictObject({
      myNumber: z.boolean(),
      keywords: z.array(z.string().min(1).max(100)).max(sandboxKeywords),
    })
    .optional(),
});
export type SandboxJob = z.infer<typeof sandboxJob>;

export const sandboxReady = z.strictObject({
  version: z.literal(sandboxWireVersion),
  engines: z.record(z.string().max(32), z.string().max(64)),
});
export type SandboxReady = z.infer<typeof sandboxReady>;

export const sandboxSteps = ["identify", "unpack", "rebuild", "verify"] as const;
export const sandboxProgress = z.strictObject({
  step: z.enum(sandboxSteps),
  /** 0..1 over the whole job. */
  done: z.number().min(0).max(1),
});
export type SandboxProgress = z.infer<typeof sandboxProgress>;

export const sandboxMember = z.strictObject({
  name: z.string().max(512),
  sizeBytes: z.int().min(0),
  encrypted: z.boolean(),
  /** What became of it; absent where the archive was only looked into. */
  verdict: z.enum(sandboxVerdicts).optional(),
  reason: z.enum(sandboxReasons).optional(),
  contentType: z.enum(contentTypes).optional(),
});
export type SandboxMember = z.infer<typeof sandboxMember>;

/** One line of the manifest: what happened to which kind of thing, where, how often. */
export const sandboxObject = z.strictObject({
  action: z.enum(["removed", "replaced", "kept"]),
  class: z.enum(removedClasses),
  count: z.int().min(1).max(1_000_000),
  /** Part, object or member; text from inside the file, cleaned by whoever shows it. */
  place: z.string().max(200),
});
export type SandboxObject = z.infer<typeof sandboxObject>;
/** Lines of the manifest that a result carries; the sums by class are always whole. */
export const sandboxObjectsListed = 300;

/** Members listed in a result; the rest is only counted. */
export const sandboxMembersListed = 100;

export const sandboxResult = z.strictObject({
  contentType: z.enum(contentTypes),
  verdict: z.enum(sandboxVerdicts),
  reason: z.enum(sandboxReasons),
  removed: z
    .array(z.strictObject({ class: z.enum(removedClasses), count: z.int().min(1).max(1_000_000) }))
    .max(removedClasses.length),
  warnings: z.array(z.enum(sandboxWarnings)).max(sandboxWarnings.length),
  members: z.array(sandboxMember).max(sandboxMembersListed),
  memberCount: z.int().min(0).max(10_000_000),
  /** Bytes of output follow the result, exactly this many. `released_as_is` has none: the input is it. */
  output: z.strictObject({ type: z.enum(outputTypeNames), bytes: z.int().min(1) }).nullable(),
  /** Type under which the untouched input may leave; only with `released_as_is`. */
  asIs: z.enum(asIsTypes).nullable(),
  objects: z.array(sandboxObject).max(sandboxObjectsListed),
  /** The rule that matched, with `infected`. */
  rule: z
    .string()
    .regex(/^[A-Za-z0-9_]{1,64}$/)
    .nullable(),
  /** Only where it was asked for: how many マイナンバー, and which of the keywords by their place. */
  search: z
    .strictObject({
      myNumbers: z.int().min(0).max(1_000_000),
      keywords: z
        .array(
          z
            .int()
            .min(0)
            .max(sandboxKeywords - 1),
        )
        .max(sandboxKeywords),
    })
    .optional(),
});
export type SandboxResult = z.infer<typeof sandboxResult>;

/** A result whose parts contradict each other is no result. Returns what is wrong, or undefined. */
export function contradiction(result: SandboxResult): string | undefined {
  const rebuilt =
    result.verdict === "sanitized" ||
    result.verdict === "converted" ||
    result.verdict === "partially_sanitized";
  if (rebuilt !== (result.output !== null))
    return "output without a rebuilding verdict, or none with one";
  if ((result.verdict === "released_as_is") !== (result.asIs !== null)) {
    return "as-is type without its verdict, or none with it";
  }
  if ((result.verdict === "infected") !== (result.rule !== null))
    return "a rule without its verdict, or none with it";
  return undefined;
}
