/**
 * Gives the display another size. Xvnc takes that only from a client of its own protocol (RFB, RFC 6143,
 * with the community's ExtendedDesktopSize and SetDesktopSize), so for a moment this is one, without ever
 * asking for pixels.
 */
import { connect, type Socket } from "node:net";
import { pictureSocket, startGeometry } from "./processes.ts";

const extendedDesktopSize = -308;
const timeoutMs = 2000;

/** What it was given last, by the start or from here. */
let latest = startGeometry;

/** Resolves when the server has answered; a refused size leaves the display as it is and throws. */
export async function setDisplaySize(width: number, height: number): Promise<void> {
  const wanted = `${width}x${height}`;
  if (wanted === latest) return;
  const socket = connect(pictureSocket);
  const timer = setTimeout(() => socket.destroy(new Error("display does not answer")), timeoutMs);
  try {
    const read = reader(socket);
    await read(12);
    socket.write("RFB 003.008\n");
    const [types = 0] = await read(1);
    await read(types);
    socket.write(Buffer.from([1]));
    await read(4);
    socket.write(Buffer.from([1]));
    const init = await read(24);
    await read(init.readUInt32BE(20));
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

type Read = (bytes: number) => Promise<Buffer>;

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

function setEncodings(encoding: number): Buffer {
  const message = Buffer.alloc(8);
  message.writeUInt8(2, 0);
  message.writeUInt16BE(1, 2);
  message.writeInt32BE(encoding, 4);
  return message;
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

/** Reads exactly so many bytes, one call after the other. */
function reader(socket: Socket): Read {
  const chunks = socket[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
  let have = Buffer.alloc(0);
  return async (bytes) => {
    while (have.length < bytes) {
      const next = await chunks.next();
      if (next.done === true) throw new Error("display went away");
      have = Buffer.concat([have, next.value]);
    }
    const taken = have.subarray(0, bytes);
    have = have.subarray(bytes);
    return taken;
  };
}
