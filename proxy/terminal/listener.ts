/**
 * The door of the terminal plane: one TCP port for all business terminals, which is proxy and PAC server
 * at once. A terminal is known by its address. Judges nothing itself: requests go through the same guards,
 * judge, dial and splice as those of sessions; what differs is that the verdict "direct" opens the way and
 * that a refusal may be a redirect.
 */
import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import { ClientConnection, type ConnectionOwner } from "../client-connection.ts";
import { ownerFor, recordFull } from "../client-work.ts";
import type { Answer, ProxyContext } from "../context.ts";
import { sweepEveryMs } from "../listener.ts";
import { OriginPool } from "../origin-pool.ts";
import { refuse } from "../refusal.ts";
import { type Member, Roster } from "../roster.ts";
import type { RequestHead } from "../request-guard.ts";
import type { PlainTunnel } from "../tunnel.ts";
import { type Terminal, Terminals } from "./terminals.ts";
import { untilNone } from "../until-none.ts";

/** Requests in origin form: they are for this server itself. */
export type OwnPages = (head: RequestHead, terminal: Terminal) => Answer;

interface Entered extends Member {
  readonly connection: ClientConnection;
  /** Of this connection alone: what one terminal's origin thinks of a connection reaches no other terminal. */
  readonly pool: OriginPool;
}

export class TerminalListener implements AsyncDisposable {
  readonly #context: ProxyContext;
  readonly #server: Server;
  readonly #terminals: Terminals;
  readonly #entered = new Roster<Entered>();
  readonly #ownPages: OwnPages;
  #sweeping: NodeJS.Timeout | undefined;

  constructor(context: ProxyContext, ownPages: OwnPages) {
    this.#context = context;
    this.#ownPages = ownPages;
    this.#terminals = new Terminals(context.limits, context.totals.meter);
    this.#server = createServer({ allowHalfOpen: true, noDelay: true }, (socket) =>
      this.#enter(socket),
    );
    this.#server.maxConnections = context.limits.totalConnections;
  }

  get terminals(): number {
    return this.#terminals.count;
  }

  /** The port, which the system chooses for 0. Rejects with the system's error. */
  async listen(host: string, port: number): Promise<number> {
    await new Promise<void>((resolve, reject) => {
      this.#server.once("error", reject);
      this.#server.listen({ host, port, backlog: 1024 }, () => {
        this.#server.off("error", reject);
        resolve();
      });
    });
    this.#sweeping = setInterval(() => this.#sweep(), sweepEveryMs(this.#context.limits));
    return (this.#server.address() as AddressInfo).port;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    clearInterval(this.#sweeping);
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    for (const { connection } of this.#entered.members) connection.socket.destroy();
    await closed;
    await untilNone(() => this.#terminals.requests);
  }

  #sweep(): void {
    const now = performance.now();
    for (const { connection, pool } of this.#entered.members) {
      connection.sweep(now);
      pool.sweep(now);
    }
  }

  #enter(socket: Socket): void {
    socket.on("error", () => socket.destroy());
    const address = terminalAddress(socket);
    // Gone before it was looked at.
    if (address === undefined) return void socket.destroy();
    const { terminal, full } = this.#terminals.enter(address, performance.now());
    if (full) {
      socket.destroy();
      recordFull(this.#context, terminal, "connections");
      return;
    }
    const pool = new OriginPool();
    const leave = () => {
      this.#context.totals.connections -= 1;
      this.#entered.delete(entered);
      pool.close();
      this.#terminals.leave(terminal, performance.now());
    };
    const connection = new ClientConnection(this.#ownerFor(terminal, pool, leave), socket);
    const entered: Entered = { connection, pool, place: 0 };
    this.#entered.add(entered);
    this.#context.totals.connections += 1;
  }

  #ownerFor(terminal: Terminal, pool: OriginPool, leave: () => void): ConnectionOwner {
    return {
      ...ownerFor(this.#context, terminal, pool, refusePlain, leave),
      own: (head) => (head.target.startsWith("/") ? this.#ownPages(head, terminal) : undefined),
    };
  }
}

/** 特定通信 is https and plain requests; a tunnel to a plain port could carry anything. */
function refusePlain(socket: Socket, { record }: PlainTunnel): void {
  record.refuse(refuse("guard.port", "plain-tunnel"));
  // Its 200 is on the way already: nothing but the end can be said inside.
  socket.destroy();
}

/** IPv4 in its own form, whichever way the socket names it: the same terminal must have one name. */
export function terminalAddress(socket: Pick<Socket, "remoteAddress">): string | undefined {
  const { remoteAddress } = socket;
  return /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(remoteAddress ?? "")?.[1] ?? remoteAddress;
}
