/** Office documents behind a password: decrypted with one that opens, then rebuilt like any other, without it. */
import { openCfb } from "../cfb/read.ts";
import { type JobContext, passwordReason, Refusal } from "../context.ts";
import { decryptPackage } from "../office/decrypt.ts";
import type { EngineOutcome } from "./outcome.ts";

export async function decryptOffice(context: JobContext): Promise<EngineOutcome> {
  if (context.job.passwords.length === 0) throw new Refusal("needs_password", "password-required");
  const file = openCfb(context.bytes);
  const info = file.read("EncryptionInfo");
  const sealed = file.read("EncryptedPackage");
  if (info === undefined || sealed === undefined) throw new Refusal("blocked", "damaged");
  const { passwords } = context.job;
  const plain = decryptPackage(info, sealed, passwords);
  if (plain === undefined) throw new Refusal("needs_password", passwordReason(context));
  context.tally.add("encryption");
  context.found.push({ name: context.job.name, bytes: plain });
  context.progress("rebuild", 0.4);
  const { verdict, reason, output } = await context.inside("document", plain);
  if (output !== undefined) return { kind: "rebuilt", type: output.type, bytes: output.bytes };
  throw new Refusal(verdict === "needs_approval" ? "needs_approval" : "blocked", reason);
}
