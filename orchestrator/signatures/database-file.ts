/** Files of ClamAV signatures: which names there are, and what the head of a packed one says. Pure. */

/** Packed databases of ClamAV, and plain ones of its users; every other name is no signature file. */
const packed = /^[A-Za-z0-9][A-Za-z0-9._-]{0,59}\.(cvd|cld)$/;
const plain =
  /^[A-Za-z0-9][A-Za-z0-9._-]{0,59}\.(ndb|ldb|hdb|hsb|hdu|hsu|mdb|msb|cdb|fp|sfp|ign2|pdb|wdb)$/;
/** Ships with Hanare; a file of that name beside it would hide what it says. */
const shippedName = "hanare.ndb";

export const isPacked = (name: string): boolean => packed.test(name);
export const isDatabaseName = (name: string): boolean =>
  name !== shippedName && (packed.test(name) || plain.test(name));

/** The official ones: without them nothing but test patterns is found. */
export const isOfficial = (name: string): boolean => /^(main|daily)\.(cvd|cld)$/.test(name);

const dayMs = 24 * 60 * 60 * 1000;
/** ClamAV makes a new daily set every day; two that were missed are an accident, a third is a fault. */
const oldAfterDays = 3;

export const isTooOld = (builtAt: Date, nowMs: number): boolean =>
  nowMs - builtAt.getTime() > oldAfterDays * dayMs;

/** The same database, packed by its maker (cvd) or pieced together by freshclam (cld). */
export const databaseOf = (name: string): string => name.replace(/\.(cvd|cld)$/, "");

export const headerBytes = 512;

export interface DatabaseHeader {
  readonly builtAt: Date;
  readonly version: number;
  readonly signatures: number;
}

/** `07 Sep 2025 04-31 -0400`, as ClamAV writes it: colons separate the fields of the header. */
export function parseBuildTime(text: string): Date | undefined {
  const match = /^(\d{1,2}) ([A-Z][a-z]{2}) (\d{4}) (\d{2})-(\d{2}) ([+-]\d{4})$/.exec(text.trim());
  if (match === null) return undefined;
  const [, day, month, year, hour, minute, zone] = match;
  const time = new Date(`${day} ${month} ${year} ${hour}:${minute}:00 ${zone}`);
  return Number.isNaN(time.getTime()) ? undefined : time;
}

/** `ClamAV-VDB:build time:version:signatures:…`; undefined when it is no such file. */
export function parseDatabaseHeader(head: Buffer): DatabaseHeader | undefined {
  if (head.length < headerBytes) return undefined;
  const [magic, time = "", version, signatures] = head
    .toString("latin1", 0, headerBytes)
    .split(":");
  const builtAt = parseBuildTime(time);
  if (magic !== "ClamAV-VDB" || builtAt === undefined) return undefined;
  const header = { builtAt, version: Number(version), signatures: Number(signatures) };
  const whole = Number.isSafeInteger(header.version) && Number.isSafeInteger(header.signatures);
  return whole ? header : undefined;
}
