/** The terminal plane's real process behind its supervisor, with real origins and a test name server. */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { type IncomingHttpHeaders, request } from "node:http";
import { connect, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pino } from "pino";
import type { ParentSecrets } from "../../../orchestrator/egress/parent-secrets.ts";
import { TerminalPlaneSupervisor } from "../../../orchestrator/egress/terminal-plane.ts";
import type { CompiledPolicy } from "../../../policies/compiled.ts";
import { loadPolicy } from "../../../policies/load.ts";
import { formatProblem } from "../../../policies/problem.ts";
import type { DecisionRecord } from "../../../proxy/ipc.ts";
import type { ListenSettings } from "../../../proxy/terminal/ipc.ts";
import { startDnsServer } from "../../support/dns-server.ts";
import { type Origins, readHead, signal, startOrigins } from "./harness.ts";

export const portal = "https://portal.test:8443";
export const key = Buffer.alloc(32, 9);

export interface Answered {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

export const navigation = { accept: "text/html,application/xhtml+xml,*/*;q=0.8" };

export class TerminalHarness implements AsyncDisposable {
  readonly origins: Origins;
  readonly plane: TerminalPlaneSupervisor;
  readonly decisions: DecisionRecord[];
  readonly logLines: readonly Record<string, unknown>[];
  readonly #folder: string;
  readonly #secrets: ParentSecrets;
  readonly #rest: AsyncDisposableStack;

  constructor(parts: {
    origins: Origins;
    plane: TerminalPlaneSupervisor;
    decisions: DecisionRecord[];
    logLines: readonly Record<string, unknown>[];
    folder: string;
    secrets: ParentSecrets;
    rest: AsyncDisposableStack;
  }) {
    this.origins = parts.origins;
    this.plane = parts.plane;
    this.decisions = parts.decisions;
    this.logLines = parts.logLines;
    this.#folder = parts.folder;
    this.#secrets = parts.secrets;
    this.#rest = parts.rest;
  }

  get port(): number {
    const status = this.plane.status();
    if (status.state === "down") throw new Error(`the terminal plane is down: ${status.reason}`);
    return status.port;
  }

  async usePolicy(rules: string): Promise<void> {
    const { httpPort, httpsPort } = this.origins;
    const policy = await makePolicy(this.#folder, rules, httpPort, httpsPort);
    this.plane.configure(policy, this.#secrets);
    if (!(await this.plane.settled(signal()))) throw new Error("the policy did not take effect");
  }

  connect(localAddress = "127.0.0.1"): Socket {
    const socket = connect({ host: "127.0.0.1", port: this.port, localAddress });
    socket.on("error", () => undefined);
    return socket;
  }

  /** The head of the answer to a CONNECT; the socket is paused behind it. */
  async tunnel(
    host: string,
    port = this.origins.httpsPort,
    from?: string,
  ): Promise<{ socket: Socket; head: string }> {
    const socket = this.connect(from);
    socket.write(`CONNECT ${host}:${port} HTTP/1.1\r\nHost: ${host}:${port}\r\n\r\n`);
    return { socket, head: await readHead(socket) };
  }

  /** A request to the port itself, or through it when `target` is an absolute address. */
  ask(target: string, headers: Record<string, string> = {}, method = "GET"): Promise<Answered> {
    const host = URL.canParse(target) ? new URL(target).host : "proxy.test";
    return new Promise((resolve, reject) => {
      const sent = request(
        { host: "127.0.0.1", port: this.port, path: target, method, headers: { host, ...headers } },
        (answer) => {
          const parts: Buffer[] = [];
          answer.on("data", (part: Buffer) => parts.push(part));
          answer.once("end", () => {
            const body = Buffer.concat(parts).toString();
            resolve({ status: answer.statusCode ?? 0, headers: answer.headers, body });
          });
          answer.once("error", reject);
        },
      );
      sent.once("error", reject);
      sent.end();
    });
  }

  /** The address of a site on the test's plain origin. */
  site(name: string, path = "/"): string {
    return `http://${name}:${this.origins.httpPort}${path}`;
  }

  async decision(fits: (decision: DecisionRecord) => boolean): Promise<DecisionRecord> {
    const limit = AbortSignal.timeout(8_000);
    for (;;) {
      const found = this.decisions.find(fits);
      if (found) return found;
      limit.throwIfAborted();
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#rest.disposeAsync();
  }
}

async function makePolicy(
  folder: string,
  rules: string,
  httpPort: number,
  httpsPort: number,
): Promise<CompiledPolicy> {
  const file = join(folder, "policy.yaml");
  await writeFile(
    file,
    `version: 1
name: test
guards:
  ports: { connect: [${httpsPort}], http: [${httpPort}] }
  permit_ip: [127.0.0.0/8]
rules:
${rules}
`,
  );
  const loaded = await loadPolicy(file);
  if (!loaded.ok) throw new Error(loaded.problems.map(formatProblem).join("\n"));
  return loaded.policy;
}

export interface TerminalHarnessOptions {
  readonly rules?: string;
  readonly settings?: Partial<ListenSettings>;
  readonly uid?: number;
  readonly secrets?: ParentSecrets;
  /** Gets every line of the supervisor's log. */
  readonly logLines?: Record<string, unknown>[];
}

export const terminalRules = `
  - { id: T100, name: 特定通信, plane: [terminal], to: { hosts: [.update.test] }, action: direct }
  - { id: T200, name: 遮断, plane: [terminal], to: { hosts: [.bad.test] }, action: block, message: 止めています。 }`;

export async function startTerminalHarness(
  options: TerminalHarnessOptions = {},
): Promise<TerminalHarness> {
  const rest = new AsyncDisposableStack();
  const folder = await mkdtemp(join(tmpdir(), "hanare-test-"));
  rest.defer(() => rm(folder, { recursive: true, force: true }));
  const dns = rest.use(
    await startDnsServer({
      names: { "www.update.test": ["127.0.0.1"], "inside.update.test": ["10.0.0.5"] },
    }),
  );
  const origins = rest.use(await startOrigins());
  const decisions: DecisionRecord[] = [];
  const { logLines = [], secrets = {} } = options;
  const log = pino(
    { level: "debug" },
    { write: (line: string) => void logLines.push(JSON.parse(line) as Record<string, unknown>) },
  );
  const plane = rest.use(
    new TerminalPlaneSupervisor({
      log,
      dnsServers: [dns.address],
      ...(options.uid !== undefined && { uid: options.uid }),
      settings: {
        host: "127.0.0.1",
        port: 0,
        portal,
        proxies: ["proxy1.test:0", "proxy2.test:3128"],
        directHosts: ["portal.test"],
        linkKey: key.toString("base64"),
        ...options.settings,
      },
      onDecision: (decision) => decisions.push(decision),
    }),
  );
  const harness = new TerminalHarness({
    origins,
    plane,
    decisions,
    logLines,
    folder,
    secrets,
    rest,
  });
  await harness.usePolicy(options.rules ?? terminalRules);
  return harness;
}
