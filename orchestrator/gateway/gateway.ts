/**
 * Where terminals meet sessions: WebSocket upgrades (after authorisation elsewhere), viewers' channels,
 * pictures, downloads handed over by containers, and the clock that ends what nobody uses.
 */
import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import type { WebSocket } from "ws";
import type { FromAgent } from "../../images/wire/control.ts";
import type { AuditLog, AuditStream } from "../audit/events.ts";
import { describeError } from "../base/errors.ts";
import type { SessionId, UserId } from "../base/ids.ts";
import type { Config } from "../config/schema.ts";
import type { Approval, ApprovalService } from "../downloads/approvals/types.ts";
import type { FileDesk } from "../downloads/types.ts";
import type { EgressDoor } from "../egress/door.ts";
import type { Download } from "../http/file-contract.ts";
import type { ErrorBody } from "../http/contract.ts";
import type { GatewayMessage } from "../http/room-contract.ts";
import { toMyRequest } from "../http/request-views.ts";
import { toSession } from "../http/views.ts";
import type { AccessRequest, KnownRefusal, RequestService } from "../requests/types.ts";
import type { SessionLink, UntrustedDownload } from "../sessions/link.ts";
import type { Sessions } from "../sessions/service.ts";
import type { SessionView } from "../sessions/types.ts";
import { Coalesce } from "./coalesce.ts";
import { Crossings } from "./crossings.ts";
import { Heartbeat } from "./heartbeat.ts";
import { FirstPictures } from "./first-pictures.ts";
import { type Asker, openOnSocket } from "./open-channel.ts";
import { joinPicture } from "./picture.ts";
import { endFlood, Pace } from "./pace.ts";
import { PresenceClock } from "./presence.ts";
import { receivingView } from "./receiving.ts";
import { joinScreen } from "./screen.ts";
import { SessionAudit } from "./session-audit.ts";
import { Sound } from "./sound.ts";
import { TabIcons } from "./tab-icons.ts";
import { type RoomSocket, type UpgradeRules, Upgrades } from "./upgrades.ts";
import { type ChannelActions, ViewerChannel } from "./viewer-channel.ts";
import { type Refused, toDownload, toTab } from "./views.ts";
import type { WindowRights } from "./window.ts";

export interface GatewayOptions extends UpgradeRules {
  readonly sessions: Sessions;
  readonly files: FileDesk;
  readonly approvals: Pick<
    ApprovalService,
    "askUpload" | "onChange" | "uploadApproval" | "usedUpload"
  >;
  readonly door: EgressDoor;
  readonly requests: Pick<RequestService, "askStateOf" | "onChange" | "passedBy" | "refusalAt">;
  readonly audit: AuditLog & AuditStream;
  readonly limits: Config["sessions"];
  /** As it is at the moment: it may change while this runs. */
  readonly browser: ChannelActions["browser"];
  /** What the policy in force lets through this session's window. */
  windowRights(id: SessionId): WindowRights;
  /** The sections of the session's person. */
  groupsOf(id: SessionId): readonly string[];
  /** What a person is told of a failure. */
  bodyOf(error: unknown): ErrorBody;
}

const tickMs = 500;
/** A viewer that is gone without a goodbye is noticed within two of these; then the grace time runs. */
const heartbeatMs = 10_000;
/** However fast a container speaks, its viewers hear of it at most so often. */
const tellPauseMs = 50;
/** WebSocket close code for "ask again": the page does, by itself. */
const tryAgainLater = 1013;
/** A viewer that got its display connection has drawn by then, on a slow line as well. */
const displayStandsMs = 1000;
/** RFC 6455 §7.4.1: a browser says it when its page is closed, left or reloaded. */
const goingAway = 1001;

export class Gateway implements Disposable {
  readonly #o: GatewayOptions;
  readonly #upgrades: Upgrades;
  readonly #channels = new Map<SessionId, Set<ViewerChannel>>();
  readonly #tabs = new Coalesce<SessionId>(tellPauseMs, (id) =>
    this.#tell(id, this.#tabsMessage(id)),
  );
  readonly #tabIcons = new TabIcons();
  readonly #icons = new Coalesce<SessionId>(tellPauseMs, (id) =>
    this.#tell(id, this.#iconsMessage(id)),
  );
  readonly #downloads = new Coalesce<SessionId>(tellPauseMs, (id) =>
    this.#tell(id, this.#downloadsMessage(id)),
  );
  /** Of each session's windows; of each person's pages that wait for one. */
  readonly #paces = new Map<SessionId | UserId, Pace>();
  readonly #receiving = new Map<SessionId, Map<string, Download>>();
  readonly #presence: PresenceClock;
  readonly #sessionAudit: SessionAudit;
  readonly #crossings: Crossings;
  readonly #sound: Sound;
  readonly #firstPictures: FirstPictures;
  readonly #releases: (() => void)[] = [];

  constructor(options: GatewayOptions) {
    this.#o = options;
    const { sessions, files, door, log } = options;
    this.#sessionAudit = new SessionAudit(
      options.audit,
      (id) => sessions.find(id),
      (error) => log.error({ event: "audit", outcome: "failure", reason: describeError(error) }),
    );
    this.#crossings = new Crossings({
      ...{ files, log, audit: options.audit, approvals: options.approvals },
      bodyOf: (error) => options.bodyOf(error),
      groupsOf: (id) => options.groupsOf(id),
      find: (id) => sessions.find(id),
      rightsOf: (id) => options.windowRights(id),
      tell: (id, message) => this.#tell(id, message),
      receive: (id, page, purpose) => this.#receive(id, page, purpose),
    });
    this.#upgrades = new Upgrades(options, {
      linkOf: (id) => sessions.link(id),
      open: (viewer, asker) => void this.#open(viewer, asker),
      enter: (viewer, kind, id, link) => this.#enter(viewer, kind, id, link),
    });
    this.#firstPictures = new FirstPictures(log);
    this.#sound = new Sound({ log, mayHear: (id) => options.windowRights(id).sound ?? false });
    this.#presence = new PresenceClock(options.limits, {
      end: (id, reason) =>
        void sessions
          .end(id, reason)
          .catch((error: unknown) =>
            log.error({ event: "session-end", reason: describeError(error) }),
          ),
      warn: (id, what, secondsLeft) => this.#tell(id, { type: `${what}-warning`, secondsLeft }),
    });
    sessions.on("linked", (id, link) => this.#watch(id, link));
    sessions.on("claimed", (view) => {
      this.#presence.claimed(view);
      const link = sessions.link(view.id);
      if (link?.connected === true) this.#firstPictures.expect(view.id, link);
    });
    sessions.on("adopted", (view) => this.#presence.claimed(view));
    sessions.on("ended", (view, message) => this.#ended(view, message));
    const timer = setInterval(() => this.#tick(), tickMs);
    const heartbeat = new Heartbeat(this.#upgrades.viewers, heartbeatMs);
    this.#releases.push(
      () => heartbeat[Symbol.dispose](),
      () => clearInterval(timer),
      options.requests.onChange((request) => this.#requested(request)),
      options.approvals.onChange((approval) => this.#approved(approval)),
      files.onChange((view) => this.#tellDownloads(view.sessionId)),
      door.onDecision((decision) => {
        if (decision.sessionId === undefined) return;
        const id = decision.sessionId as SessionId;
        if (decision.verdict === "allow") {
          if (decision.would === undefined) return;
          return this.#sessionAudit.wouldRefuse(id, decision, decision.would);
        }
        // A pooled browser asking for its maker's servers: nobody's act, and in the proxy's own log.
        if (decision.rule === "guard.unclaimed") return;
        this.#sessionAudit.refused(id, decision);
        this.#tellTabs(id);
      }),
    );
  }

  [Symbol.dispose](): void {
    for (const release of this.#releases) release();
    this.#tabs[Symbol.dispose]();
    this.#icons[Symbol.dispose]();
    this.#downloads[Symbol.dispose]();
    this.#crossings[Symbol.dispose]();
    this.#sessionAudit.flush(true);
    this.#upgrades[Symbol.dispose]();
  }

  /** For the HTTP server's "upgrade" event. */
  onUpgrade = (request: IncomingMessage, socket: Duplex, head: Buffer): void => {
    this.#upgrades.take(request, socket, head);
  };

  #enter(viewer: WebSocket, kind: RoomSocket, id: SessionId, link: SessionLink): void {
    // A file's pieces are large, and no reason to hear less of the hands.
    endFlood(viewer, kind === "upload" ? new Pace() : this.#paceOf(id));
    switch (kind) {
      case "control":
        this.#join(id, viewer, link);
        return;
      case "upload":
        this.#presence.active(id);
        this.#crossings.takeUpload(id, viewer, link);
        return;
      case "sound":
        this.#sound.join(id, viewer);
        return;
      case "picture":
      case "screen":
        void (kind === "screen" ? joinScreen : joinPicture)(viewer, link, this.#o.log);
        this.#endFirstPictures(id);
    }
  }

  /** A page without a session yet: what it says until then is one greeting. */
  async #open(viewer: WebSocket, asker: Asker): Promise<void> {
    this.#upgrades.count(`${asker.person.id} open`, viewer);
    endFlood(viewer, this.#paceOf(asker.person.id));
    const { sessions } = this.#o;
    const view = await openOnSocket(viewer, asker, this.#o);
    const link = view && sessions.link(view.id);
    if (!link) {
      viewer.close(tryAgainLater, "no session");
      return;
    }
    this.#upgrades.count(`${view.id} control`, viewer);
    this.#join(view.id, viewer, link).showFirstPictures();
  }

  /** The display's own connection is being made; its first picture is a moment away. */
  #endFirstPictures(id: SessionId): void {
    setTimeout(() => {
      for (const channel of this.#channels.get(id) ?? []) channel.endFirstPictures();
    }, displayStandsMs).unref();
  }

  #join(id: SessionId, viewer: WebSocket, link: SessionLink): ViewerChannel {
    const channel = new ViewerChannel(viewer, {
      browser: this.#o.browser,
      send: (message) => {
        if (message.type === "history") this.#crossings.askHistory(id);
        link.send(message);
      },
      active: () => this.#presence.active(id),
      paste: (text) => this.#crossings.paste(id, link, text),
      print: () => void this.#crossings.print(id, link),
      firstPictures: (stop) => void this.#firstPictures.send(viewer, id, link, stop),
    });
    const channels = this.#channels.get(id) ?? new Set();
    channels.add(channel);
    this.#channels.set(id, channels);
    this.#presence.joined(id);
    viewer.once("close", (code: number) => {
      channels.delete(channel);
      this.#tellViewers(id, channels.size, true);
      // Whatever was held down when the page went would stay down.
      link.send({ type: "release-keys" });
      this.#presence.left(id, code === goingAway ? "closed" : "lost");
    });
    const view = this.#o.sessions.find(id);
    if (view)
      channel.tell({
        type: "session",
        session: toSession(view),
        graceSeconds: this.#o.limits.graceSeconds,
      });
    channel.tell(this.#tabsMessage(id));
    channel.tell(this.#iconsMessage(id));
    channel.tell(this.#downloadsMessage(id));
    this.#tellViewers(id, channels.size, channels.size > 1);
    channel.tell(this.#crossings.windowMessage(id));
    return channel;
  }

  #paceOf(id: SessionId | UserId): Pace {
    const pace = this.#paces.get(id) ?? new Pace();
    this.#paces.set(id, pace);
    return pace;
  }

  #watch(id: SessionId, link: SessionLink): void {
    link.on("message", (message) => this.#fromAgent(id, message));
    link.on("download", (download) => this.#receive(id, download));
  }

  #fromAgent(id: SessionId, message: FromAgent): void {
    switch (message.type) {
      case "tabs":
        return this.#tellTabs(id);
      case "tab-icon":
        this.#tabIcons.take(id, message);
        if (this.#channels.has(id)) this.#icons.ask(id);
        return;
      case "navigated":
        return this.#sessionAudit.navigated(id, message.url);
      case "receiving": {
        if (this.#o.sessions.find(id)?.state !== "active") return;
        const list = this.#receiving.get(id) ?? new Map<string, Download>();
        this.#receiving.set(id, list);
        // A hostile browser may invent downloads; the tray shows a handful and forgets the rest.
        list.delete(message.guid);
        // A completed one is the file desk's to tell; one that was cut off would vanish unseen.
        if (message.state !== "completed" && list.size < 50)
          list.set(message.guid, receivingView(message));
        return this.#tellDownloads(id);
      }
      case "caret":
      case "context-menu":
      case "copied":
      case "file-chooser":
      case "history":
      case "print-asked":
        return this.#crossings.fromAgent(id, this.#o.sessions.link(id), message);
      case "sounding":
        return this.#sound.sounding(id, this.#o.sessions.link(id));
      case "ready":
      case "pong":
        return;
    }
  }

  #receive(id: SessionId, { bytes, ...download }: UntrustedDownload, purpose?: "print"): void {
    const view = this.#o.sessions.find(id);
    if (view?.state !== "active" || !view.ownerId || !view.ownerName) {
      bytes.destroy();
      return;
    }
    const terminal = view.terminal === null ? {} : { terminal: view.terminal };
    this.#o.files
      .receive(
        {
          sessionId: id,
          ownerId: view.ownerId,
          ownerName: view.ownerName,
          ...terminal,
          ...download,
          ...(purpose === undefined ? {} : { purpose }),
          rules: this.#crossings.fileRules(id),
        },
        bytes,
        new AbortController().signal,
      )
      .catch((error: unknown) =>
        this.#o.log.error({ event: "download", outcome: "failure", reason: describeError(error) }),
      );
  }

  #ended(view: SessionView, message: string | undefined): void {
    const { id } = view;
    this.#presence.ended(id);
    this.#tell(id, {
      type: "ended",
      reason: view.endReason ?? "container-died",
      ...(message === undefined ? {} : { message }),
    });
    for (const channel of this.#channels.get(id) ?? []) channel.close();
    this.#channels.delete(id);
    this.#paces.delete(id);
    this.#receiving.delete(id);
    this.#crossings.forget(id);
    this.#sound.forget(id);
    this.#tabIcons.forget(id);
  }

  #tick(): void {
    try {
      this.#presence.tick();
      this.#crossings.tellChanges(this.#channels.keys());
      this.#sound.enforce();
      this.#sessionAudit.flush();
    } catch (error) {
      // A record that cannot be kept (disk full) is no reason to end everybody's session.
      this.#o.log.error({ event: "tick", outcome: "failure", reason: describeError(error) });
    }
  }

  #tabsMessage(id: SessionId): GatewayMessage {
    const { tabs, active } = this.#o.sessions.link(id)?.tabs ?? { tabs: [], active: null };
    return { type: "tabs", tabs: tabs.map((tab) => toTab(tab, this.#refusedAt(id))), active };
  }

  #iconsMessage(id: SessionId): GatewayMessage {
    return this.#tabIcons.message(id, this.#o.sessions.link(id)?.tabs.tabs ?? []);
  }

  #refusedAt(id: SessionId): (url: string) => Refused | undefined {
    const { requests, sessions, log } = this.#o;
    const known = (ownerId: UserId, refusal: KnownRefusal): Refused => {
      try {
        const ask = requests.askStateOf(ownerId, refusal);
        return { refusal, ask, passed: requests.passedBy(refusal) };
      } catch (error) {
        // A damaged list, or no room on the disk: tabs are told all the same, and nothing can be asked for.
        log.error({ event: "ask-state", outcome: "failure", reason: describeError(error) });
        return { refusal, ask: { state: "never", why: "no-list" } };
      }
    };
    const ownerId = sessions.find(id)?.ownerId;
    if (!ownerId) return () => undefined;
    return (url) => {
      const refusal = requests.refusalAt(ownerId, id, url);
      return refusal && known(ownerId, refusal);
    };
  }

  #requested(request: AccessRequest): void {
    const session = this.#o.sessions.current(request.userId);
    if (!session) return;
    if (request.state !== "open" && request.state !== "withdrawn")
      this.#tell(session.id, { type: "request-decided", request: toMyRequest(request) });
    this.#tellTabs(session.id);
  }

  /** Of a download the tray tells. */
  #approved({ direction, requesterId, collectedAt, ...approval }: Approval): void {
    const { state, name, answer } = approval;
    const session = this.#o.sessions.current(requesterId);
    if (direction !== "upload" || collectedAt !== null || !session) return;
    if (state === "open" || state === "withdrawn") return;
    this.#tell(session.id, { type: "upload-decided", state, name, answer });
  }

  #downloadsMessage(id: SessionId): GatewayMessage {
    const underWay = [...(this.#receiving.get(id)?.values() ?? [])];
    return {
      type: "downloads",
      downloads: [...this.#o.files.list(id).map(toDownload), ...underWay],
    };
  }

  /** Two windows share one browser, first and second alike: whoever types in one is seen in the other. */
  #tellViewers(id: SessionId, count: number, matters: boolean): void {
    if (matters && count > 0) this.#tell(id, { type: "viewers", count });
  }

  #tellTabs(id: SessionId): void {
    if (this.#channels.has(id)) this.#tabs.ask(id);
  }

  #tellDownloads(id: SessionId): void {
    if (this.#channels.has(id)) this.#downloads.ask(id);
  }

  #tell(id: SessionId, message: GatewayMessage): void {
    for (const channel of this.#channels.get(id) ?? []) channel.tell(message);
  }
}
