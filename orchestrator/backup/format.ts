/**
 * The bytes of a backup file:
 *
 *   "HANAREBK" version encrypted [salt check]   in the clear
 *   then, compressed (zstd) and, when encrypted, sealed in chunks:
 *   length of the manifest (4 bytes) · manifest (JSON) · the bytes of its files, one after the other
 *   "HANAREND"                                  in the clear: a copy that was cut off is known at once
 *
 * A passphrase becomes two keys by scrypt: one seals, of the other a hash stands in front, so that a wrong passphrase
 * can be told from damage. Everything in front is part of what is sealed. Pure but for scrypt's thread.
 */
import { createHash, randomBytes, scrypt } from "node:crypto";
import { promisify } from "node:util";
import { AppError } from "../base/errors.ts";
import type { ChunkSealing } from "../base/sealed-chunks.ts";

const magic = Buffer.from("HANAREBK");
export const tail = Buffer.from("HANAREND");
const version = 1;
const saltBytes = 16;
const checkBytes = 32;
/** Magic, version, whether it is encrypted. */
export const plainHeadBytes = magic.length + 2;
export const sealedHeadBytes = plainHeadBytes + saltBytes + checkBytes;

export const manifestMaxBytes = 256 * 1024 * 1024;
export const leastPassphrase = 12;

export interface Head {
  readonly bytes: Buffer;
  /** Absent: not encrypted. */
  readonly sealing?: ChunkSealing;
}

export const damaged = (detail: string, cause?: unknown): AppError =>
  new AppError("BACKUP_DAMAGED", { detail }, cause);

export async function makeHead(passphrase: string | undefined): Promise<Head> {
  const start = Buffer.concat([magic, Buffer.from([version, passphrase === undefined ? 0 : 1])]);
  if (passphrase === undefined) return { bytes: start };
  const salt = randomBytes(saltBytes);
  const { key, check } = await keysOf(passphrase, salt);
  const bytes = Buffer.concat([start, salt, check]);
  return { bytes, sealing: { context: contextOf(bytes), key } };
}

/** Whether a passphrase is needed. Throws BACKUP_DAMAGED for what is no backup, BACKUP_NEWER. */
export function isSealed(start: Buffer): boolean {
  if (start.length < plainHeadBytes || !start.subarray(0, magic.length).equals(magic))
    throw damaged("it does not begin as a backup does");
  const [found, sealed] = [start[magic.length], start[magic.length + 1]];
  if (found !== version) throw new AppError("BACKUP_NEWER", { format: found ?? 0, known: version });
  if (sealed !== 0 && sealed !== 1) throw damaged("its head is altered");
  return sealed === 1;
}

/** Throws BACKUP_PASSPHRASE. */
export async function openHead(bytes: Buffer, passphrase: string | undefined): Promise<Head> {
  if (!isSealed(bytes)) return { bytes };
  if (passphrase === undefined) throw new AppError("BACKUP_PASSPHRASE", { detail: "none given" });
  const salt = bytes.subarray(plainHeadBytes, plainHeadBytes + saltBytes);
  const { key, check } = await keysOf(passphrase, salt);
  if (!check.equals(bytes.subarray(plainHeadBytes + saltBytes)))
    throw new AppError("BACKUP_PASSPHRASE", { detail: "wrong" });
  return { bytes, sealing: { context: contextOf(bytes), key } };
}

const contextOf = (head: Buffer): string => `hanare-backup-1:${head.toString("hex")}`;

/** OWASP's figures for scrypt: 128 MB and about half a second for each guess. */
const cost = { N: 2 ** 17, r: 8, p: 1, maxmem: 256 * 1024 * 1024 };
const derive = promisify<string, Buffer, number, typeof cost, Buffer>(scrypt);

async function keysOf(passphrase: string, salt: Buffer): Promise<{ key: Buffer; check: Buffer }> {
  // Keyboards and files may compose the same Japanese text in two ways.
  const both = await derive(passphrase.normalize("NFKC"), salt, 64, cost);
  return {
    key: both.subarray(0, 32),
    check: createHash("sha256").update(both.subarray(32)).digest(),
  };
}
