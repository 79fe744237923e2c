/**
 * How the signer speaks: to the orchestrator over its IPC channel, to each proxy over a unix socket of its
 * own (one JSON object a line). Which authority signs is decided by the socket, never by what is asked.
 */
import { z } from "zod";

/** `session`: trusted by isolated browsers only. `terminal`: trusted by business terminals, for redirects. */
export const authorityKinds = ["session", "terminal"] as const;
export type AuthorityKind = (typeof authorityKinds)[number];

export const fromSigner = z.discriminatedUnion("type", [
  z.strictObject({
    type: z.literal("ready"),
    authorities: z.array(
      z.strictObject({
        kind: z.enum(authorityKinds),
        certificate: z.string(),
        notAfter: z.string(),
      }),
    ),
  }),
  /** One per certificate: nothing is signed unseen. */
  z.strictObject({
    type: z.literal("minted"),
    kind: z.enum(authorityKinds),
    host: z.string().max(255),
    serial: z.string().max(64),
  }),
  z.strictObject({
    type: z.literal("refused"),
    kind: z.enum(authorityKinds),
    host: z.string().max(255),
    reason: z.string().max(64),
  }),
]);
export type FromSigner = z.infer<typeof fromSigner>;

export const mintRequest = z.strictObject({
  id: z.int().min(0),
  host: z.string().max(255),
  /** DER of the asker's public key, base64. */
  publicKey: z.base64().max(512),
});

export const mintAnswer = z.union([
  z.strictObject({ id: z.int(), certificate: z.base64(), notAfter: z.int() }),
  z.strictObject({ id: z.int(), error: z.string() }),
]);
export type MintAnswer = z.infer<typeof mintAnswer>;

export const longestLineBytes = 4096;
