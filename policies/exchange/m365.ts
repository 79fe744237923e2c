/**
 * Microsoft 365 endpoints, as https://endpoints.office.com/endpoints/worldwide answers: sets of urls and
 * ips with a category. Pure. Only the names are taken; addresses mean nothing to a proxy of names.
 * Format: https://learn.microsoft.com/microsoft-365/enterprise/microsoft-365-ip-web-service
 */
import { z } from "zod";
import type { ListLine } from "../list-line.ts";
import { tidy } from "./line-formats.ts";

const endpointSets = z.array(
  z.object({
    id: z.int(),
    serviceArea: z.string().max(100),
    category: z.enum(["Optimize", "Allow", "Default"]),
    urls: z.array(z.string().max(300)).optional(),
  }),
);

export type M365Category = z.infer<typeof endpointSets>[number]["category"];

/** Undefined when the text is no such answer. */
export function readM365(
  untrusted: string,
  categories: readonly M365Category[],
): { readonly lines: readonly ListLine[]; readonly skipped: readonly string[] } | undefined {
  const parsed = endpointSets.safeParse(parseJson(untrusted));
  if (!parsed.success) return undefined;
  const lines = new Map<string, ListLine>();
  const skipped: string[] = [];
  for (const { id, serviceArea, category, urls } of parsed.data) {
    if (!categories.includes(category)) continue;
    for (const url of urls ?? []) {
      const entry = tidy(url);
      // A star inside a name ("autodiscover.*.onmicrosoft.com") has no counterpart here.
      if (entry === undefined) skipped.push(url);
      else if (!lines.has(entry))
        lines.set(entry, { entry, comment: `${serviceArea} ${category} ${id}` });
    }
  }
  return { lines: [...lines.values()], skipped };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
