/** A hostile container's side of control.sock, for the tests beside this file. */
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { frameType, type Hello, wireVersion } from "../../images/wire/control.ts";
import { encodeJsonFrame } from "../../images/wire/frame.ts";

export const controlHello: Hello = { kind: "control", version: wireVersion, browser: "hostile" };

/** Connected, with `first` sent; errors are the peer's own business. */
export async function dialAs(path: string, first: Hello | Buffer): Promise<Socket> {
  const socket = connect(path);
  socket.on("error", () => undefined);
  await once(socket, "connect");
  socket.write(Buffer.isBuffer(first) ? first : encodeJsonFrame(frameType.hello, first));
  return socket;
}
