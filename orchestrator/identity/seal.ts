/**
 * Keeps secrets that must be read again, such as those of authenticator apps: AES-256-GCM under a key that
 * lies beside the database and not in it, so that a copy of the database alone gives none of them away.
 */
import { createCipheriv, createDecipheriv, randomBytes } from "node:crypto";
import { mkdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { createOnce } from "../base/create-once.ts";
import { AppError } from "../base/errors.ts";

export const sealKeyBytes = 32;
const nonceBytes = 12;
const tagBytes = 16;

/** Reads the key, or makes it on first use. Throws CONFIG_INVALID when others can read it or it is no key. */
export function loadSealKey(keysDir: string): Buffer {
  mkdirSync(keysDir, { recursive: true, mode: 0o700 });
  const path = join(keysDir, "identity-seal.key");
  createOnce(path, () => randomBytes(sealKeyBytes));
  const wrong = (problem: string, mend: string) =>
    new AppError("CONFIG_INVALID", { file: path, problem, mend });
  if ((statSync(path).mode & 0o077) !== 0) throw wrong("readable by others", `chmod 600 ${path}`);
  const key = readFileSync(path);
  if (key.length !== sealKeyBytes) throw wrong("not a key", "restore it from a backup");
  return key;
}

/** `owner` is bound in: what was sealed for one account does not open for another. */
export function seal(key: Buffer, owner: string, secret: Buffer): Buffer {
  const nonce = randomBytes(nonceBytes);
  const cipher = createCipheriv("aes-256-gcm", key, nonce).setAAD(Buffer.from(owner));
  const sealed = Buffer.concat([cipher.update(secret), cipher.final()]);
  return Buffer.concat([nonce, cipher.getAuthTag(), sealed]);
}

/** Throws when key, owner or bytes do not fit. */
export function unseal(key: Buffer, owner: string, sealed: Buffer): Buffer {
  const tag = sealed.subarray(nonceBytes, nonceBytes + tagBytes);
  const decipher = createDecipheriv("aes-256-gcm", key, sealed.subarray(0, nonceBytes), {
    authTagLength: tagBytes,
  });
  decipher.setAAD(Buffer.from(owner)).setAuthTag(tag);
  return Buffer.concat([decipher.update(sealed.subarray(nonceBytes + tagBytes)), decipher.final()]);
}
