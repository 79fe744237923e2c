/**
 * A slow line in front of a port of this machine: so many bytes a second and so long a way, both ways, with a
 * router's small buffer, over real sockets. Done here because not every kernel has netem.
 */
import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";

export interface SlowLine extends AsyncDisposable {
  readonly port: number;
}

interface LineOptions {
  readonly bitsPerSecond: number;
  /** There and back. */
  readonly roundTripMs: number;
}

const bufferBytes = 32 * 1024;
/** Ethernet's. */
const packetBytes = 1500;

export async function slowLine(target: number, options: LineOptions): Promise<SlowLine> {
  const sockets = new Set<Socket>();
  const server = createServer((near) => {
    const far = connect(target, "127.0.0.1");
    for (const socket of [near, far]) {
      sockets.add(socket);
      socket.setNoDelay(true).on("error", () => undefined);
      socket.once("close", () => {
        near.destroy();
        far.destroy();
      });
    }
    carry(near, far, options);
    carry(far, near, options);
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  return {
    port: (server.address() as AddressInfo).port,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/**
 * Packet after packet at the line's pace, each arriving half a round trip after it left. One queue and one
 * timer: timers of their own would overtake each other on a busy machine, and TCP's bytes never do.
 */
function carry(from: Socket, to: Socket, { bitsPerSecond, roundTripMs }: LineOptions): void {
  const onTheWay: { readonly packet: Buffer; readonly dueAt: number }[] = [];
  let freeAt = performance.now();
  let waiting = 0;
  let timer: NodeJS.Timeout | undefined;

  const arrive = (): void => {
    timer = undefined;
    for (let next = onTheWay[0]; next && next.dueAt <= performance.now(); next = onTheWay[0]) {
      onTheWay.shift();
      waiting -= next.packet.length;
      if (!to.destroyed) to.write(next.packet);
    }
    if (waiting < bufferBytes) from.resume();
    setOut();
  };
  const setOut = (): void => {
    const [next] = onTheWay;
    if (next) timer ??= setTimeout(arrive, Math.max(1, next.dueAt - performance.now()));
  };

  from.on("data", (chunk: Buffer) => {
    for (let at = 0; at < chunk.length; at += packetBytes) {
      const packet = chunk.subarray(at, at + packetBytes);
      freeAt = Math.max(freeAt, performance.now()) + (packet.length * 8 * 1000) / bitsPerSecond;
      waiting += packet.length;
      onTheWay.push({ packet, dueAt: freeAt + roundTripMs / 2 });
    }
    setOut();
    if (waiting >= bufferBytes) from.pause();
  });
}
