/**
 * The key that signs audit checkpoints. The private half stays in `<data>/keys`, readable by its owner
 * only; the public half lies beside it and is all that verifying needs.
 */
import {
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
} from "node:crypto";
import { mkdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { createOnce } from "../base/create-once.ts";
import { AppError } from "../base/errors.ts";

const privateName = "audit-ed25519.pem";
const publicName = "audit-ed25519.pub.pem";

export function auditPublicKeyPath(keysDir: string): string {
  return join(keysDir, publicName);
}

/** Reads the signing key, or makes it on first use. Throws when others can read it. */
export function loadSigningKey(keysDir: string): KeyObject {
  mkdirSync(keysDir, { recursive: true, mode: 0o700 });
  const path = join(keysDir, privateName);
  createOnce(path, () => {
    const { privateKey } = generateKeyPairSync("ed25519");
    return privateKey.export({ type: "pkcs8", format: "pem" });
  });
  if ((statSync(path).mode & 0o077) !== 0)
    throw new AppError("CONFIG_INVALID", {
      file: path,
      problem: "readable by others",
      mend: `chmod 600 ${path}`,
    });
  const key = createPrivateKey(readFileSync(path));
  createOnce(auditPublicKeyPath(keysDir), () =>
    createPublicKey(key).export({ type: "spki", format: "pem" }),
  );
  return key;
}

export function loadPublicKey(path: string): KeyObject {
  return createPublicKey(readFileSync(path));
}
