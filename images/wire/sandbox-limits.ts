/** How much of a file a sandbox takes on. */
import { z } from "zod";

/** Limits of sanitizer.md §6.3. The box enforces them; the host enforces bytes and time once more. */
export const sandboxLimits = z.strictObject({
  inputBytes: z.int().min(1),
  outputBytes: z.int().min(1),
  /** Sum of what an archive or package says it unpacks to. */
  unpackedBytes: z.int().min(1),
  /** Unpacked : packed over the whole archive, applied once it unpacks to more than ratioFromBytes. */
  ratio: z.int().min(1),
  ratioFromBytes: z.int().min(0),
  entryRatio: z.int().min(1),
  members: z.int().min(1),
  /** One XML part, unpacked. */
  xmlBytes: z.int().min(1),
  xmlDepth: z.int().min(1),
  imagePixels: z.int().min(1),
  imageFrames: z.int().min(1),
  pdfPages: z.int().min(1),
  toolSeconds: z.int().min(1),
  /** Archives inside archives. */
  nesting: z.int().min(1),
});
export type SandboxLimits = z.infer<typeof sandboxLimits>;

export const defaultSandboxLimits: SandboxLimits = {
  inputBytes: 200 * 1024 ** 2,
  outputBytes: 200 * 1024 ** 2,
  unpackedBytes: 1024 ** 3,
  ratio: 100,
  ratioFromBytes: 10 * 1024 ** 2,
  entryRatio: 1000,
  members: 5000,
  xmlBytes: 50 * 1024 ** 2,
  xmlDepth: 256,
  imagePixels: 100_000_000,
  imageFrames: 500,
  pdfPages: 3000,
  toolSeconds: 30,
  nesting: 5,
};
