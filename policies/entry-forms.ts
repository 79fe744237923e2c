/**
 * The ways to write one host into a list: itself, it with everything below, its whole domain. What would be
 * too wide (a public suffix, a name shared by a content network's customers) is not among them. Pure.
 */
import { getDomain } from "tldts";
import { widthOf } from "./compile/broad.ts";

export const entryForms = ["exact", "below", "domain"] as const;
export type EntryForm = (typeof entryForms)[number];

export interface FormedEntry {
  readonly form: EntryForm;
  readonly entry: string;
}

/** @param host canonical; an address has one form */
export function formsOf(host: string): readonly FormedEntry[] {
  const exact: FormedEntry = { form: "exact", entry: host };
  if (/^[\d.]+$|:/.test(host)) return [exact];
  const domain = getDomain(host, { allowPrivateDomains: true }) ?? host;
  const wider: readonly FormedEntry[] = [
    { form: "below", entry: `.${host}` },
    ...(domain === host ? [] : [{ form: "domain", entry: `.${domain}` } as const]),
  ];
  return [exact, ...wider.filter(({ entry }) => widthOf(entry) === undefined)];
}
