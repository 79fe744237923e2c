/**
 * The tables of second factors and nothing else: no rules, no cryptography but the seal of what must be read
 * again. Rows pass a schema on the way out.
 */
import type { DatabaseSync } from "node:sqlite";
import { z } from "zod";
import type { UserId } from "../base/ids.ts";
import { migrate } from "../store/database.ts";
import { seal, unseal } from "./seal.ts";

export const factorSteps = [
  `CREATE TABLE totp_secrets (
     user_id TEXT PRIMARY KEY,
     sealed BLOB NOT NULL,
     confirmed_ms INTEGER,
     last_step INTEGER NOT NULL
   ) STRICT`,
  `CREATE TABLE recovery_codes (
     user_id TEXT NOT NULL,
     hash TEXT NOT NULL,
     PRIMARY KEY (user_id, hash)
   ) STRICT`,
  `CREATE TABLE passkeys (
     id TEXT PRIMARY KEY,
     user_id TEXT NOT NULL,
     name TEXT NOT NULL,
     rp_id TEXT NOT NULL,
     public_key BLOB NOT NULL,
     counter INTEGER NOT NULL,
     transports TEXT NOT NULL,
     created_ms INTEGER NOT NULL,
     used_ms INTEGER
   ) STRICT`,
  "CREATE INDEX passkeys_by_user ON passkeys (user_id)",
];

const totpRow = z.object({
  sealed: z.instanceof(Uint8Array),
  confirmed_ms: z.number().nullable(),
  last_step: z.number(),
});

export const passkeyTransports = [
  "ble",
  "cable",
  "hybrid",
  "internal",
  "nfc",
  "smart-card",
  "usb",
] as const;

const passkeyRow = z
  .object({
    id: z.string(),
    user_id: z.string(),
    name: z.string(),
    rp_id: z.string(),
    public_key: z.instanceof(Uint8Array),
    counter: z.number(),
    transports: z
      .string()
      .transform((text) => z.array(z.enum(passkeyTransports)).parse(JSON.parse(text))),
    created_ms: z.number(),
    used_ms: z.number().nullable(),
  })
  .transform(
    (found): Passkey => ({
      id: found.id,
      userId: found.user_id as UserId,
      name: found.name,
      rpId: found.rp_id,
      publicKey: new Uint8Array(found.public_key),
      counter: found.counter,
      transports: found.transports,
      createdMs: found.created_ms,
      usedMs: found.used_ms,
    }),
  );

export interface Totp {
  readonly secret: Buffer;
  /** Null until the first code was right: until then it counts for nothing. */
  readonly confirmedMs: number | null;
  readonly lastStep: number;
}

export interface Passkey {
  /** Credential id, base64url. */
  readonly id: string;
  readonly userId: UserId;
  /** What its owner calls it. */
  readonly name: string;
  /** The host name it was made for. */
  readonly rpId: string;
  readonly publicKey: Uint8Array<ArrayBuffer>;
  readonly counter: number;
  readonly transports: readonly (typeof passkeyTransports)[number][];
  readonly createdMs: number;
  readonly usedMs: number | null;
}

const countRow = z.object({ n: z.number() });

export class Factors {
  readonly #database: DatabaseSync;
  readonly #sealKey: Buffer;

  constructor(database: DatabaseSync, sealKey: Buffer) {
    migrate(database, "factors", factorSteps);
    this.#database = database;
    this.#sealKey = sealKey;
  }

  /** Recovery codes alone are none: they stand in for a factor that got lost. */
  hasAny(userId: UserId): boolean {
    const sql = `SELECT
      (SELECT count(*) FROM totp_secrets WHERE user_id = :user AND confirmed_ms IS NOT NULL) +
      (SELECT count(*) FROM passkeys WHERE user_id = :user) AS n`;
    return countRow.parse(this.#database.prepare(sql).get({ user: userId })).n > 0;
  }

  totp(userId: UserId): Totp | undefined {
    const found = this.#database
      .prepare("SELECT sealed, confirmed_ms, last_step FROM totp_secrets WHERE user_id = ?")
      .get(userId);
    if (found === undefined) return undefined;
    const read = totpRow.parse(found);
    return {
      secret: unseal(this.#sealKey, userId, Buffer.from(read.sealed)),
      confirmedMs: read.confirmed_ms,
      lastStep: read.last_step,
    };
  }

  /** Begins anew: an unconfirmed secret from before is gone. */
  putTotp(userId: UserId, secret: Buffer): void {
    this.#database
      .prepare("INSERT OR REPLACE INTO totp_secrets VALUES (?, ?, NULL, 0)")
      .run(userId, seal(this.#sealKey, userId, secret));
  }

  confirmTotp(userId: UserId, atMs: number): void {
    this.#database
      .prepare("UPDATE totp_secrets SET confirmed_ms = ? WHERE user_id = ?")
      .run(atMs, userId);
  }

  /** False when this step, or a later one, was spent meanwhile. */
  spendTotpStep(userId: UserId, step: number): boolean {
    const done = this.#database
      .prepare("UPDATE totp_secrets SET last_step = ? WHERE user_id = ? AND last_step < ?")
      .run(step, userId, step);
    return done.changes === 1;
  }

  removeTotp(userId: UserId): boolean {
    const done = this.#database.prepare("DELETE FROM totp_secrets WHERE user_id = ?").run(userId);
    return done.changes === 1;
  }

  passkeys(userId: UserId): readonly Passkey[] {
    return this.#database
      .prepare("SELECT * FROM passkeys WHERE user_id = ? ORDER BY created_ms, id")
      .all(userId)
      .map((each) => passkeyRow.parse(each));
  }

  passkey(id: string): Passkey | undefined {
    const found = this.#database.prepare("SELECT * FROM passkeys WHERE id = ?").get(id);
    return found === undefined ? undefined : passkeyRow.parse(found);
  }

  /** False when the credential is somebody's already. */
  addPasskey(passkey: Passkey): boolean {
    const done = this.#database
      .prepare(
        "INSERT INTO passkeys VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO NOTHING",
      )
      .run(
        ...[passkey.id, passkey.userId, passkey.name, passkey.rpId, passkey.publicKey],
        ...[passkey.counter, JSON.stringify(passkey.transports)],
        ...[passkey.createdMs, passkey.usedMs],
      );
    return done.changes === 1;
  }

  passkeyUsed(id: string, counter: number, atMs: number): void {
    this.#database
      .prepare("UPDATE passkeys SET counter = ?, used_ms = ? WHERE id = ?")
      .run(counter, atMs, id);
  }

  removePasskey(userId: UserId, id: string): boolean {
    const done = this.#database
      .prepare("DELETE FROM passkeys WHERE id = ? AND user_id = ?")
      .run(id, userId);
    return done.changes === 1;
  }

  recoveryCodesLeft(userId: UserId): number {
    const found = this.#database
      .prepare("SELECT count(*) AS n FROM recovery_codes WHERE user_id = ?")
      .get(userId);
    return countRow.parse(found).n;
  }

  replaceRecoveryCodes(userId: UserId, hashes: readonly string[]): void {
    this.#database.prepare("DELETE FROM recovery_codes WHERE user_id = ?").run(userId);
    const insert = this.#database.prepare("INSERT INTO recovery_codes VALUES (?, ?)");
    for (const hash of hashes) insert.run(userId, hash);
  }

  /** True once per code. */
  spendRecoveryCode(userId: UserId, hash: string): boolean {
    const done = this.#database
      .prepare("DELETE FROM recovery_codes WHERE user_id = ? AND hash = ?")
      .run(userId, hash);
    return done.changes === 1;
  }
}
