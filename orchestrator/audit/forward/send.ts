/**
 * Hands a number of messages to a syslog server over TLS. Syslog itself acknowledges nothing: what tells that
 * the server has read all is that it closes its end after ours (RFC 5425 §4.4), so each call is a connection
 * of its own. Rejects whenever that did not happen; then the same messages are sent again later.
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

export function send(
  server: SyslogServer,
  messages: readonly Buffer[],
  signal: AbortSignal,
): Promise<void> {
  return new Promise((resolve, reject) => {
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
    let theirEnd = false;
    let failure: Error | undefined;
    socket.once("secureConnect", () => socket.end(Buffer.concat(messages)));
    socket.once("end", () => (theirEnd = true));
    socket.once("error", (error: Error) => {
      failure = error;
    });
    socket.once("close", () => {
      signal.removeEventListener("abort", stop);
      if (failure) reject(failure);
      else if (theirEnd && socket.writableFinished) resolve();
      else reject(new Error("closed before everything was read"));
    });
    // Nothing is expected; what comes is read so that the end is seen.
    socket.resume();
  });
}
