/**
 * WebSocket upgrades: who asks is looked at elsewhere; here a connection that may be is taken, of the kind it was
 * asked for, and no person or session has more of a kind than a person's windows need.
 */
import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import { type WebSocket, WebSocketServer } from "ws";
import { AppError, describeError } from "../base/errors.ts";
import { gather } from "../base/gather.ts";
import type { SessionId } from "../base/ids.ts";
import type { Log } from "../base/log.ts";
import type { SessionLink } from "../sessions/link.ts";
import type { Asker } from "./open-channel.ts";

export type RoomSocket = "control" | "picture" | "screen" | "sound" | "upload";

export type UpgradeGrant = {
  /** The sign-in that it was asked with. */
  readonly signIn: string;
} & (
  | { readonly kind: RoomSocket; readonly sessionId: SessionId }
  | ({ readonly kind: "open" } & Asker)
);

export interface UpgradeRules {
  readonly log: Log;
  /** Says who may have which socket: origin, cookie and ownership are checked there. */
  authorize(request: IncomingMessage): Promise<AppError | UpgradeGrant> | AppError | UpgradeGrant;
  /** Tells of sign-ins that end before their time; returns the unsubscriber. */
  onSignInsEnded(listener: (signIns: readonly string[]) => void): () => void;
  /** Answers a refused upgrade and closes. */
  refuse(socket: Duplex, error: AppError): void;
}

interface Behind {
  readonly linkOf: (id: SessionId) => SessionLink | undefined;
  /** A page that has no session yet. */
  readonly open: (viewer: WebSocket, asker: Asker) => void;
  readonly enter: (viewer: WebSocket, kind: RoomSocket, id: SessionId, link: SessionLink) => void;
}

/** Nothing a viewer sends is larger: pasted text of 100,000 characters, in JSON. */
const maxViewerMessageBytes = 1024 * 1024;
/** WebSocket close code for "ask again": the page does, and hears that it has to sign in. */
const tryAgainLater = 1013;
const goodbyeMs = 1000;
/** WebSockets of one kind that one session may have; the oldest goes when one more comes. */
const socketsPerSession = 8;

export class Upgrades implements Disposable {
  readonly #rules: UpgradeRules;
  readonly #behind: Behind;
  readonly #sockets = new WebSocketServer({
    noServer: true,
    maxPayload: maxViewerMessageBytes,
    perMessageDeflate: false,
    handleProtocols: (offered) => (offered.has("binary") ? "binary" : false),
  });
  readonly #counted = new Map<string, Set<WebSocket>>();
  readonly #bySignIn = new Map<string, Set<WebSocket>>();
  readonly #release: () => void;

  constructor(rules: UpgradeRules, behind: Behind) {
    this.#rules = rules;
    this.#behind = behind;
    this.#release = rules.onSignInsEnded((signIns) => {
      for (const signIn of signIns) this.#cut(signIn);
    });
  }

  get viewers(): Set<WebSocket> {
    return this.#sockets.clients;
  }

  take(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    this.#take(request, socket, head).catch((error: unknown) => {
      this.#rules.log.error({ event: "upgrade", outcome: "failure", reason: describeError(error) });
      socket.destroy();
    });
  }

  /** One more of this key; the oldest of too many ends. */
  count(key: string, viewer: WebSocket): void {
    const viewers = gather(this.#counted, key, viewer);
    const [oldest] = viewers;
    if (viewers.size > socketsPerSession) oldest?.terminate();
  }

  /**
   * What it says is heard no more and nothing is sent after the goodbye, whether whoever sits there answers it or not;
   * only what was told before still arrives.
   */
  #cut(signIn: string): void {
    for (const viewer of this.#bySignIn.get(signIn) ?? []) {
      viewer.removeAllListeners("message");
      viewer.close(tryAgainLater, "sign-in ended");
      setTimeout(() => viewer.terminate(), goodbyeMs).unref();
    }
  }

  [Symbol.dispose](): void {
    this.#release();
    for (const client of this.#sockets.clients) client.terminate();
    this.#sockets.close();
  }

  async #take(request: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> {
    const { log } = this.#rules;
    socket.on("error", (error) => log.debug({ event: "upgrade-socket", reason: error.message }));
    const grant = await this.#rules.authorize(request);
    if (!("kind" in grant)) {
      this.#rules.refuse(socket, grant);
      return;
    }
    const accept = (use: (viewer: WebSocket) => void): void =>
      this.#accept(request, socket, head, (viewer) => {
        gather(this.#bySignIn, grant.signIn, viewer);
        use(viewer);
      });
    if (grant.kind === "open") {
      accept((viewer) => this.#behind.open(viewer, grant));
      return;
    }
    const { sessionId, kind } = grant;
    const link = this.#behind.linkOf(sessionId);
    if (!link) {
      this.#rules.refuse(socket, new AppError("SESSION_ENDED", {}));
      return;
    }
    accept((viewer) => {
      this.count(`${sessionId} ${kind}`, viewer);
      this.#behind.enter(viewer, kind, sessionId, link);
    });
  }

  #accept(
    request: IncomingMessage,
    socket: Duplex,
    head: Buffer,
    use: (viewer: WebSocket) => void,
  ): void {
    this.#sockets.handleUpgrade(request, socket, head, (viewer) => {
      viewer.on("error", (error) =>
        this.#rules.log.debug({ event: "viewer-socket", reason: error.message }),
      );
      use(viewer);
    });
  }
}
