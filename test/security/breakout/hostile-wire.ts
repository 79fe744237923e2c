/** What a taken-over container says on control.sock to hurt the orchestrator. Runs in the container. */
import { connect, type Socket } from "node:net";

const path = "/run/hanare/control.sock";
const tell = (id: string, got: string): void => {
  process.stdout.write(`${JSON.stringify({ id, got })}\n`);
};

function frame(type: number, payload: Buffer | string, announced?: number): Buffer {
  const bytes = Buffer.from(payload);
  const header = Buffer.alloc(5);
  header.writeUInt32BE(announced ?? bytes.length, 0);
  header.writeUInt8(type, 4);
  return Buffer.concat([header, bytes]);
}

const dial = (first: Buffer): Promise<Socket> =>
  new Promise((resolve, reject) => {
    const socket = connect(path);
    socket.once("error", reject);
    socket.once("connect", () => {
      socket.off("error", reject).on("error", () => undefined);
      socket.write(first);
      resolve(socket);
    });
  });

const closed = (socket: Socket): Promise<string> =>
  new Promise((resolve) => {
    if (socket.closed) return resolve("closed");
    const timer = setTimeout(() => resolve("still open"), 2500);
    socket.resume().once("close", () => {
      clearTimeout(timer);
      resolve("closed");
    });
  });

// Takes the message connection, talks and reads nothing; the true agent dials again and takes it back.
const slow = await dial(frame(1, '{"kind":"control","version":1,"browser":"slow"}'));
slow.pause();
for (let turn = 0; turn < 200; turn += 1) slow.write(frame(2, '{"type":"pong","nonce":1}'));
await new Promise((resolve) => setTimeout(resolve, 300));
tell("wire-slow-reader", await closed(slow));

const download = { kind: "download", name: "x".repeat(5000), url: "", size: 1 };
tell("wire-wrong-length", await closed(await dial(frame(1, "", 0xff_ff_ff_ff))));
tell("wire-wrong-type", await closed(await dial(frame(77, "{}"))));
tell("wire-huge-name", await closed(await dial(frame(1, JSON.stringify(download)))));
tell(
  "wire-invalid-utf8",
  await closed(await dial(frame(1, Buffer.from([0x22, 0xff, 0xfe, 0x22])))),
);
// The fifth within a minute: what it says is of no account any more.
await Promise.allSettled(
  Array.from({ length: 400 }, async () => (await dial(Buffer.alloc(0))).destroy()),
);
process.exit(0);
