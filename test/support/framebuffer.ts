/**
 * The X display's pixels by Xvnc's own account: one full update in the raw encoding of its protocol
 * (RFC 6143), over the connection that noVNC would have. Moves the pointer into the corner.
 */
import type { Duplex } from "node:stream";

const cursorEncoding = -239;

export interface Framebuffer {
  readonly width: number;
  readonly height: number;
  /** Blue, green, red, unused. */
  readonly pixels: Buffer;
}

export async function readFramebuffer(rfb: Duplex): Promise<Framebuffer> {
  const chunks = rfb[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
  let have: Buffer = Buffer.alloc(0);
  const read = async (count: number): Promise<Buffer> => {
    const parts = [have];
    let length = have.length;
    while (length < count) {
      const next = await chunks.next();
      if (next.done === true) throw new Error("display went away");
      parts.push(next.value);
      length += next.value.length;
    }
    const all = Buffer.concat(parts);
    have = all.subarray(count);
    return all.subarray(0, count);
  };
  try {
    await read(12);
    rfb.write("RFB 003.008\n");
    const [types = 0] = await read(1);
    await read(types);
    rfb.write(Buffer.from([1]));
    await read(4);
    rfb.write(Buffer.from([1]));
    const init = await read(24);
    const width = init.readUInt16BE(0);
    const height = init.readUInt16BE(2);
    await read(init.readUInt32BE(20));
    // Raw, and the pointer's shape apart. Xvnc draws the pointer into the picture of whoever does not know its
    // shape or was not the last to move it, so this client moves it into the corner first.
    rfb.write(Buffer.from([5, 0, 0, 0, 0, 0]));
    rfb.write(Buffer.from([2, 0, 0, 2, 0, 0, 0, 0, 0xff, 0xff, 0xff, 0x11]));
    const request = Buffer.from([3, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
    request.writeUInt16BE(width, 6);
    request.writeUInt16BE(height, 8);
    const pixels = Buffer.alloc(width * height * 4);
    let left = 0;
    for (let missing = width * height; missing > 0; left -= 1) {
      // An update of the pointer alone uses the request up, too.
      if (left === 0) {
        rfb.write(request);
        left = (await read(4)).readUInt16BE(2);
      }
      const head = await read(12);
      const [x, y, w, h] = [0, 2, 4, 6].map((at) => head.readUInt16BE(at)) as [
        number,
        number,
        number,
        number,
      ];
      if (head.readInt32BE(8) === cursorEncoding) {
        await read(w * h * 4 + Math.ceil(w / 8) * h);
        continue;
      }
      if (head.readInt32BE(8) !== 0) throw new Error("not the raw encoding");
      const raw = await read(w * h * 4);
      for (let row = 0; row < h; row += 1)
        raw.copy(pixels, ((y + row) * width + x) * 4, row * w * 4, (row + 1) * w * 4);
      missing -= w * h;
    }
    return { width, height, pixels };
  } finally {
    rfb.destroy();
  }
}
