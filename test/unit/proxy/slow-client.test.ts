/** Clients that ask and do not read: what may pile up for them, and that they still get what is theirs. */
import { once } from "node:events";
import type { Socket } from "node:net";
import { afterEach, beforeEach, expect, it } from "vitest";
import { PlaneHarness, readAll } from "./plane-harness.ts";

let to: PlaneHarness;
beforeEach(async () => {
  to = await PlaneHarness.start();
});
afterEach(() => to[Symbol.asyncDispose]());

/** Answers every head with as many bytes as its path says; counts. */
function serve(origin: Socket, counted: { requests: number }): void {
  let text = "";
  origin.on("data", (bytes: Buffer) => {
    text += bytes.toString("latin1");
    for (let end = text.indexOf("\r\n\r\n"); end !== -1; end = text.indexOf("\r\n\r\n")) {
      const length = Number(/^GET \/(\d+)/.exec(text)?.[1]);
      text = text.slice(end + 4);
      counted.requests += 1;
      origin.write(`HTTP/1.1 200 OK\r\nContent-Length: ${length}\r\n\r\n${"a".repeat(length)}`);
    }
  });
}

it("a client that asks a thousand times and reads nothing is served until its buffers are full, then when it reads", async () => {
  const counted = { requests: 0 };
  to.onOrigin((origin) => serve(origin, counted));
  const socket = to.client(to.get("/20000").repeat(1000));
  socket.pause();
  // Not further than the sockets' own buffers hold: 20 MB would be 1,000.
  let before = -1;
  while (counted.requests !== before || before === 0) {
    before = counted.requests;
    await new Promise((resolve) => setTimeout(resolve, 300));
  }
  expect(before).toBeGreaterThan(1);
  expect(before).toBeLessThan(200);
  socket.resume();
  while (counted.requests < 1000) await once(socket, "data");
});

it("a client that stops reading before the end of its last answer still gets all of it", async () => {
  to.onOrigin((origin) => serve(origin, { requests: 0 }));
  // How much lies in which buffer is the kernel's affair; one of these ends in the proxy's.
  const lengths = Array.from({ length: 12 }, (_, index) => 150_000 + index * 30_000);
  const waiting = lengths.map((length) => {
    const socket = to.client(to.get(`/${length}`, "Connection: close\r\n"));
    socket.pause();
    return { length, socket };
  });
  // Longer than a refused peer is given to close.
  await new Promise((resolve) => setTimeout(resolve, 2_500));
  for (const { length, socket } of waiting) {
    const answer = await readAll(socket.resume());
    expect(answer.length - answer.indexOf("\r\n\r\n") - 4, String(length)).toBe(length);
  }
});
