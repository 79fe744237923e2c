import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, expect, it } from "vitest";
import { WebSocket, WebSocketServer } from "ws";
import { Heartbeat } from "../../../orchestrator/gateway/heartbeat.ts";

const everyMs = 40;
let server: WebSocketServer;
let heartbeat: Heartbeat;
beforeEach(async () => {
  server = new WebSocketServer({ port: 0, host: "127.0.0.1" });
  await once(server, "listening");
  heartbeat = new Heartbeat(server.clients, everyMs);
});
afterEach(() => {
  heartbeat[Symbol.dispose]();
  for (const client of server.clients) client.terminate();
  server.close();
});

const connect = (options: object) =>
  new WebSocket(`ws://127.0.0.1:${(server.address() as AddressInfo).port}`, options);

it("cuts off a viewer that answers nothing, and keeps one that does", async () => {
  const living = connect({});
  await once(living, "open");
  // Open, and never again a word: what a terminal without power looks like from here.
  const half = connect({ autoPong: false });
  await once(half, "open");
  let rounds = 0;
  living.on("ping", () => (rounds += 1));
  await once(half, "close");
  expect(living.readyState).toBe(WebSocket.OPEN);
  expect(rounds).toBeGreaterThan(0);
  await expect.poll(() => server.clients.size).toBe(1);
});

it("takes any message for an answer", async () => {
  const talking = connect({ autoPong: false });
  await once(talking, "open");
  let rounds = 0;
  talking.on("ping", () => {
    rounds += 1;
    talking.send("here");
    if (rounds === 3) talking.close();
  });
  await once(talking, "close");
  expect(rounds).toBe(3);
});
