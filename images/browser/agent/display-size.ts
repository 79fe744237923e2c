/**
 * Gives the display another size. Xvnc takes that only from a client of its own protocol (RFB, RFC 6143,
 * with the community's ExtendedDesktopSize and SetDesktopSize), so for a moment this is one, without ever
 * asking for pixels.
 */
import { startGeometry } from "./processes.ts";
import { connectRfb, type Read, setEncodings } from "./rfb-client.ts";

const extendedDesktopSize = -308;
const timeoutMs = 2000;

/** What it was given last, by the start or from here. */
let latest = startGeometry;

/** Resolves when the server has answered; a refused size leaves the display as it is and throws. */
export async function setDisplaySize(width: number, height: number): Promise<void> {
  const wanted = `${width}x${height}`;
  if (wanted === latest) return;
  const { socket, read } = await connectRfb(timeoutMs);
  const timer = setTimeout(() => socket.destroy(new Error("display does not answer")), timeoutMs);
  try {
    socket.write(setEncodings(extendedDesktopSize));
    socket.write(updateRequest());
    const screen = await readScreen(read);
    socket.write(setDesktopSize(width, height, screen.id));
    socket.write(updateRequest());
    const { reason, result } = await readScreen(read);
    if (reason === 1 && result !== 0) throw new Error(`display size refused: ${result}`);
    latest = wanted;
  } finally {
    clearTimeout(timer);
    socket.destroy();
  }
}

/** One FramebufferUpdate with one ExtendedDesktopSize rectangle. */
async function readScreen(read: Read): Promise<{ id: number; reason: number; result: number }> {
  const head = await read(4);
  if (head[0] !== 0) throw new Error("not an update");
  const rectangle = await read(12);
  if (rectangle.readInt32BE(8) !== extendedDesktopSize) throw new Error("not a screen size");
  const [screens = 0] = await read(4);
  const first = await read(16);
  await read((screens - 1) * 16);
  return {
    id: first.readUInt32BE(0),
    reason: rectangle.readUInt16BE(0),
    result: rectangle.readUInt16BE(2),
  };
}

/** Incremental, of one pixel: the screen's size is told before any pixel. */
function updateRequest(): Buffer {
  return Buffer.from([3, 1, 0, 0, 0, 0, 0, 1, 0, 1]);
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
