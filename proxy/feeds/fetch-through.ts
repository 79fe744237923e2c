/**
 * One request to a feed's server: CONNECT through the egress proxy's door, TLS with the certificate
 * checked for the host that was asked for, a GET. No redirects, no cookies, nothing kept. Every wait ends
 * with the signal.
 */
import { request as httpRequest, type IncomingMessage } from "node:http";
import { request as httpsRequest } from "node:https";
import type { Socket } from "node:net";
import { connect as tlsConnect, rootCertificates, type TLSSocket } from "node:tls";
import type { FeedAnswer, FetchThrough, Validators } from "../../policies/feeds/refresh.ts";

export interface Door {
  readonly socketPath: string;
  /** PEM; absent: the public authorities. */
  readonly ca?: string | undefined;
}

export function fetchThrough(door: Door): FetchThrough {
  return async (address, known, signal) => {
    const url = new URL(address);
    const port = url.port === "" ? 443 : Number(url.port);
    const tunnel = await openTunnel(door.socketPath, `${url.hostname}:${port}`, signal);
    const secure = await startTls(tunnel, url.hostname, door.ca, signal);
    return get(url, secure, known, signal);
  };
}

function openTunnel(socketPath: string, authority: string, signal: AbortSignal): Promise<Socket> {
  const { promise, resolve, reject } = Promise.withResolvers<Socket>();
  const headers = { Host: authority };
  const asked = httpRequest({ socketPath, method: "CONNECT", path: authority, headers, signal });
  asked.once("connect", (answer, socket) => {
    if (answer.statusCode === 200) resolve(socket);
    else {
      socket.destroy();
      reject(new Error(`the way out answers ${answer.statusCode ?? 0}`));
    }
  });
  // A proxy that answers a CONNECT like any other request refuses it.
  asked.once("response", (answer) => {
    answer.destroy();
    reject(new Error(`the way out answers ${answer.statusCode ?? 0}`));
  });
  asked.once("error", reject);
  asked.end();
  return promise;
}

function startTls(
  socket: Socket,
  servername: string,
  ca: string | undefined,
  signal: AbortSignal,
): Promise<TLSSocket> {
  const { promise, resolve, reject } = Promise.withResolvers<TLSSocket>();
  const secure = tlsConnect({
    ...{ socket, servername, minVersion: "TLSv1.2", ALPNProtocols: ["http/1.1"] },
    ca: ca ?? [...rootCertificates],
  });
  secure.once("secureConnect", () => resolve(secure));
  secure.on("error", reject);
  const stop = () => secure.destroy(signal.reason as Error);
  signal.addEventListener("abort", stop, { once: true });
  secure.once("close", () => {
    signal.removeEventListener("abort", stop);
    reject(new Error("the connection was closed"));
  });
  return promise;
}

async function get(
  url: URL,
  secure: TLSSocket,
  { etag, lastModified }: Validators,
  signal: AbortSignal,
): Promise<FeedAnswer> {
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
  const asked = httpsRequest(url, {
    signal,
    createConnection: () => secure,
    headers: {
      "User-Agent": "Hanare",
      Accept: "*/*",
      "Accept-Encoding": "identity",
      Connection: "close",
      ...(etag !== undefined && { "If-None-Match": etag }),
      ...(lastModified !== undefined && { "If-Modified-Since": lastModified }),
    },
  });
  asked.once("response", resolve);
  asked.once("error", reject);
  asked.end();
  const answer = await promise;
  return {
    status: answer.statusCode ?? 0,
    location: answer.headers.location,
    etag: fit(answer.headers.etag),
    lastModified: fit(answer.headers["last-modified"]),
    body: answer,
  };
}

/** What would not be taken back is not kept. */
function fit(untrusted: string | undefined): string | undefined {
  return untrusted !== undefined && /^[\x20-\x7e]{1,300}$/.test(untrusted) ? untrusted : undefined;
}
