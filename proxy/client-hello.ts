/**
 * Reads the server name out of the first bytes of a TLS connection. Pure. Takes what a client may
 * lawfully send (a hello in several records, records in several packets, up to the limit) and calls
 * everything else by its name; it never guesses.
 */
export type HelloResult =
  | { readonly kind: "incomplete" }
  | { readonly kind: "hello"; readonly serverName: string | undefined }
  | { readonly kind: "refused"; readonly reason: "not-tls" | "malformed" | "too-large" };

const handshakeRecord = 22;
const clientHello = 1;
const serverNameExtension = 0;
const hostName = 0;

const refused = (reason: "not-tls" | "malformed" | "too-large"): HelloResult => ({
  kind: "refused",
  reason,
});

/** @param bytes everything received so far */
export function readClientHello(bytes: Buffer, limitBytes: number): HelloResult {
  const gathered = gatherHandshake(bytes, limitBytes);
  if (!Buffer.isBuffer(gathered)) return gathered;
  if (gathered.length >= 1 && gathered[0] !== clientHello) return refused("not-tls");
  if (gathered.length < 4) return tooLargeOr({ kind: "incomplete" }, bytes, limitBytes);
  const length = gathered.readUIntBE(1, 3);
  if (length + 4 > limitBytes) return refused("too-large");
  if (gathered.length < length + 4) return tooLargeOr({ kind: "incomplete" }, bytes, limitBytes);
  return parseHello(gathered.subarray(4, 4 + length));
}

function tooLargeOr(result: HelloResult, bytes: Buffer, limitBytes: number): HelloResult {
  // Record headers come on top of the hello itself; tiny fragments must not stretch the limit far.
  return bytes.length > limitBytes + 1024 ? refused("too-large") : result;
}

/** The handshake bytes of all records so far, or a refusal. */
function gatherHandshake(bytes: Buffer, limitBytes: number): Buffer | HelloResult {
  const parts: Buffer[] = [];
  let total = 0;
  for (let at = 0; at < bytes.length; ) {
    const type = bytes[at];
    const major = bytes[at + 1];
    if (type !== handshakeRecord || (major !== undefined && major !== 3)) {
      return refused(parts.length === 0 ? "not-tls" : "malformed");
    }
    if (bytes.length < at + 5) break;
    const length = bytes.readUInt16BE(at + 3);
    // RFC 8446 5.1: no empty handshake fragments, none above 2^14.
    if (length === 0 || length > 16_384) return refused("malformed");
    const part = bytes.subarray(at + 5, at + 5 + length);
    parts.push(part);
    total += part.length;
    at += 5 + length;
    const first = parts.length === 1 ? part : Buffer.concat(parts, total);
    // What follows a whole hello (early data, for example) is the server's to judge.
    if (first.length >= 4 && first.length >= 4 + first.readUIntBE(1, 3)) return first;
    if (total > limitBytes) return refused("too-large");
  }
  return Buffer.concat(parts, total);
}

/** Reads length-prefixed fields between two places; `undefined` once anything runs over the end. */
class Reader {
  readonly #bytes: Buffer;
  readonly #end: number;
  #at: number;

  constructor(bytes: Buffer, from = 0, end = bytes.length) {
    this.#bytes = bytes;
    this.#at = from;
    this.#end = end;
  }

  isDone(): boolean {
    return this.#at === this.#end;
  }

  uint(size: 1 | 2): number | undefined {
    const at = this.#at;
    if (!this.skip(size)) return undefined;
    return size === 1 ? this.#bytes[at] : this.#bytes.readUInt16BE(at);
  }

  skip(length: number): boolean {
    if (this.#at + length > this.#end) return false;
    this.#at += length;
    return true;
  }

  /** Its bytes are copied nowhere: of a hello's many extensions only one is read. */
  vector(size: 1 | 2): Reader | undefined {
    const length = this.uint(size);
    if (length === undefined) return undefined;
    const from = this.#at;
    return this.skip(length) ? new Reader(this.#bytes, from, from + length) : undefined;
  }

  rest(): Buffer {
    return this.#bytes.subarray(this.#at, this.#end);
  }
}

function parseHello(body: Buffer): HelloResult {
  const reader = new Reader(body);
  const isVersion3 = reader.skip(2 + 32) && body[0] === 3;
  const sessionId = reader.vector(1);
  const ciphers = reader.vector(2);
  const compression = reader.vector(1);
  if (!isVersion3 || !sessionId || !ciphers || !compression) return refused("malformed");
  if (reader.isDone()) return { kind: "hello", serverName: undefined };
  const extensions = reader.vector(2);
  if (!extensions || !reader.isDone()) return refused("malformed");
  return findServerName(extensions);
}

function findServerName(extensions: Reader): HelloResult {
  const seen = new Set<number>();
  let serverName: string | undefined;
  while (!extensions.isDone()) {
    const type = extensions.uint(2);
    const data = extensions.vector(2);
    // RFC 8446 4.2: no extension twice. A second server name is how two parsers come to differ.
    if (type === undefined || !data || seen.has(type)) return refused("malformed");
    seen.add(type);
    if (type !== serverNameExtension) continue;
    serverName = parseServerName(data);
    if (serverName === undefined) return refused("malformed");
  }
  return { kind: "hello", serverName };
}

/** Exactly one name of type host_name (RFC 6066 3), in plain ASCII. */
function parseServerName(outer: Reader): string | undefined {
  const list = outer.vector(2);
  if (!list || !outer.isDone()) return undefined;
  const type = list.uint(1);
  const name = list.vector(2)?.rest();
  if (type !== hostName || !name || name.length === 0 || !list.isDone()) return undefined;
  return name.every((byte) => byte > 0x20 && byte < 0x7f) ? name.toString("latin1") : undefined;
}
