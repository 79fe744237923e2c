/**
 * A DevTools client over Chromium's `--remote-debugging-pipe`: NUL-terminated JSON on two pipes. Stays
 * inside the container. Only the Browser, Target, Page, Input and Security domains are used, of DOM the one command
 * that fills a file field, and of Runtime what lets a held tab start and what works in worlds of our own
 * (caret.ts, context-menu.ts, page-print.ts); Runtime is never enabled on a page, because sites can notice it.
 */
import { EventEmitter } from "node:events";
import type { Readable, Writable } from "node:stream";

export type CdpObject = Readonly<Record<string, unknown>>;

interface Pending {
  readonly method: string;
  readonly sessionId: string | undefined;
  readonly resolve: (result: CdpObject) => void;
  readonly reject: (error: Error) => void;
}

export interface CdpEvent {
  readonly method: string;
  readonly params: CdpObject;
  readonly sessionId: string | undefined;
}

export class Cdp extends EventEmitter<{ event: [CdpEvent] }> {
  readonly #output: Writable;
  readonly #pending = new Map<number, Pending>();
  #lastId = 0;
  #chunks: Buffer[] = [];

  constructor(input: Readable, output: Writable) {
    super();
    this.#output = output;
    input.on("data", (chunk: Buffer) => this.#receive(chunk));
    input.on("close", () => this.#abandon());
    // EPIPE while Chromium goes down; its exit is what ends the agent.
    output.on("error", () => this.#abandon());
  }

  /** Rejects with Chromium's own message when it refuses, or when pipe or target are gone. */
  send(method: string, params: CdpObject = {}, sessionId?: string): Promise<CdpObject> {
    const id = ++this.#lastId;
    const { promise, resolve, reject } = Promise.withResolvers<CdpObject>();
    this.#pending.set(id, { method, sessionId, resolve, reject });
    this.#output.write(
      `${JSON.stringify({ id, method, params, ...(sessionId === undefined ? {} : { sessionId }) })}\0`,
    );
    return promise;
  }

  #receive(chunk: Buffer): void {
    let rest = chunk;
    for (let end = rest.indexOf(0); end !== -1; end = rest.indexOf(0)) {
      this.#chunks.push(rest.subarray(0, end));
      const text = Buffer.concat(this.#chunks).toString("utf8");
      this.#chunks = [];
      rest = rest.subarray(end + 1);
      this.#dispatch(JSON.parse(text) as Record<string, unknown>);
    }
    if (rest.length > 0) this.#chunks.push(rest);
  }

  #dispatch(message: Record<string, unknown>): void {
    const id = message["id"];
    if (typeof id !== "number") {
      const method = String(message["method"]);
      const params = asObject(message["params"]);
      if (method === "Target.detachedFromTarget") this.#detached(asText(params["sessionId"]));
      this.emit("event", { method, params, sessionId: asText(message["sessionId"]) });
      return;
    }
    const waiting = this.#pending.get(id);
    this.#pending.delete(id);
    if (message["error"] === undefined) waiting?.resolve(asObject(message["result"]));
    else
      waiting?.reject(
        new Error(
          `${waiting.method}: ${asText(asObject(message["error"])["message"]) ?? "refused"}`,
        ),
      );
  }

  /** Chromium answers nothing more for a target that is gone. */
  #detached(sessionId: string | undefined): void {
    for (const [id, waiting] of this.#pending) {
      if (sessionId === undefined || waiting.sessionId !== sessionId) continue;
      this.#pending.delete(id);
      waiting.reject(new Error(`${waiting.method}: target gone`));
    }
  }

  #abandon(): void {
    for (const { reject } of this.#pending.values()) reject(new Error("browser gone"));
    this.#pending.clear();
  }
}

export function asObject(value: unknown): CdpObject {
  return typeof value === "object" && value !== null ? (value as CdpObject) : {};
}

export function asText(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}

export function asNumber(value: unknown): number {
  return typeof value === "number" && Number.isFinite(value) ? value : 0;
}
