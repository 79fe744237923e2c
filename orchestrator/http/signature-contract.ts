/** The part of the contract that is about updates of the virus signatures. */
import { z } from "zod";
import { type SignatureUpdateView, updateOutcomes } from "../signatures/types.ts";

/** Of the last look; the age of what is in force is in Overview. */
export const signatureUpdate = z.strictObject({
  /** "off", "official", or the mirror's address. */
  source: z.string(),
  outcome: z.enum(updateOutcomes),
  detail: z.string(),
  lookedAt: z.string().nullable(),
  goodAt: z.string().nullable(),
  nextAt: z.string().nullable(),
});
export type SignatureUpdate = z.infer<typeof signatureUpdate>;

const iso = (ms: number | null): string | null => (ms === null ? null : new Date(ms).toISOString());

export function toSignatureUpdate(view: SignatureUpdateView): SignatureUpdate {
  const { source, outcome, detail, lookedAtMs, goodAtMs, nextAtMs } = view;
  return {
    ...{ source, outcome, detail },
    lookedAt: iso(lookedAtMs),
    goodAt: iso(goodAtMs),
    nextAt: iso(nextAtMs),
  };
}
