/** ClientHellos of our own making, for whoever plays a TLS client without being one. */

export interface HelloOptions {
  /** Further extension bytes; large hellos are what post-quantum key shares make. */
  readonly padding?: number;
  /** Bytes of handshake per record. */
  readonly recordBytes?: number;
}

export const u16 = (value: number): Buffer => Buffer.from([value >> 8, value & 255]);
export const vector = (data: Buffer): Buffer => Buffer.concat([u16(data.length), data]);
export const extension = (type: number, data: Buffer): Buffer =>
  Buffer.concat([u16(type), vector(data)]);

/** RFC 6066 3: one name of type host_name. */
export function serverName(host: string): Buffer {
  const name = Buffer.from(host, "latin1");
  return extension(0, vector(Buffer.concat([Buffer.from([0]), vector(name)])));
}

/** Everything but the extensions is fixed. */
export function helloMessage(extensions: readonly Buffer[]): Buffer {
  const body = Buffer.concat([
    Buffer.from([3, 3]),
    Buffer.alloc(32),
    Buffer.from([0]),
    vector(u16(0x1301)),
    Buffer.from([1, 0]),
    vector(Buffer.concat(extensions)),
  ]);
  return Buffer.concat([Buffer.from([1, body.length >> 16]), u16(body.length & 0xffff), body]);
}

export function inRecords(message: Buffer, size = 16_000): Buffer {
  const records: Buffer[] = [];
  for (let at = 0; at < message.length; at += size) {
    records.push(Buffer.concat([Buffer.from([22, 3, 1]), vector(message.subarray(at, at + size))]));
  }
  return Buffer.concat(records);
}

export function clientHello(name: string | undefined, options: HelloOptions = {}): Buffer {
  const extensions = name === undefined ? [] : [serverName(name)];
  if (options.padding) extensions.push(extension(21, Buffer.alloc(options.padding)));
  return inRecords(helloMessage(extensions), options.recordBytes);
}
