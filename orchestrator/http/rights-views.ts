/** Rights as people read them. Pure. */
import type { GroupView, RightsView } from "./rights-contract.ts";

/** What the policy gives (policies/rights.ts). */
export interface RightsFacts {
  readonly session: boolean;
  readonly download: boolean;
  readonly upload: boolean;
  readonly clipboard: { readonly in: boolean; readonly out: boolean };
  readonly print: boolean;
  readonly watermark: boolean;
  readonly sound?: boolean | undefined;
  readonly idleMinutes?: number | undefined;
  readonly lifetimeHours?: number | undefined;
  readonly maxSessions?: number | undefined;
  readonly rule: string;
  readonly ruleName?: string;
}

export interface RightsSource {
  of(groups: readonly string[]): RightsFacts;
  /** Groups that the rights of the policy in force name. */
  named(): readonly string[];
}

export function toRights({ clipboard, ...rights }: RightsFacts): RightsView {
  return {
    session: rights.session,
    download: rights.download,
    upload: rights.upload,
    clipboardIn: clipboard.in,
    clipboardOut: clipboard.out,
    print: rights.print,
    sound: rights.sound ?? false,
    watermark: rights.watermark,
    idleMinutes: rights.idleMinutes ?? null,
    lifetimeHours: rights.lifetimeHours ?? null,
    maxSessions: rights.maxSessions ?? null,
    rule: rights.rule,
    ruleName: rights.ruleName ?? null,
  };
}

/** Groups that people are in or that the policy names, by their names. */
export function toGroups(
  people: readonly { readonly groups: readonly string[] }[],
  source: RightsSource,
): GroupView[] {
  const counts = new Map<string, number>(source.named().map((name) => [name, 0]));
  for (const { groups } of people)
    for (const name of new Set(groups)) counts.set(name, (counts.get(name) ?? 0) + 1);
  const named = new Set(source.named());
  return [...counts]
    .toSorted(([one], [other]) => one.localeCompare(other, "ja"))
    .map(([name, count]) => ({
      ...{ name, people: count, inPolicy: named.has(name) },
      rights: toRights(source.of([name])),
    }));
}
