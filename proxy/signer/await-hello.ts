/** Waits for the ClientHello on a socket that is to be answered from inside TLS. */
import type { Socket } from "node:net";
import { readClientHello } from "../client-hello.ts";

type Awaited =
  | { readonly kind: "hello"; readonly serverName: string | undefined; readonly bytes: Buffer }
  | { readonly kind: "refused"; readonly reason: string }
  | { readonly kind: "gone" };

export function awaitHello(
  socket: Socket,
  head: Buffer,
  limits: { readonly clientHelloMs: number; readonly clientHelloBytes: number },
): Promise<Awaited> {
  const { promise, resolve } = Promise.withResolvers<Awaited>();
  let bytes = head;
  const settle = (result: Awaited) => {
    clearTimeout(limit);
    socket.pause();
    socket.off("data", onData).off("end", onGone).off("close", onGone);
    resolve(result);
  };
  const look = () => {
    const result = readClientHello(bytes, limits.clientHelloBytes);
    if (result.kind === "hello") settle({ ...result, bytes });
    else if (result.kind === "refused") settle(result);
  };
  const onData = (chunk: Buffer) => {
    bytes = bytes.length === 0 ? chunk : Buffer.concat([bytes, chunk]);
    look();
  };
  const onGone = () =>
    settle(bytes.length === 0 ? { kind: "gone" } : { kind: "refused", reason: "incomplete" });
  const limit = setTimeout(
    () => settle({ kind: "refused", reason: "timeout" }),
    limits.clientHelloMs,
  );
  socket.on("data", onData).once("end", onGone).once("close", onGone);
  if (socket.destroyed) onGone();
  else {
    // Whoever read the request left it paused.
    socket.resume();
    if (bytes.length > 0) look();
  }
  return promise;
}
