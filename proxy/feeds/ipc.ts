/** Messages between the orchestrator and the process that fetches one feed (Node IPC channel, JSON). */
import { z } from "zod";
import { listFormats, m365Categories } from "../../policies/compiled.ts";
import { feedOutcomes } from "../../policies/feeds/refresh.ts";

/** What a server sent: printable, and short enough to be sent back. */
const validator = z
  .string()
  .max(300)
  .regex(/^[\x20-\x7e]*$/)
  .optional();

export const toFetcher = z.strictObject({
  type: z.literal("look"),
  name: z.string(),
  url: z.string(),
  formats: z.array(z.enum(listFormats)),
  categories: z.array(z.enum(m365Categories)).optional(),
  maxBytes: z.int(),
  maxChangePercent: z.int(),
  ca: z.string().optional(),
  /** The door of the egress proxy. */
  socketPath: z.string(),
  /** Whether the last good copy stands behind descriptor 4. */
  hasFormer: z.boolean(),
  etag: validator,
  lastModified: validator,
});
export type ToFetcher = z.infer<typeof toFetcher>;

const text = z.string().max(2000);
const count = z.int().min(0).optional();

export const fromFetcher = z.discriminatedUnion("type", [
  z.strictObject({ type: z.literal("ready") }),
  z.strictObject({
    type: z.literal("looked"),
    kind: z.enum(feedOutcomes),
    ja: text,
    en: text,
    entries: count,
    added: count,
    removed: count,
    skipped: count,
    etag: validator,
    lastModified: validator,
  }),
]);
export type FromFetcher = z.infer<typeof fromFetcher>;
export type Looked = Extract<FromFetcher, { type: "looked" }>;

/** Descriptors that the process is started with, besides the channel at 3. */
export const formerFd = 4;
export const copyFd = 5;
