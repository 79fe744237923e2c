/**
 * Hands a number of messages to a syslog server over TLS. Syslog itself acknowledges nothing: what tells that
 * the server has read all is that it closes its end after ours (RFC 5425 §4.4), so each call is a connection
 * of its own. A server that wants none of it closes as well, but by itself: in TLS 1.3 it looks at who sends when
 * we think us connected long since. So our end stays open for a while, and an end that comes before it is a refusal.
 * Rejects whenever all was not read; then the same messages are sent again later.
 */
import { isIP } from "node:net";
import { connect, type TLSSocket } from "node:tls";

export interface SyslogServer {
  readonly host: string;
  readonly port: number;
  /** The name in its certificate. */
  readonly serverName: string;
  /** PEM: who signed its certificate; absent: the authorities that Node trusts. */
  readonly ca?: string;
  /** PEM, where the server wants to know who sends. */
  readonly client?: { readonly cert: string; readonly key: string };
}

/** At least this long, and several times what the server took for its part of the handshake. */
const leastOpenMs = 500;
const openHandshakes = 5;

export function send(
  server: SyslogServer,
  messages: readonly Buffer[],
  signal: AbortSignal,
): Promise<void> {
  const begunAt = performance.now();
  const { promise, resolve, reject } = Promise.withResolvers<undefined>();
  const socket: TLSSocket = connect({
    host: server.host,
    port: server.port,
    // An address is no server name (RFC 6066 §3); then the certificate has to name the address.
    ...(isIP(server.serverName) === 0 && { servername: server.serverName }),
    minVersion: "TLSv1.2",
    ...(server.ca !== undefined && { ca: server.ca }),
    ...server.client,
  });
  const stop = () => socket.destroy(new Error("no answer in time"));
  signal.addEventListener("abort", stop, { once: true });
  let end: NodeJS.Timeout | undefined;
  let ourEnd = false;
  /** They closed after us. */
  let wasRead = false;
  let failure: Error | undefined;
  socket.once("secureConnect", () => {
    const openMs = Math.max(leastOpenMs, openHandshakes * (performance.now() - begunAt));
    socket.write(Buffer.concat(messages), () => {
      end = setTimeout(() => {
        ourEnd = true;
        socket.end();
      }, openMs);
    });
  });
  socket.once("end", () => {
    wasRead = ourEnd;
    if (!ourEnd) socket.destroy();
  });
  socket.once("error", (error: Error) => {
    failure = error;
  });
  socket.once("close", () => {
    clearTimeout(end);
    signal.removeEventListener("abort", stop);
    if (failure) reject(failure);
    else if (wasRead && socket.writableFinished) resolve(undefined);
    else reject(new Error("closed before everything was read"));
  });
  // Nothing is expected; what comes is read so that the end is seen.
  socket.resume();
  return promise;
}
