/**
 * A proxy's side of the signer: one key for the whole process, certificates for it as they are needed, each
 * kept while it is good. No certificate in time means none: the caller then refuses plainly.
 */
import { createPublicKey, generateKeyPairSync } from "node:crypto";
import { connect, type Socket } from "node:net";
import { createSecureContext, type SecureContext } from "node:tls";
import { longestLineBytes, type MintAnswer, mintAnswer } from "./ipc.ts";

const answerMs = 2_000;
const maxKept = 2_000;
/** Renewed a little before the end: a browser's clock may be ahead. */
const marginMs = 60 * 60 * 1000;
const failureKeptMs = 5_000;

interface Kept {
  readonly context: Promise<SecureContext | undefined>;
  until: number;
}

export class SignerClient implements Disposable {
  readonly #socketPath: string;
  readonly #keyPem: string;
  readonly #publicKey: string;
  readonly #kept = new Map<string, Kept>();
  readonly #waiting = new Map<number, (answer: MintAnswer | undefined) => void>();
  #socket: Socket | undefined;
  #next = 0;

  constructor(socketPath: string) {
    this.#socketPath = socketPath;
    const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
    this.#keyPem = privateKey.export({ type: "pkcs8", format: "pem" }).toString();
    this.#publicKey = createPublicKey(privateKey)
      .export({ type: "spki", format: "der" })
      .toString("base64");
  }

  /** @param host canonical */
  contextFor(host: string): Promise<SecureContext | undefined> {
    const now = Date.now();
    const known = this.#kept.get(host);
    if (known && known.until > now) return known.context;
    const entry: Kept = { context: this.#make(host), until: Number.POSITIVE_INFINITY };
    this.#kept.delete(host);
    this.#kept.set(host, entry);
    if (this.#kept.size > maxKept) this.#kept.delete(this.#kept.keys().next().value ?? host);
    void entry.context.then((context) => {
      if (!context) entry.until = Date.now() + failureKeptMs;
    });
    return entry.context;
  }

  [Symbol.dispose](): void {
    this.#socket?.destroy();
  }

  async #make(host: string): Promise<SecureContext | undefined> {
    const answer = await this.#ask(host);
    if (!answer || !("certificate" in answer)) return undefined;
    const body = answer.certificate.replaceAll(/.{64}/g, "$&\n");
    const cert = `-----BEGIN CERTIFICATE-----\n${body}\n-----END CERTIFICATE-----\n`;
    const kept = this.#kept.get(host);
    if (kept) kept.until = answer.notAfter - marginMs;
    return createSecureContext({ key: this.#keyPem, cert, minVersion: "TLSv1.2" });
  }

  #ask(host: string): Promise<MintAnswer | undefined> {
    this.#next += 1;
    const id = this.#next;
    const { promise, resolve } = Promise.withResolvers<MintAnswer | undefined>();
    const settle = (answer: MintAnswer | undefined) => {
      clearTimeout(limit);
      this.#waiting.delete(id);
      resolve(answer);
    };
    const limit = setTimeout(() => settle(undefined), answerMs);
    this.#waiting.set(id, settle);
    this.#connection().write(`${JSON.stringify({ id, host, publicKey: this.#publicKey })}\n`);
    return promise;
  }

  #connection(): Socket {
    if (this.#socket && !this.#socket.destroyed) return this.#socket;
    const socket = connect(this.#socketPath);
    this.#socket = socket;
    // It must not keep a process alive that has nothing else to do.
    socket.unref();
    let text = "";
    socket.setEncoding("utf8");
    socket.on("data", (part: string) => {
      text += part;
      const lines = text.split("\n");
      text = lines.pop() ?? "";
      if (text.length > longestLineBytes) socket.destroy();
      for (const line of lines) this.#receive(line);
    });
    socket.on("error", () => socket.destroy());
    socket.once("close", () => {
      if (this.#socket === socket) this.#socket = undefined;
      for (const settle of [...this.#waiting.values()]) settle(undefined);
    });
    return socket;
  }

  #receive(line: string): void {
    const answer = mintAnswer.parse(JSON.parse(line));
    this.#waiting.get(answer.id)?.(answer);
  }
}
