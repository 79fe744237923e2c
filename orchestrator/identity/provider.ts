/**
 * What a source of identities can do. Local accounts are the first; directories come beside it.
 * A provider decides about one name and one secret; throttling, tickets and audit are not its matter.
 */
import type { Account } from "./types.ts";

export type ProviderVerdict =
  | { readonly outcome: "refused"; readonly reason: "unknown-user" }
  | {
      readonly outcome: "refused";
      readonly reason: "wrong-password" | "one-time-expired" | "disabled";
      readonly user: Account;
    }
  | { readonly outcome: "accepted"; readonly user: Account };

export interface IdentityProvider {
  readonly kind: "local";
  /** Takes the same time whether the name exists or not. Throws only for failures of the provider itself. */
  check(untrustedName: string, password: string): Promise<ProviderVerdict>;
}
