/** The terminal plane as a whole: its configuration, its answers and its one listener. */
import type { ListIndexes } from "../../policies/match.ts";
import { Configuration } from "../configuration.ts";
import type { Answer, ProxyContext } from "../context.ts";
import type { Configure, DecisionRecord, MetricsMessage } from "../ipc.ts";
import { type ProxyLimits, ProxyTotals } from "../limits.ts";
import { ProxyMetrics } from "../metrics.ts";
import { authorityOf } from "../forwarded-head.ts";
import { type RequestInside, TlsAnswers } from "../signer/answer-in-tls.ts";
import { SignerClient } from "../signer/client.ts";
import { pageAnswer } from "../signer/pages.ts";
import type { ListenSettings } from "./ipc.ts";
import { terminalLimits } from "./limits.ts";
import { TerminalListener } from "./listener.ts";
import { hostsOf, ownPages } from "./own-pages.ts";
import { makePac } from "./pac.ts";
import { isNavigation, type Redirecting, redirectAnswer, refusedAnswer } from "./redirect.ts";

export interface TerminalPlaneOptions {
  /** Random per process; ours in Via. */
  readonly instanceId: string;
  readonly send: (record: DecisionRecord) => void;
  readonly limits?: Partial<ProxyLimits>;
}

export class TerminalPlane implements AsyncDisposable {
  readonly #options: TerminalPlaneOptions;
  readonly #limits: ProxyLimits;
  readonly #totals: ProxyTotals;
  readonly #metrics: ProxyMetrics;
  readonly #configuration: Configuration;
  #listener: TerminalListener | undefined;
  #signer: SignerClient | undefined;

  constructor(options: TerminalPlaneOptions) {
    this.#options = options;
    this.#limits = { ...terminalLimits, ...options.limits };
    this.#totals = new ProxyTotals(this.#limits);
    this.#metrics = new ProxyMetrics(this.#totals);
    this.#configuration = new Configuration(this.#limits, this.#metrics.dns);
  }

  /** @param lists the opened snapshots of the policy's big lists */
  configure(message: Configure, lists: ListIndexes = new Map()): void {
    this.#configuration.replace(message, lists);
  }

  metrics(): MetricsMessage["metrics"] {
    return this.#metrics.read(this.#listener?.terminals ?? 0);
  }

  /** Resolves with the port. Once. */
  async listen(settings: ListenSettings): Promise<number> {
    if (this.#listener) throw new Error("listening already");
    const { portal, proxies, directHosts, host, port } = settings;
    const redirecting: Redirecting = { portal, linkKey: Buffer.from(settings.linkKey, "base64") };
    const context: ProxyContext = {
      plane: "terminal",
      snapshot: () => this.#configuration.snapshot(),
      limits: this.#limits,
      totals: this.#totals,
      metrics: this.#metrics,
      viaToken: this.#options.instanceId,
      send: (record) => {
        this.#metrics.record(record);
        this.#options.send(record);
      },
      answers: {
        http: (...request) => httpAnswer(redirecting, ...request),
        ...(settings.signerSocket !== undefined && {
          connect: this.#mintedAnswers(redirecting, settings.signerSocket),
        }),
      },
    };
    const pac = makePac({ proxies, directHosts });
    const own = { context, redirecting, pac, hosts: hostsOf(proxies) };
    const listener = new TerminalListener(context, ownPages(own));
    const listening = await listener.listen(host, port);
    // Known only now where the system was to choose: the PAC file must not say 0.
    const named = proxies.map((proxy) => proxy.replace(/:0$/, `:${listening}`));
    own.pac = makePac({ proxies: named, directHosts });
    own.hosts = hostsOf(named);
    this.#listener = listener;
    return listening;
  }

  #mintedAnswers(redirecting: Redirecting, signerSocket: string) {
    this.#signer = new SignerClient(signerSocket);
    const answers = new TlsAnswers({
      signer: this.#signer,
      limits: this.#limits,
      snapshot: () => this.#configuration.snapshot(),
      answer: (request) => insideAnswer(redirecting, request),
    });
    return answers.connect.bind(answers);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#signer?.[Symbol.dispose]();
    await this.#listener?.[Symbol.asyncDispose]();
  }
}

type HttpAnswer = NonNullable<NonNullable<ProxyContext["answers"]>["http"]>;

/** Undefined is the page that says which rule and why. */
function httpAnswer(
  to: Redirecting,
  ...[head, target, refusal, client]: Parameters<HttpAnswer>
): Answer | undefined {
  const navigates = isNavigation(head.method, head.rawHeaders);
  if (!navigates) return refusedAnswer(refusal.rule);
  if (refusal.verdict !== "isolate") return undefined;
  const url = `http://${authorityOf(target)}${target.path}`;
  return redirectAnswer(to, { url, terminal: client.id }, Date.now());
}

/** Inside a minted connection: a navigation is led on or told why, everything else refused in one line. */
function insideAnswer(to: Redirecting, request: RequestInside): Answer {
  const { refused, client, path } = request;
  const { target, refusal } = refused;
  if (!isNavigation(request.method, request.rawHeaders)) return refusedAnswer(refusal.rule);
  const port = target.port === 443 ? "" : `:${target.port}`;
  const link = { url: `https://${target.host}${port}${path}`, terminal: client.id };
  const led = refusal.verdict === "isolate" ? redirectAnswer(to, link, Date.now()) : undefined;
  return led ?? pageAnswer(refused);
}
