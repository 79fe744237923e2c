/** What a writer process is told in its first line, and answers in its only one. */
import { z } from "zod";

/** A folder below a mount. */
const place = z.strictObject({
  mount: z.string().startsWith("/"),
  parts: z.array(z.string().min(1).max(255)).max(16),
});
export type Place = z.infer<typeof place>;

const partName = /^\.hanare-[0-9a-f]{16}\.part$/;

const item = place.extend({
  name: z.string().min(1).max(255),
  sizeBytes: z.int().min(0),
  sha256: z.string(),
  remove: z.boolean(),
});
export type Item = z.infer<typeof item>;

export const writerRequest = z.discriminatedUnion("do", [
  z.strictObject({ do: z.literal("check"), place }),
  /** The bytes follow. */
  z.strictObject({
    do: z.literal("save"),
    place,
    makeFolders: z.boolean(),
    name: z.string().min(1).max(255),
    part: z.string().regex(partName),
    sizeBytes: z.int().min(0),
    reserveBytes: z.int().min(0),
  }),
  /** What a save that broke off left. */
  z.strictObject({ do: z.literal("clear"), place, part: z.string().regex(partName) }),
  /** Whether files are as they were written; the same, and gone afterwards. */
  z.strictObject({ do: z.literal("look"), items: z.array(item).max(1000) }),
]);
export type WriterRequest = z.infer<typeof writerRequest>;

export const writerFaults = [
  /** Another file system than the one that was mounted there, or none. */
  "not-mounted",
  "no-folder",
  "full",
  "refused",
  "failed",
] as const;
export type WriterFault = (typeof writerFaults)[number];

export const itemStates = ["there", "changed", "gone", "removed"] as const;
export type ItemState = (typeof itemStates)[number];

export const writerAnswer = z.discriminatedUnion("is", [
  z.strictObject({ is: z.literal("fault"), fault: z.enum(writerFaults), detail: z.string() }),
  z.strictObject({ is: z.literal("mounted"), fileSystem: z.string(), freeBytes: z.number() }),
  z.strictObject({ is: z.literal("saved"), name: z.string().min(1).max(255), sha256: z.string() }),
  z.strictObject({ is: z.literal("cleared") }),
  z.strictObject({ is: z.literal("looked"), states: z.array(z.enum(itemStates)) }),
]);
export type WriterAnswer = z.infer<typeof writerAnswer>;

/** Thrown inside the writer: said as the answer. */
export class WriterError extends Error {
  readonly fault: WriterFault;

  constructor(fault: WriterFault, detail: string) {
    super(detail);
    this.fault = fault;
  }
}
