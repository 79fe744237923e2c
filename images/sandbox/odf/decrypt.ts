/**
 * OpenDocument behind a password (ODF 1.3 part 2, §4.8 and LibreOffice's whole-package form): the package as it was
 * before, written anew. A password counts as right when what it opens says so: a checksum, or a cipher that proves itself.
 */
import { argon2Sync, createDecipheriv, createHash, pbkdf2Sync } from "node:crypto";
import { inflateRawSync } from "node:zlib";
import { type JobContext, Refusal } from "../context.ts";
import type { OfficePackage } from "../ooxml/open-package.ts";
import { readXml, type XmlElement } from "../ooxml/read-xml.ts";
import { decodeXml } from "../ooxml/xml.ts";
import { writeZip } from "../zip/write.ts";

/** A file may ask for this much work for each password; LibreOffice asks for 100,000 rounds, or 64 MiB three times. */
const mostRounds = 1_000_000;
const mostArgonKib = 256 * 1024;
const mostArgonPasses = 10;
const checkedBytes = 1024;

const unsupported = (detail: string): Refusal =>
  new Refusal("needs_approval", "password-unsupported", detail);
const damaged = (detail: string): Refusal => new Refusal("blocked", "damaged", detail);

interface Sealed {
  readonly path: string;
  readonly sizeBytes: number;
  /** Attributes of everything inside `encryption-data`, by local name. */
  readonly facts: ReadonlyMap<string, string>;
}

const valueOf = (element: XmlElement, local: string): string =>
  element.attributes.find((each) => each.local === local)?.value ?? "";

/** Entries that are encrypted, in the order of the manifest. */
export function sealedEntries(opened: OfficePackage, depth: number): Sealed[] {
  if (!opened.has("META-INF/manifest.xml")) return [];
  const found: Sealed[] = [];
  let entry: { path: string; sizeBytes: number } | undefined;
  let facts: Map<string, string> | undefined;
  readXml(decodeXml(opened.read("META-INF/manifest.xml")), depth, {
    open(element) {
      if (element.local === "file-entry") {
        entry = {
          path: valueOf(element, "full-path"),
          sizeBytes: Number(valueOf(element, "size")),
        };
        facts = undefined;
      }
      if (element.local === "encryption-data" && entry !== undefined) {
        facts = new Map();
        found.push({ ...entry, facts });
      }
      for (const { local, value } of element.attributes)
        facts?.set(local === "key-size" ? `${element.local}/${local}` : local, value);
    },
    text: () => undefined,
    close: () => undefined,
  });
  return found;
}

const hashName = (algorithm: string): string => (/sha256/i.test(algorithm) ? "sha256" : "sha1");
const base64 = (facts: Sealed["facts"], name: string): Buffer =>
  Buffer.from(facts.get(name) ?? "", "base64");

function derive({ facts }: Sealed, password: string): Buffer {
  const start = createHash(hashName(facts.get("start-key-generation-name") ?? ""))
    .update(password, "utf8")
    .digest();
  const bytes = Number(facts.get("key-derivation/key-size") ?? "16");
  const salt = base64(facts, "salt");
  const name = facts.get("key-derivation-name") ?? "";
  if (![16, 24, 32].includes(bytes) || salt.length < 8) throw unsupported("key");
  if (/argon2id$/i.test(name)) {
    const [passes, memory, parallelism] = ["iterations", "memory", "lanes"].map((each) =>
      Number(facts.get(`argon2-${each}`)),
    ) as [number, number, number];
    if (!(passes <= mostArgonPasses && memory <= mostArgonKib && parallelism <= 16))
      throw unsupported("argon2");
    return argon2Sync("argon2id", {
      ...{ message: start, nonce: salt, parallelism, tagLength: bytes, memory, passes },
    });
  }
  const rounds = Number(facts.get("iteration-count"));
  if (!/PBKDF2$/i.test(name) || !(rounds >= 1 && rounds <= mostRounds)) throw unsupported(name);
  return pbkdf2Sync(start, salt, rounds, bytes, "sha1");
}

function decipher(sealed: Sealed, key: Buffer, data: Buffer): Buffer | undefined {
  const { facts } = sealed;
  const name = facts.get("algorithm-name") ?? "";
  const iv = base64(facts, "initialisation-vector");
  if (/aes\d+-gcm$/.test(name)) {
    // The vector stands in front of the bytes as well, the tag behind them.
    const body = data.subarray(iv.length, data.length - 16);
    const gcm = createDecipheriv(`aes-${key.length * 8}-gcm` as "aes-256-gcm", key, iv);
    gcm.setAuthTag(data.subarray(data.length - 16));
    const plain = gcm.update(body);
    try {
      gcm.final();
      return plain;
    } catch {
      return undefined;
    }
  }
  // Blowfish, of OpenOffice before 3.4, is in no library here.
  if (!/aes\d+-cbc$/.test(name)) throw unsupported(name);
  const cbc = createDecipheriv(`aes-${key.length * 8}-cbc`, key, iv).setAutoPadding(false);
  const plain = cbc.update(data.subarray(0, data.length - (data.length % 16)));
  const type = facts.get("checksum-type") ?? "";
  if (!/1k$/i.test(type)) throw unsupported(type);
  const cut = plain.subarray(0, plain.length - (plain.at(-1) ?? 0));
  const sum = createHash(hashName(type)).update(cut.subarray(0, checkedBytes)).digest();
  return sum.equals(base64(facts, "checksum")) ? cut : undefined;
}

function open(sealed: Sealed, data: Buffer, password: string): Buffer | undefined {
  try {
    return decipher(sealed, derive(sealed, password), data);
  } catch (error) {
    if (error instanceof Refusal) throw error;
    throw damaged("encryption");
  }
}

function inflate(data: Buffer, sizeBytes: number, limits: JobContext["limits"]): Buffer {
  if (sizeBytes > limits.xmlBytes) throw new Refusal("blocked", "size-limit");
  try {
    return inflateRawSync(data, { maxOutputLength: Math.max(sizeBytes, 1) });
  } catch {
    throw damaged("encrypted member");
  }
}

const plainManifest = (xml: string): string =>
  xml.replace(/<(\w+:)?encryption-data\b[^]*?<\/\1?encryption-data>/g, "");

/** The package without its password; undefined when none of these opens it. Throws Refusal for ways that are not ours. */
export function decryptOdf(
  opened: OfficePackage,
  sealed: readonly Sealed[],
  passwords: readonly string[],
  limits: JobContext["limits"],
): Buffer | undefined {
  const [first] = sealed;
  if (first === undefined) return undefined;
  const password = passwords.find(
    (each) => open(first, opened.read(first.path), each) !== undefined,
  );
  if (password === undefined) return undefined;
  const plain = new Map<string, Buffer>();
  for (const each of sealed) {
    const data = open(each, opened.read(each.path), password);
    if (data === undefined) throw damaged("another password inside");
    plain.set(each.path, inflate(data, each.sizeBytes, limits));
  }
  const whole = plain.get("encrypted-package");
  if (whole !== undefined) return whole;
  const manifest = plainManifest(decodeXml(opened.read("META-INF/manifest.xml")));
  return writeZip(
    opened.names.map((name) => ({
      name,
      data:
        name === "META-INF/manifest.xml"
          ? Buffer.from(manifest)
          : (plain.get(name) ?? opened.read(name)),
      store: name === "mimetype",
    })),
  );
}
