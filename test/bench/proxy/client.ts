/**
 * The client of the bench, a process of its own: takes one order at a time over its channel and answers
 * with figures. Every order is bounded in time and number.
 */
import { connect, type Socket } from "node:net";
import { clientHello } from "../../support/client-hello.ts";

export interface Target {
  readonly proxyPort: number;
  readonly host: string;
  readonly originPort: number;
}
export type Task =
  | { readonly kind: "requests"; readonly connections: number; readonly ms: number }
  | {
      readonly kind: "paced";
      readonly connections: number;
      readonly perSecond: number;
      readonly ms: number;
    }
  | { readonly kind: "tunnels"; readonly connections: number; readonly ms: number }
  | { readonly kind: "bulk"; readonly megabytes: number }
  | { readonly kind: "idle"; readonly tunnels: number }
  | { readonly kind: "close-idle" };
export type Order = Task & { readonly target: Target };
export interface Figures {
  readonly done: number;
  readonly failed: number;
  readonly ms: number;
  /** Milliseconds each; empty where nobody asked. */
  readonly latencies: readonly number[];
}

const held = new Set<Socket>();

function open({ proxyPort }: Target): Socket {
  const socket = connect({ host: "127.0.0.1", port: proxyPort, noDelay: true });
  socket.on("error", () => socket.destroy());
  return socket;
}

/** What Chromium says to its proxy, in size and number of fields. */
function requestBytes({ host, originPort }: Target): Buffer {
  return Buffer.from(
    [
      `GET http://${host}:${originPort}/index.html HTTP/1.1`,
      `Host: ${host}:${originPort}`,
      "Proxy-Connection: keep-alive",
      "User-Agent: Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Safari/537.36",
      "Accept: text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8",
      "Accept-Encoding: gzip, deflate",
      "Accept-Language: ja,en-US;q=0.9,en;q=0.8",
      "Cookie: a=0123456789abcdef; b=0123456789abcdef",
      "",
      "",
    ].join("\r\n"),
  );
}

/** Calls back once per whole answer; answers here always have a length. */
function onAnswers(socket: Socket, whole: (status: number) => void): void {
  let pending: Buffer = Buffer.alloc(0);
  socket.on("data", (part: Buffer) => {
    pending = pending.length === 0 ? part : Buffer.concat([pending, part]);
    for (;;) {
      const end = pending.indexOf("\r\n\r\n");
      if (end === -1) return;
      const head = pending.toString("latin1", 0, end);
      const length = Number(/\ncontent-length: *(\d+)/i.exec(head)?.[1] ?? 0);
      if (pending.length < end + 4 + length) return;
      pending = pending.subarray(end + 4 + length);
      whole(Number(head.slice(9, 12)));
    }
  });
}

async function requests(target: Target, connections: number, ms: number): Promise<Figures> {
  const bytes = requestBytes(target);
  const latencies: number[] = [];
  let failed = 0;
  const startedAt = performance.now();
  const until = startedAt + ms;
  const one = () =>
    new Promise<void>((resolve) => {
      const socket = open(target);
      let sentAt = 0;
      const ask = () => {
        sentAt = performance.now();
        socket.write(bytes);
      };
      onAnswers(socket, (status) => {
        const now = performance.now();
        if (status === 200) latencies.push(now - sentAt);
        else failed += 1;
        if (now < until) ask();
        else {
          sentAt = -1;
          socket.destroy();
        }
      });
      socket.once("connect", ask);
      socket.once("close", () => {
        if (sentAt !== -1) failed += 1;
        resolve();
      });
    });
  await Promise.all(Array.from({ length: connections }, one));
  return { done: latencies.length, failed, ms: performance.now() - startedAt, latencies };
}

/** Open loop: a request is due at its time whether or not the former ones are answered. */
async function paced(
  target: Target,
  order: { readonly connections: number; readonly perSecond: number; readonly ms: number },
): Promise<Figures> {
  const bytes = requestBytes(target);
  const latencies: number[] = [];
  const free: { socket: Socket; dueAt: number }[] = [];
  const due: number[] = [];
  let failed = 0;
  const lanes = await Promise.all(
    Array.from({ length: order.connections }, async () => {
      const lane = { socket: open(target), dueAt: 0 };
      await new Promise((resolve) => lane.socket.once("connect", resolve));
      onAnswers(lane.socket, (status) => {
        if (status === 200) latencies.push(performance.now() - lane.dueAt);
        else failed += 1;
        const next = due.shift();
        if (next === undefined) free.push(lane);
        else {
          lane.dueAt = next;
          lane.socket.write(bytes);
        }
      });
      free.push(lane);
      return lane;
    }),
  );
  const startedAt = performance.now();
  const total = Math.floor((order.perSecond * order.ms) / 1000);
  let sent = 0;
  await new Promise<void>((resolve) => {
    const tick = () => {
      const now = performance.now();
      while (sent < total && startedAt + (sent * 1000) / order.perSecond <= now) {
        const dueAt = startedAt + (sent * 1000) / order.perSecond;
        sent += 1;
        const lane = free.pop();
        if (!lane) due.push(dueAt);
        else {
          lane.dueAt = dueAt;
          lane.socket.write(bytes);
        }
      }
      const isOver = latencies.length + failed >= total || now > startedAt + order.ms + 5_000;
      if (isOver) resolve();
      // Not at once again: a client that never sleeps takes one of two cores from what is measured.
      else setTimeout(tick, 1);
    };
    tick();
  });
  for (const { socket } of lanes) socket.destroy();
  failed += total - latencies.length - failed;
  return { done: latencies.length, failed, ms: performance.now() - startedAt, latencies };
}

/** Resolves when the origin's greeting has come through. */
function openTunnel(target: Target): Promise<Socket | undefined> {
  return new Promise((resolve) => {
    const { host, originPort } = target;
    const socket = open(target);
    const hello = clientHello(host);
    let stage: "connect" | "greeting" = "connect";
    socket.once("connect", () =>
      socket.write(`CONNECT ${host}:${originPort} HTTP/1.1\r\nHost: ${host}:${originPort}\r\n\r\n`),
    );
    const onData = (part: Buffer) => {
      if (stage === "connect") {
        if (!part.toString("latin1", 0, 12).endsWith(" 200")) {
          socket.destroy();
          return;
        }
        stage = "greeting";
        socket.write(hello);
        return;
      }
      socket.off("data", onData);
      resolve(socket);
    };
    socket.on("data", onData);
    socket.once("close", () => resolve(undefined));
    // A proxy that has run out of something may leave us waiting.
    socket.setTimeout(10_000, () => {
      if (stage === "connect" || socket.listenerCount("data") > 0) socket.destroy();
    });
  });
}

async function tunnels(target: Target, connections: number, ms: number): Promise<Figures> {
  const latencies: number[] = [];
  let failed = 0;
  const startedAt = performance.now();
  const until = startedAt + ms;
  const lane = async () => {
    while (performance.now() < until) {
      const at = performance.now();
      const socket = await openTunnel(target);
      if (socket) latencies.push(performance.now() - at);
      else failed += 1;
      // A reset leaves no TIME_WAIT behind; a bench of thousands of connections would run out of ports.
      socket?.resetAndDestroy();
    }
  };
  await Promise.all(Array.from({ length: connections }, lane));
  return { done: latencies.length, failed, ms: performance.now() - startedAt, latencies };
}

async function bulk(target: Target, megabytes: number): Promise<Figures> {
  const socket = await openTunnel(target);
  if (!socket) return { done: 0, failed: 1, ms: 1, latencies: [] };
  const total = megabytes * 1024 * 1024;
  let got = 0;
  const startedAt = performance.now();
  await new Promise<void>((resolve) => {
    socket.on("data", (part: Buffer) => {
      got += part.length;
      if (got >= total) resolve();
    });
    socket.once("close", () => resolve());
    socket.write(`B${(megabytes * 1024).toString(16).padStart(8, "0")}`);
  });
  const ms = performance.now() - startedAt;
  socket.destroy();
  return { done: got, failed: got === total ? 0 : 1, ms, latencies: [] };
}

async function idle(target: Target, count: number): Promise<Figures> {
  const startedAt = performance.now();
  let failed = 0;
  const lane = async (share: number) => {
    for (let index = 0; index < share; index++) {
      const socket = await openTunnel(target);
      if (socket) held.add(socket);
      else failed += 1;
    }
  };
  const lanes = 50;
  await Promise.all(Array.from({ length: lanes }, () => lane(Math.ceil(count / lanes))));
  return { done: held.size, failed, ms: performance.now() - startedAt, latencies: [] };
}

function closeIdle(): Figures {
  const alive = [...held].filter((socket) => !socket.destroyed).length;
  for (const socket of held) socket.resetAndDestroy();
  held.clear();
  return { done: alive, failed: 0, ms: 0, latencies: [] };
}

function carryOut(order: Order): Promise<Figures> | Figures {
  switch (order.kind) {
    case "requests":
      return requests(order.target, order.connections, order.ms);
    case "paced":
      return paced(order.target, order);
    case "tunnels":
      return tunnels(order.target, order.connections, order.ms);
    case "bulk":
      return bulk(order.target, order.megabytes);
    case "idle":
      return idle(order.target, order.tunnels);
    case "close-idle":
      return closeIdle();
  }
}

process.on("message", (order) => {
  void Promise.resolve(carryOut(order as Order)).then((figures) => process.send?.(figures));
});
process.on("disconnect", () => process.exit(0));
