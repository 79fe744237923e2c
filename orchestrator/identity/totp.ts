/**
 * Codes of authenticator apps: RFC 6238 with SHA-1, six digits and thirty seconds, which is what every app
 * understands. Pure.
 */
import { createHmac, timingSafeEqual } from "node:crypto";

/** RFC 4226 §4 R6 recommends 160 bits. */
export const totpSecretBytes = 20;
const stepMs = 30_000;
/** RFC 6238 §5.2: at most one step for the time in transit; one more towards the future for slow clocks here. */
const stepsAround = [0, -1, 1] as const;

/** The code of one step (RFC 4226 §5.3: four bytes at an offset that the last nibble names). */
export function totpCode(secret: Buffer, step: number): string {
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(step));
  const digest = createHmac("sha1", secret).update(counter).digest();
  const offset = digest.readUInt8(digest.length - 1) & 0x0f;
  const number = digest.readUInt32BE(offset) & 0x7f_ff_ff_ff;
  return String(number % 1_000_000).padStart(6, "0");
}

/**
 * The step whose code this is, undefined for none. Steps up to `lastStep` are spent: a code that was seen
 * over a shoulder is good once (RFC 6238 §5.2).
 */
export function matchTotp(
  secret: Buffer,
  untrustedCode: string,
  nowMs: number,
  lastStep: number,
): number | undefined {
  const code = Buffer.from(untrustedCode.normalize("NFKC").replaceAll(/\s/g, ""));
  const current = Math.floor(nowMs / stepMs);
  const found = stepsAround
    .map((offset) => current + offset)
    .filter((step) => step > lastStep)
    .filter((step) => {
      const wanted = Buffer.from(totpCode(secret, step));
      return wanted.length === code.length && timingSafeEqual(wanted, code);
    });
  return found[0];
}

const base32Alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/** RFC 4648 §6 without padding, as people type it into an app. */
export function base32(bytes: Buffer): string {
  const bits = [...bytes].map((byte) => byte.toString(2).padStart(8, "0")).join("");
  const fives = bits.match(/.{1,5}/g) ?? [];
  return fives.map((five) => base32Alphabet.charAt(parseInt(five.padEnd(5, "0"), 2))).join("");
}

/** What the QR code says; the format is Google Authenticator's, which all apps read. */
export function otpauthUri(issuer: string, account: string, secret: Buffer): string {
  const label = `${encodeURIComponent(issuer)}:${encodeURIComponent(account)}`;
  return `otpauth://totp/${label}?secret=${base32(secret)}&issuer=${encodeURIComponent(issuer)}`;
}
