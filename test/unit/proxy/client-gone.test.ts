/** A session that closes while a name is being asked for: its own end, and nobody else's. */
import { createSocket, type Socket } from "node:dgram";
import { once } from "node:events";
import { afterEach, beforeEach, expect, it } from "vitest";
import { PlaneHarness } from "./plane-harness.ts";

let silent: Socket;
let plane: PlaneHarness;
beforeEach(async () => {
  silent = createSocket("udp4");
  silent.bind(0, "127.0.0.1");
  await once(silent, "listening");
  plane = await PlaneHarness.start({ dnsMs: 60_000 }, `127.0.0.1:${silent.address().port}`);
});
afterEach(async () => {
  await plane[Symbol.asyncDispose]();
  silent.close();
});

it.each([
  ["a tunnel", "CONNECT a.test:443 HTTP/1.1\r\nHost: a.test:443\r\n\r\n"],
  ["a request", undefined],
])(
  "%s whose session closes while the name server is silent ends, and harms nobody",
  async (_what, bytes) => {
    plane.client(bytes ?? plane.get("/"));
    await once(silent, "message");
    await plane.closeSession(0);
    const [record] = await plane.recorded(1);
    expect(record).toMatchObject({ host: "a.test", rule: "guard.dns", reason: "client-closed" });
    expect(plane.origins).toHaveLength(0);
  },
);
