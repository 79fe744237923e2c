/** All sessions of this proxy: their doors, whose they are, and the configuration they are judged by. */
import { isDeepStrictEqual } from "node:util";
import type { ListIndexes } from "../policies/match.ts";
import { Configuration } from "./configuration.ts";
import type { ProxyContext } from "./context.ts";
import type { Configure, DecisionRecord, MetricsMessage } from "./ipc.ts";
import { defaultLimits, type ProxyLimits, ProxyTotals } from "./limits.ts";
import { type Door, SessionListener } from "./listener.ts";
import { ProxyMetrics } from "./metrics.ts";
import { TlsAnswers } from "./signer/answer-in-tls.ts";
import { SignerClient } from "./signer/client.ts";
import { sessionAnswer } from "./signer/pages.ts";

export interface SessionPlaneOptions {
  /** Random per process; ours in Via. */
  readonly instanceId: string;
  readonly send: (record: DecisionRecord) => void;
  readonly limits?: Partial<ProxyLimits>;
  /** Without it a refused https host is the browser's own error. */
  readonly signerSocket?: string | undefined;
}

export class SessionPlane implements AsyncDisposable {
  readonly #configuration: Configuration;
  readonly #context: ProxyContext;
  readonly #sessions = new Map<string, SessionListener>();

  constructor(options: SessionPlaneOptions) {
    const limits = { ...defaultLimits, ...options.limits };
    const totals = new ProxyTotals(limits);
    const metrics = new ProxyMetrics(totals);
    const configuration = new Configuration(limits, metrics.dns);
    this.#configuration = configuration;
    this.#context = {
      plane: "isolated",
      snapshot: () => configuration.snapshot(),
      ...{ limits, totals, metrics },
      viaToken: options.instanceId,
      send: (record) => {
        metrics.record(record);
        options.send(record);
      },
      ...(options.signerSocket !== undefined && {
        answers: refusalPages(options.signerSocket, limits, configuration),
      }),
    };
  }

  /** @param lists the opened snapshots of the policy's big lists */
  configure(message: Configure, lists: ListIndexes = new Map()): void {
    this.#configuration.replace(message, lists);
  }

  metrics(): MetricsMessage["metrics"] {
    return this.#context.metrics.read(this.#sessions.size);
  }

  /** Idempotent for the same door. Throws when it cannot be listened on. */
  async open(sessionId: string, door: Door): Promise<void> {
    const known = this.#sessions.get(sessionId);
    if (known) {
      if (!isDeepStrictEqual(known.door, door)) throw new Error("session is open elsewhere");
      return;
    }
    const listener = new SessionListener(this.#context, sessionId, door);
    this.#sessions.set(sessionId, listener);
    try {
      await listener.listen();
    } catch (error) {
      this.#sessions.delete(sessionId);
      throw error;
    }
  }

  /** Once and for good: a session never changes hands. Idempotent for the same person. */
  claim(sessionId: string, user: string, groups: readonly string[]): void {
    const session = this.#sessions.get(sessionId);
    if (!session) throw new Error("no such session");
    const { person } = session.state;
    if (person && person.user !== user) throw new Error("session is claimed already");
    session.state.person = { user, groups: [...groups] };
  }

  async close(sessionId: string): Promise<void> {
    const session = this.#sessions.get(sessionId);
    this.#sessions.delete(sessionId);
    await session?.[Symbol.asyncDispose]();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([...this.#sessions.keys()].map((id) => this.close(id)));
  }
}

/** A refused https host shows our page; the refused tunnel itself is never dialled. */
function refusalPages(
  signerSocket: string,
  limits: ProxyLimits,
  configuration: Configuration,
): NonNullable<ProxyContext["answers"]> {
  const answers = new TlsAnswers({
    signer: new SignerClient(signerSocket),
    limits,
    snapshot: () => configuration.snapshot(),
    answer: sessionAnswer,
  });
  return { connect: (refused, client) => answers.connect(refused, client) };
}
