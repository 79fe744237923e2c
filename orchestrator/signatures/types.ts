/** What other features see of signature updates: shapes and the interface. */

/** The first one is the closed one. */
export const updateOutcomes = ["failed", "refused", "partly", "current", "taken", "none"] as const;
export type UpdateOutcome = (typeof updateOutcomes)[number];

export interface SignatureUpdateView {
  /** "off", "official", or the mirror's address. */
  readonly source: string;
  /** Of the last look; "none" before the first. */
  readonly outcome: UpdateOutcome;
  readonly detail: string;
  readonly lookedAtMs: number | null;
  /** When a look last found that everything is current, or took it. */
  readonly goodAtMs: number | null;
  readonly nextAtMs: number | null;
}

export interface SignatureUpdateService {
  view(): SignatureUpdateView;
  /** Now, whatever the schedule says. Throws SIGNATURES_NO_SOURCE. */
  look(): Promise<SignatureUpdateView>;
}
