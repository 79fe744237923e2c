/** `signatures` of the configuration. Pure. */
import { z } from "zod";
import { inBoth } from "./fault-words.ts";

const address = z
  .url({
    protocol: /^https$/,
    error: inBoth(
      "https:// で始まるアドレスを書いてください",
      "write an address that begins with https://",
    ),
  })
  .max(500)
  .regex(/^[\x21-\x7e]+$/)
  .transform((url) => url.replace(/\/+$/, ""));

/** Where virus signatures come from by themselves. */
export const signatureUpdates = z
  .strictObject({
    /** "off"; "official": ClamAV's own servers; else the address of the site's mirror of them. */
    source: z.union([z.literal(["off", "official"]), address]).default("off"),
    /** Which of the official ones; none where only own patterns are fetched. */
    databases: z
      .array(z.enum(["main", "daily", "bytecode"]))
      .max(3)
      .default(["main", "daily", "bytecode"]),
    /** Addresses of files with own patterns, such as https://mirror.city.example/town.ndb. */
    extra: z.array(address).max(10).default([]),
    everyHours: z.number().min(1).max(168).default(8),
    /** Name of a parent proxy of the policy; absent: as any traffic of ours. */
    via: z.string().max(64).optional(),
    /** PEM: who signed the mirror's certificate; absent: the public authorities. */
    caFile: z.string().optional(),
    /** One look may take so long. */
    minutes: z.number().min(0.1).max(240).default(30),
  })
  .prefault({});
export type SignatureUpdates = z.infer<typeof signatureUpdates>;
