/**
 * One person of the soak: signs in, opens a browser, uses it a little, ends it in one of the ways people do,
 * and opens the next. Goes on through every outage as the real pages do: asks again, connects again.
 */
import { Agent, request } from "node:https";
import { setTimeout as wait } from "node:timers/promises";
import { WebSocket } from "ws";
import { type GatewayMessage, gatewayMessage } from "../../../orchestrator/http/room-contract.ts";
import { session, type Session } from "../../../orchestrator/http/contract.ts";
import type { Random } from "./random.ts";

export interface PersonOptions {
  readonly port: number;
  /** PEM of the site's authority. */
  readonly ca: string;
  readonly name: string;
  readonly oneTimePassword: string;
  readonly random: Random;
}

interface Answer {
  readonly status: number;
  readonly text: string;
  readonly cookie: string | undefined;
}

const password = "soak のための長いパスワード";
const practice = "http://kunren.hanare.internal";
const againMs = 250;
/** Nothing that still works takes longer, outages included. */
const patienceMs = 180_000;
const pageClosed = 1001;

export class Person implements Disposable {
  readonly #o: PersonOptions;
  readonly #agent: Agent;
  #cookie = "";

  constructor(options: PersonOptions) {
    this.#o = options;
    this.#agent = new Agent({ ca: options.ca, keepAlive: false });
  }

  [Symbol.dispose](): void {
    this.#agent.destroy();
  }

  /** While nothing is being killed yet. */
  async firstSignIn(): Promise<void> {
    await this.#signIn(this.#o.oneTimePassword);
    const passwords = { current: this.#o.oneTimePassword, next: password };
    // A new password comes with a new ticket.
    this.#keepCookie(await this.#expect("POST", "/api/password", passwords));
  }

  /** One session from the click to its end; `opened` is called when the server has acknowledged it. */
  async session(opened: (id: string) => void): Promise<void> {
    const { random } = this.#o;
    const { id } = session.parse(
      JSON.parse((await this.#expect("POST", "/api/sessions", { url: practice })).text),
    );
    opened(id);
    const viewer = new Viewer(this.#o, this.#cookie, () => this.#read(id));
    try {
      await viewer.use(random.between(200, 2500), random.next() < 0.15);
      await this.#leave(id, viewer);
    } finally {
      viewer.close();
    }
    await this.#until(async () => (await this.#read(id)).state === "deleted");
  }

  async #leave(id: string, viewer: Viewer): Promise<void> {
    const dice = this.#o.random.next();
    if (dice < 0.45) viewer.close();
    else if (dice < 0.9) await this.#expect("DELETE", `/api/sessions/${id}`);
    else {
      await this.#expect("POST", "/api/sign-out", {});
      await this.#signIn(password);
    }
    // Out of sight for longer than the grace time when the goodbye was lost in an outage: nothing to do here.
  }

  async #signIn(secret: string): Promise<void> {
    const { name } = this.#o;
    this.#keepCookie(await this.#expect("POST", "/api/sign-in", { name, password: secret }));
  }

  #keepCookie({ cookie }: Answer): void {
    if (cookie === undefined) throw new Error("an answer without a cookie");
    this.#cookie = cookie;
  }

  async #read(id: string): Promise<Session> {
    return session.parse(JSON.parse((await this.#expect("GET", `/api/sessions/${id}`)).text));
  }

  /** Asks until the answer is a success. A sign-out whose answer was lost is answered 401 the second time. */
  async #expect(method: string, path: string, body?: object): Promise<Answer> {
    let last = "no answer";
    let success: Answer | undefined;
    await this.#until(async () => {
      const answer = await this.#ask(method, path, body).catch((error: unknown) => String(error));
      if (typeof answer === "string") {
        last = answer;
        return false;
      }
      last = `${answer.status} ${answer.text.slice(0, 200)}`;
      const signedOut = path === "/api/sign-out" && answer.status === 401;
      if (answer.status < 300 || signedOut) success = answer;
      return success !== undefined;
    }).catch((error: unknown) => {
      throw new Error(`${this.#o.name}: ${method} ${path}: ${last}`, { cause: error });
    });
    if (!success) throw new Error("unreachable");
    return success;
  }

  async #until(done: () => Promise<boolean>): Promise<void> {
    const endAt = performance.now() + patienceMs;
    while (!(await done())) {
      if (performance.now() > endAt) throw new Error("out of patience");
      await wait(againMs);
    }
  }

  #ask(method: string, path: string, body: object | undefined): Promise<Answer> {
    const { promise, resolve, reject } = Promise.withResolvers<Answer>();
    const { port } = this.#o;
    const call = request(
      {
        host: "localhost",
        port,
        method,
        path,
        agent: this.#agent,
        signal: AbortSignal.timeout(45_000),
        headers: {
          origin: `https://localhost:${port}`,
          cookie: this.#cookie,
          ...(body === undefined ? {} : { "content-type": "application/json" }),
        },
      },
      (response) => {
        let text = "";
        response.setEncoding("utf8").on("data", (chunk: string) => (text += chunk));
        response.once("error", reject).once("end", () => {
          const cookie = response.headers["set-cookie"]?.[0]?.split(";")[0];
          resolve({ status: response.statusCode ?? 0, text, cookie });
        });
      },
    );
    call.once("error", reject);
    call.end(body === undefined ? undefined : JSON.stringify(body));
    return promise;
  }
}

/** The control connection as the page keeps it: connects again until it is told that the session ended. */
class Viewer {
  readonly #o: PersonOptions;
  readonly #cookie: string;
  readonly #read: () => Promise<Session>;
  readonly #stop = new AbortController();
  #socket: WebSocket | undefined;
  #id = "";

  constructor(options: PersonOptions, cookie: string, read: () => Promise<Session>) {
    this.#o = options;
    this.#cookie = cookie;
    this.#read = read;
  }

  /** Looks at pages, sometimes downloads a file, for about so long; returns early when the session ended. */
  async use(forMs: number, downloads: boolean): Promise<void> {
    this.#id = (await this.#read()).id;
    const { random } = this.#o;
    const endAt = performance.now() + forMs;
    let asked = false;
    while (!this.#isStopped()) {
      await this.#connection((socket, message) => {
        if (message.type === "ended") this.#stop.abort();
        if (message.type !== "tabs" || asked) return;
        asked = true;
        const text = downloads
          ? `${practice}/files/${encodeURIComponent("お知らせ.pdf")}`
          : `語 ${random.next()}`;
        socket.send(JSON.stringify({ type: "go", text }));
      }, endAt);
      if (performance.now() >= endAt) return;
      if ((await this.#read()).endReason !== null) return;
      await wait(againMs);
    }
  }

  close(): void {
    this.#stop.abort();
    this.#socket?.close(pageClosed);
  }

  #isStopped(): boolean {
    return this.#stop.signal.aborted;
  }

  /** Resolves when the connection is gone, or the time is over (it then stays, for close() to end). */
  async #connection(
    hear: (socket: WebSocket, message: GatewayMessage) => void,
    endAt: number,
  ): Promise<void> {
    const { port, ca } = this.#o;
    const origin = `https://localhost:${port}`;
    const socket = new WebSocket(`wss://localhost:${port}/api/sessions/${this.#id}/control`, {
      ca,
      headers: { origin, cookie: this.#cookie },
    });
    this.#socket = socket;
    const { promise: gone, resolve } = Promise.withResolvers<undefined>();
    // `close` follows, with or without a connection.
    socket.on("error", () => undefined);
    socket.once("close", () => resolve(undefined));
    socket.on("message", (data: Buffer) =>
      hear(socket, gatewayMessage.parse(JSON.parse(data.toString("utf8")))),
    );
    const over = new AbortController();
    await Promise.race([
      gone,
      wait(Math.max(0, endAt - performance.now()), undefined, { signal: over.signal }).catch(
        () => undefined,
      ),
    ]);
    over.abort();
  }
}
