/**
 * Gives the display another size. Xvnc takes that only from a client of its own protocol (RFB, RFC 6143,
 * with the community's ExtendedDesktopSize and SetDesktopSize), so for a moment this is one, without ever
 * asking for pixels.
 */
import { connectRfb, type Read, setEncodings } from "./rfb-client.ts";

const raw = 0;
const extendedDesktopSize = -308;
/** The answer to one's own request, beside the server's and other clients' changes. */
const askedByClient = 1;
const timeoutMs = 2000;

/** Resolves when the server has answered; a refused size leaves the display as it is and throws. */
export async function setDisplaySize(width: number, height: number): Promise<void> {
  const { socket, read } = await connectRfb(timeoutMs);
  const timer = setTimeout(() => socket.destroy(new Error("display does not answer")), timeoutMs);
  try {
    socket.write(setEncodings(extendedDesktopSize));
    socket.write(updateRequest());
    const screens = screensOf(read);
    const { value: screen } = await screens.next();
    // Its own clients may have given it another size than was asked for here last.
    if (screen.width === width && screen.height === height) return;
    socket.write(setDesktopSize(width, height, screen.id));
    socket.write(updateRequest());
    for await (const { reason, result } of screens) {
      if (reason !== askedByClient) continue;
      if (result !== 0) throw new Error(`display size refused: ${result}`);
      return;
    }
  } finally {
    clearTimeout(timer);
    socket.destroy();
  }
}

interface Screen {
  readonly id: number;
  readonly reason: number;
  readonly result: number;
  readonly width: number;
  readonly height: number;
}

/** Every ExtendedDesktopSize rectangle; the pixel that was asked for may come before or after one. */
async function* screensOf(read: Read): AsyncGenerator<Screen, never> {
  for (;;) {
    const head = await read(4);
    if (head[0] !== 0) throw new Error("not an update");
    for (let left = head.readUInt16BE(2); left > 0; left -= 1) {
      const rectangle = await read(12);
      const [width, height] = [rectangle.readUInt16BE(4), rectangle.readUInt16BE(6)];
      const encoding = rectangle.readInt32BE(8);
      if (encoding === raw) {
        await read(width * height * 4);
        continue;
      }
      if (encoding !== extendedDesktopSize) throw new Error("not a screen size");
      const [screens = 0] = await read(4);
      const first = await read(16);
      await read((screens - 1) * 16);
      yield {
        id: first.readUInt32BE(0),
        reason: rectangle.readUInt16BE(0),
        result: rectangle.readUInt16BE(2),
        width,
        height,
      };
    }
  }
}

/** Not incremental, of one pixel: only such a request is answered with the screen's size (TigerVNC 1.15). */
function updateRequest(): Buffer {
  return Buffer.from([3, 0, 0, 0, 0, 0, 0, 1, 0, 1]);
}

function setDesktopSize(width: number, height: number, screen: number): Buffer {
  const message = Buffer.alloc(24);
  message.writeUInt8(251, 0);
  message.writeUInt16BE(width, 2);
  message.writeUInt16BE(height, 4);
  message.writeUInt8(1, 6);
  message.writeUInt32BE(screen, 8);
  message.writeUInt16BE(width, 16);
  message.writeUInt16BE(height, 18);
  return message;
}
