/** A one-time link as the page gets it. Pure. */
import type { SaveLink as Made } from "../downloads/types.ts";
import type { SaveLink } from "./file-contract.ts";

export function toSaveLink({ token, until }: Made): SaveLink {
  return { url: `/api/saves/${token}`, until: new Date(until).toISOString() };
}
