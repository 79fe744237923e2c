/**
 * A client of the display's own protocol (RFB, RFC 6143) from inside: the handshake, and a reader of exact
 * lengths. Never asks for pixels by itself.
 */
import { connect, type Socket } from "node:net";
import { pictureSocket } from "./processes.ts";

export type Read = (bytes: number) => Promise<Buffer>;

export interface RfbClient {
  readonly socket: Socket;
  readonly read: Read;
}

/** Connects, shares the display and passes over what the server says of itself. The caller destroys the socket. */
export async function connectRfb(timeoutMs: number): Promise<RfbClient> {
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
    return { socket, read };
  } catch (error) {
    socket.destroy();
    throw error;
  } finally {
    clearTimeout(timer);
  }
}

export function setEncodings(...encodings: readonly number[]): Buffer {
  const message = Buffer.alloc(4 + 4 * encodings.length);
  message.writeUInt8(2, 0);
  message.writeUInt16BE(encodings.length, 2);
  for (const [index, encoding] of encodings.entries())
    message.writeInt32BE(encoding, 4 + 4 * index);
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
