/** Which of several tested addresses is reached, and that nothing but an address is ever dialled. */
import { once } from "node:events";
import { type AddressInfo, createServer, type Server } from "node:net";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { dial } from "../../../proxy/dial.ts";

let server: Server;
let port: number;
beforeEach(async () => {
  server = createServer((socket) => socket.on("error", () => undefined));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  ({ port } = server.address() as AddressInfo);
});
afterEach(() => {
  vi.useRealTimers();
  server.close();
});

const to = (addresses: readonly string[], signal = new AbortController().signal) =>
  dial({ kind: "addresses", addresses }, port, 5_000, signal);

it("the next address is tried at once when one refuses, of either family", async () => {
  // No time passes: whoever waits for the next one's turn gets nowhere.
  vi.useFakeTimers({ toFake: ["setTimeout"] });
  const dialled = await to(["::1", "127.0.0.2", "127.0.0.1"]);
  expect(dialled).toMatchObject({ ok: true, address: "127.0.0.1" });
  if (dialled.ok) dialled.socket.destroy();
});

it("no more than four are tried", async () => {
  const refusing = ["127.0.0.2", "127.0.0.3", "127.0.0.4", "127.0.0.5"];
  expect(await to([...refusing, "127.0.0.1"])).toEqual({ ok: false, reason: "dial-failed" });
});

it("a client that has gone dials nobody", async () => {
  expect(await to(["127.0.0.1"], AbortSignal.abort())).toEqual({
    ok: false,
    reason: "client-closed",
  });
});

it("a name is a bug, not a question for the system's resolver", async () => {
  await expect((async () => to(["localhost"]))()).rejects.toThrow("only addresses are dialled");
});
