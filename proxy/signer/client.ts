/**
 * A proxy's side of the signer: one key for the whole process, certificates for it as they are needed, each
 * kept while it is good. No certificate in time means none: the caller then refuses plainly.
 */
import { createPublicKey, generateKeyPairSync, X509Certificate } from "node:crypto";
import { connect, type Socket } from "node:net";
import { createSecureContext, type SecureContext } from "node:tls";
import { longestLineBytes, type MintAnswer, mintAnswer } from "./ipc.ts";

const answerMs = 2_000;
const maxKept = 2_000;
/** Renewed a little before the end: a browser's clock may be ahead. Certificates are as much older than they are. */
const marginMs = 60 * 60 * 1000;
const failureKeptMs = 5_000;

interface Kept {
  readonly context: Promise<SecureContext | undefined>;
  /** By the calendar, as certificates are. */
  readonly madeAt: number;
  until: number;
  /** By the clock that nobody sets. */
  failedAt: number | undefined;
}

export class SignerClient implements Disposable {
  readonly #socketPath: string;
  readonly #keyPem: string;
  readonly #publicKey: string;
  readonly #kept = new Map<string, Kept>();
  readonly #waiting = new Map<number, (answer: MintAnswer | undefined) => void>();
  readonly #now: () => number;
  #socket: Socket | undefined;
  #next = 0;

  /** @param now the calendar's time; another one only for tests */
  constructor(socketPath: string, now: () => number = Date.now) {
    this.#socketPath = socketPath;
    this.#now = now;
    const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
    this.#keyPem = privateKey.export({ type: "pkcs8", format: "pem" }).toString();
    this.#publicKey = createPublicKey(privateKey)
      .export({ type: "spki", format: "der" })
      .toString("base64");
  }

  /** @param host canonical */
  contextFor(host: string): Promise<SecureContext | undefined> {
    const known = this.#kept.get(host);
    if (known && this.#isGood(known)) return known.context;
    const entry: Kept = {
      context: this.#make(host),
      madeAt: this.#now(),
      until: Number.POSITIVE_INFINITY,
      failedAt: undefined,
    };
    this.#kept.delete(host);
    this.#kept.set(host, entry);
    if (this.#kept.size > maxKept) this.#kept.delete(this.#kept.keys().next().value ?? host);
    void entry.context.then((context) => {
      if (!context) entry.failedAt = performance.now();
    });
    return entry.context;
  }

  /** A clock that is set, either way, leaves certificates behind that are not valid at its new time. */
  #isGood({ madeAt, until, failedAt }: Kept): boolean {
    if (failedAt !== undefined) return performance.now() - failedAt < failureKeptMs;
    const now = this.#now();
    return madeAt - marginMs <= now && now < until;
  }

  [Symbol.dispose](): void {
    this.#socket?.destroy();
  }

  async #make(host: string): Promise<SecureContext | undefined> {
    const answer = await this.#ask(host);
    if (!answer || !("certificate" in answer)) return undefined;
    const cert = new X509Certificate(Buffer.from(answer.certificate, "base64")).toString();
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
