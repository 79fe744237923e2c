/** What of a policy is past its day and therefore does nothing any more. Pure. */
import type { CompiledPolicy } from "./compiled.ts";

export interface Expired {
  readonly kind: "rule" | "rights" | "list" | "entries";
  /** Of the rule, the rights or the list. */
  readonly id: string;
  /** How many entries of the list; 1 for everything else. Entries of big lists are not counted. */
  readonly count: number;
}

/** @param now milliseconds since the epoch */
export function expiredOf(policy: CompiledPolicy, now: number): Expired[] {
  const over = ({ expiresAt }: { readonly expiresAt?: number | undefined }) =>
    expiresAt !== undefined && now >= expiresAt;
  const named = (
    kind: Expired["kind"],
    all: readonly { id: string; expiresAt?: number | undefined }[],
  ) => all.filter(over).map(({ id }): Expired => ({ kind, id, count: 1 }));
  const entries = policy.lists.flatMap(({ id, expiries = [], edits }): Expired[] => {
    const count = [...expiries, ...(edits?.expiries ?? [])].filter(([, at]) => now >= at).length;
    return count > 0 ? [{ kind: "entries", id, count }] : [];
  });
  return [
    ...named("rule", policy.rules),
    ...named("rights", policy.rights ?? []),
    ...named("list", policy.lists),
    ...entries,
  ];
}
