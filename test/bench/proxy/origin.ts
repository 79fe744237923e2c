/**
 * The site behind both proxies: a bare TCP server, as cheap as can be, because it shares the machine with
 * what is measured. Answers requests with one kilobyte; answers a ClientHello with a few bytes and then
 * sends as much as it is asked for ("B" and eight hexadecimal digits of kilobytes).
 */
import { createServer, type Socket } from "node:net";

const body = Buffer.alloc(1024, 97);
const head = `HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: ${body.length}\r\nCache-Control: no-store\r\n\r\n`;
const answer = Buffer.concat([Buffer.from(head), body]);
const greeting = Buffer.from("HELLO");
const block = Buffer.alloc(1024 * 1024, 98);

const server = createServer({ noDelay: true }, (socket) => {
  socket.on("error", () => socket.destroy());
  socket.once("data", (first) => {
    if (first[0] === 0x16) serveTunnel(socket);
    else serveRequests(socket, first);
  });
});
server.listen(Number(process.argv[2] ?? 0), "127.0.0.1", 4096, () =>
  process.send?.({ port: (server.address() as { port: number }).port }),
);
process.on("disconnect", () => process.exit(0));

/** One answer for each end of a head; requests here have no bodies. */
function serveRequests(socket: Socket, first: Buffer): void {
  let matched = 0;
  const look = (bytes: Buffer) => {
    for (const byte of bytes) {
      matched = byte === (matched % 2 === 0 ? 13 : 10) ? matched + 1 : byte === 13 ? 1 : 0;
      if (matched < 4) continue;
      matched = 0;
      socket.write(answer);
    }
  };
  socket.on("data", look);
  look(first);
}

function serveTunnel(socket: Socket): void {
  socket.write(greeting);
  socket.on("data", (bytes) => {
    if (bytes[0] !== 66) return;
    let left = Number.parseInt(bytes.toString("latin1", 1, 9), 16) * 1024;
    const pour = () => {
      while (left > 0) {
        const part = left >= block.length ? block : block.subarray(0, left);
        left -= part.length;
        if (!socket.write(part)) {
          socket.once("drain", pour);
          return;
        }
      }
    };
    pour();
  });
}
