/**
 * Runs inside a session container, for the display bench: from a key or a step of the wheel at the X server to the
 * first drawing that follows, in milliseconds. Everything that any way of sending the picture has to wait for is
 * in there, and nothing of ours.
 */
import { setTimeout as wait } from "node:timers/promises";
import { request, XClient } from "../../images/browser/agent/x-client.ts";

const what = process.argv[1] === "wheel" ? "wheel" : "typed";
const count = 12;
const dropped = 2;
const [keyPress, buttonPress] = [2, 4];
const firstKeycode = 8;

const x = await XClient.connect();
const [fake, damage] = [await x.extension("XTEST"), await x.extension("DAMAGE")];
await x.ask(request(damage.opcode, 0, [1, 1]));
const drawn = x.newId();
const whenAnythingIs = 3;
x.send(request(damage.opcode, 1, [drawn, x.root, whenAnythingIs]));

async function keycodeOf(keysym: number): Promise<number> {
  const map = await x.ask(request(101, 0, [firstKeycode | (248 << 8)]));
  const each = map.readUInt8(1);
  for (let at = 0; 32 + at * each * 4 < map.length; at += 1)
    if (map.readUInt32LE(32 + at * each * 4) === keysym) return firstKeycode + at;
  throw new Error("no such key");
}

const kind = what === "wheel" ? buttonPress : keyPress;
/** Which button or key is next. */
const next = (at: number): Promise<number> | number =>
  what === "wheel" ? (at % 2 === 0 ? 5 : 4) : keycodeOf("a".charCodeAt(0) + at);

const took: number[] = [];
for (let at = 0; at < count; at += 1) {
  const detail = await next(at);
  await wait(350);
  x.send(request(damage.opcode, 3, [drawn, 0, 0]));
  await x.settled();
  const { promise, resolve } = Promise.withResolvers<undefined>();
  const hear = (event: Buffer): void => {
    if ((event.readUInt8(0) & 0x7f) === damage.firstEvent) resolve(undefined);
  };
  x.on("event", hear);
  const begun = performance.now();
  for (const downOrUp of [0, 1])
    x.send(request(fake.opcode, 2, [(kind + downOrUp) | (detail << 8), 0, 0, 0, 0, 0, 0, 0]));
  await promise;
  x.off("event", hear);
  if (at >= dropped) took.push(performance.now() - begun);
}
process.stdout.write(JSON.stringify(took));
process.exit(0);
