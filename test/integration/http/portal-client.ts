/** How the tests speak to the portal: as our own page would, over https, checked against the document of the API. */
import type { IncomingHttpHeaders } from "node:http";
import { Agent, type RequestOptions, request } from "node:https";
import { type Duplex } from "node:stream";
import { buffer } from "node:stream/consumers";
import { assertAsDocumented } from "../../support/as-documented.ts";

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
  /** The body as JSON. */
  json(): Record<string, unknown>;
}

export interface SendOptions {
  readonly cookie?: string;
  readonly body?: unknown;
  /** Replaces the headers our own page would send; undefined takes one away. */
  readonly headers?: Record<string, string | undefined>;
  readonly rawBody?: string;
}

/** What a browser would send back of the Set-Cookie header. */
export function cookieOf(answer: Answer): string {
  const [header] = answer.headers["set-cookie"] ?? [];
  const pair = header?.split(";")[0];
  if (pair === undefined) throw new Error(`no cookie: ${answer.status} ${answer.body.toString()}`);
  return pair;
}

export function httpsClient(port: number, ca: string) {
  const origin = `https://127.0.0.1:${port}`;
  const agent = new Agent({ ca, keepAlive: true });
  const base: RequestOptions = { host: "127.0.0.1", port, agent };
  /** The file by a link of its own, as a page does it; or why there is no link. */
  async function save(file: string, cookie: string): Promise<Answer> {
    const made = await send("POST", `${file}/link`, { cookie });
    return made.status === 200 ? send("GET", String(made.json()["url"]), { cookie }) : made;
  }

  async function send(method: string, path: string, options: SendOptions = {}): Promise<Answer> {
    const payload =
      options.rawBody ?? (options.body === undefined ? "" : JSON.stringify(options.body));
    const headers = definedOf({
      origin: method === "GET" ? undefined : origin,
      "sec-fetch-site": "same-origin",
      cookie: options.cookie,
      "content-type": payload === "" ? undefined : "application/json",
      "content-length": payload === "" ? undefined : String(Buffer.byteLength(payload)),
      ...options.headers,
    });
    const { promise, resolve, reject } = Promise.withResolvers<Answer>();
    const call = request({ ...base, method, path, headers }, (response) => {
      buffer(response).then(
        (body) => resolve(answerOf(response.statusCode, response.headers, body)),
        reject,
      );
    });
    call.on("error", reject).end(payload);
    const answer = await promise;
    assertAsDocumented(method, path, answer);
    return answer;
  }

  return {
    origin,
    agent,
    send,
    save,
    async upgrade(path: string, more: Record<string, string> = {}): Promise<Answer> {
      const { answer, socket } = await upgradeCall(path, more);
      socket?.destroy();
      return answer;
    },
    async viewer(path: string, cookie: string): Promise<Duplex> {
      const { answer, socket } = await upgradeCall(path, { cookie });
      if (!socket) throw new Error(`no upgrade: ${answer.status}`);
      return socket;
    },
  };

  function upgradeCall(
    path: string,
    more: Record<string, string>,
  ): Promise<{ answer: Answer; socket?: Duplex }> {
    const headers = {
      connection: "Upgrade",
      upgrade: "websocket",
      "sec-websocket-version": "13",
      "sec-websocket-key": "dGhlIHNhbXBsZSBub25jZQ==",
      origin,
      ...more,
    };
    const { promise, resolve, reject } = Promise.withResolvers<{
      answer: Answer;
      socket?: Duplex;
    }>();
    const call = request({ ...base, agent: false, ca, path, headers });
    call.on("upgrade", (response, socket) => {
      socket.on("error", () => socket.destroy());
      const answer = answerOf(response.statusCode, response.headers, Buffer.alloc(0));
      resolve({ answer, socket });
    });
    call.on("response", (response) => {
      buffer(response).then(
        (body) => resolve({ answer: answerOf(response.statusCode, response.headers, body) }),
        reject,
      );
    });
    call.on("error", reject).end();
    return promise;
  }
}

function definedOf(headers: Record<string, string | undefined>): Record<string, string> {
  const given = Object.entries(headers).filter(
    (each): each is [string, string] => each[1] !== undefined,
  );
  return Object.fromEntries(given);
}

function answerOf(status: number | undefined, headers: IncomingHttpHeaders, body: Buffer): Answer {
  const json = () => JSON.parse(body.toString()) as Record<string, unknown>;
  return { status: status ?? 0, headers, body, json };
}
