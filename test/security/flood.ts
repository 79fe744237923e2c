/**
 * Worker: floods a session's control.sock as fast as it can, in the way that `workerData` names, until it is
 * ended or, where `most` is given, has sent that many messages and hung up.
 */
import { once } from "node:events";
import { connect } from "node:net";
import { setTimeout as wait } from "node:timers/promises";
import { parentPort, workerData } from "node:worker_threads";
import { WebSocket } from "ws";
import { frameType } from "../../images/wire/control.ts";
import { encodeJsonFrame } from "../../images/wire/frame.ts";
import { controlHello, dialAs } from "./peer.ts";

const {
  path,
  kind,
  most = Number.POSITIVE_INFINITY,
} = workerData as { path: string; kind: string; most?: number };
const perWrite = 20;

const long = "あ".repeat(512);
const url = `https://flood.example/${"x".repeat(2000)}`;
const tabs = Array.from({ length: 64 }, (_, index) => ({
  id: index + 1,
  title: long,
  url,
  loading: true,
  canGoBack: true,
  canGoForward: true,
}));
let sent = 0;
const messages: Readonly<Record<string, () => object>> = {
  "huge tabs": () => ({ type: "tabs", tabs, active: 1 }),
  "carets, copies, questions and histories": () =>
    [
      { type: "caret", x: ++sent % 1000, y: 0, height: 10 },
      { type: "copied", text: `copy ${++sent}` },
      { type: "file-chooser", chooser: (++sent % 1000) + 1, multiple: true },
      { type: "history", tab: 1, entries: [] },
    ][sent % 4] ?? {},
  "small messages": () => ({ type: "pong", nonce: 1 }),
  "ever new addresses": () => ({ type: "navigated", tab: 1, url: `https://a${++sent}.example/` }),
};

async function floodMessages(make: () => object): Promise<void> {
  const socket = await dialAs(path, controlHello);
  for (let made = 0; made < most; made += perWrite) {
    const batch = Buffer.concat(
      Array.from({ length: perWrite }, () => encodeJsonFrame(frameType.message, make())),
    );
    if (!socket.write(batch)) await new Promise((resolve) => socket.once("drain", resolve));
  }
  socket.end();
}

function floodConnections(): void {
  const socket = connect(path);
  socket.on("error", () => undefined);
  socket.once("connect", () => {
    if (kind === "connections with a download")
      socket.write(
        encodeJsonFrame(frameType.hello, { kind: "download", name: "a", url: "", size: 0 }),
      );
    setImmediate(() => socket.destroy());
  });
  socket.once("close", floodConnections);
}

/** Not the container: a program in the place of a viewer's page. */
async function floodAsViewer(): Promise<void> {
  const viewer = new WebSocket(path);
  await once(viewer, "open");
  const text = JSON.stringify({ type: "echo", n: 1 });
  let answered = 0;
  viewer.on("message", () => {
    answered += 1;
    if (answered % 500 === 0) parentPort?.postMessage(answered);
  });
  viewer.on("error", () => undefined);
  for (;;) {
    for (let made = 0; made < perWrite; made += 1) viewer.send(text);
    // Written and not read yet: no more than a little, as much as the server takes.
    await new Promise(setImmediate);
    while (viewer.bufferedAmount > 256 * 1024) await wait(1);
  }
}

const make = messages[kind];
if (kind === "viewer") await floodAsViewer();
else if (make) await floodMessages(make);
else for (let at = 0; at < 8; at += 1) floodConnections();
