/**
 * What crosses a session's window besides picture, input and downloads: the clipboard both ways, printed pages,
 * files of the terminal, the caret, what the right button hit, and the history that was asked about. Asks the window (policy, limits,
 * record) and then moves; decides nothing itself.
 */
import type { WebSocket } from "ws";
import type { FromAgent } from "../../images/wire/control.ts";
import type { AuditLog } from "../audit/events.ts";
import { deadline } from "../base/deadline.ts";
import { describeError } from "../base/errors.ts";
import type { SessionId } from "../base/ids.ts";
import type { Log } from "../base/log.ts";
import type { FileDesk, FileRules } from "../downloads/types.ts";
import type { ErrorBody } from "../http/contract.ts";
import type { GatewayMessage } from "../http/room-contract.ts";
import type { SessionLink, UntrustedDownload } from "../sessions/link.ts";
import type { SessionView } from "../sessions/types.ts";
import { LastTold } from "./last-told.ts";
import { takeUpload, type UploadApprovals } from "./upload.ts";
import { pastePieces } from "./viewer-channel.ts";
import { type Answer, type Held, Window, type WindowRights } from "./window.ts";

export interface CrossingsOptions {
  readonly find: (id: SessionId) => SessionView | undefined;
  readonly rightsOf: (id: SessionId) => WindowRights;
  readonly groupsOf: (id: SessionId) => readonly string[];
  readonly files: Pick<FileDesk, "inspectUpload">;
  readonly approvals: UploadApprovals;
  readonly bodyOf: (error: unknown) => ErrorBody;
  readonly audit: AuditLog;
  readonly log: Log;
  /** To every viewer of the session. */
  readonly tell: (id: SessionId, message: GatewayMessage) => void;
  /** A printed page, for the file desk. */
  readonly receive: (id: SessionId, page: UntrustedDownload, purpose: "print") => void;
}

export type Crossing = Extract<
  FromAgent,
  { type: "caret" | "context-menu" | "copied" | "file-chooser" | "history" | "print-asked" }
>;
/** Told to viewers as they come, of many the last. */
type Place = Extract<Crossing, { type: "caret" | "context-menu" }>;

/** A long page takes the browser a while. */
const printMs = 30_000;
/** However fast a container speaks, its viewers hear of it at most so often. */
const placePauseMs = 50;
const tryAgainLater = 1013;

export class Crossings implements Disposable {
  readonly #o: CrossingsOptions;
  readonly #window: Window;
  /** What viewers were told last of their windows. */
  readonly #told = new Map<SessionId, string>();
  readonly #places = {
    caret: new LastTold<Place>(placePauseMs, (id, place) => this.#o.tell(id, place)),
    "context-menu": new LastTold<Place>(placePauseMs, (id, place) => this.#o.tell(id, place)),
  };
  /** Sessions whose viewer has asked for the history and not been answered yet. */
  readonly #historyAsked = new Set<SessionId>();
  readonly #printing = new Set<SessionId>();

  constructor(options: CrossingsOptions) {
    this.#o = options;
    this.#window = new Window(options);
  }

  /** For a viewer that has just come. */
  windowMessage(id: SessionId): GatewayMessage {
    const window = this.#window.view(id);
    this.#told.set(id, JSON.stringify(window));
    return { type: "window", window };
  }

  /** A change of policy reaches windows that are open. */
  tellChanges(ids: Iterable<SessionId>): void {
    for (const id of ids) {
      const before = this.#told.get(id);
      const message = this.windowMessage(id);
      if (before !== this.#told.get(id)) this.#o.tell(id, message);
    }
  }

  paste(id: SessionId, link: SessionLink, text: string): void {
    if (!this.#may(id, "clipboard-in", () => this.#window.clipboard(id, "clipboard-in", text)))
      return;
    for (const piece of pastePieces(text)) link.send(piece);
  }

  async print(id: SessionId, link: SessionLink): Promise<void> {
    const { tabs, active } = link.tabs;
    const url = tabs.find((tab) => tab.id === active)?.url ?? "";
    if (!this.#may(id, "print", () => this.#window.print(id, url))) return;
    this.#printing.add(id);
    try {
      const page = await link.openPrint(deadline(printMs, "printing"));
      this.#o.receive(id, page, "print");
    } catch (error) {
      this.#failed(id, "print", error);
    } finally {
      this.#printing.delete(id);
    }
  }

  /** By a page's script: the person hears why it may not, and no more of it while one is under way. */
  async #pagePrint(id: SessionId, link: SessionLink | undefined): Promise<void> {
    if (!link || this.#o.find(id)?.state !== "active" || this.#printing.has(id)) return;
    if (this.#may(id, "print", () => this.#window.mayPrintItself(id))) await this.print(id, link);
  }

  /** The person hears why it may not. What cannot be decided or put on record may not, and ends nothing else. */
  #may(id: SessionId, what: Held["what"], ask: () => Answer): boolean {
    try {
      const answer = ask();
      if (!answer.passes && answer.held) this.#o.tell(id, { type: "held", what, why: answer.held });
      return answer.passes;
    } catch (error) {
      this.#failed(id, what, error);
      return false;
    }
  }

  #failed(id: SessionId, what: Held["what"], error: unknown): void {
    const reason = describeError(error);
    this.#o.log.warn({ event: what, outcome: "failure", sessionId: id, reason });
    this.#o.tell(id, { type: "held", what, why: "failed" });
  }

  fileRules(id: SessionId): FileRules {
    return this.#window.fileRules(id);
  }

  takeUpload(id: SessionId, viewer: WebSocket, link: SessionLink): void {
    const session = this.#o.find(id);
    if (session?.state !== "active") {
      viewer.close(tryAgainLater, "no session");
      return;
    }
    const { approvals, audit, bodyOf, files, groupsOf, log } = this.#o;
    const parts = { session, link, files, approvals, audit, log, bodyOf, groups: groupsOf(id) };
    void takeUpload(viewer, { ...parts, decide: () => this.#window.upload(id) });
  }

  askHistory(id: SessionId): void {
    this.#historyAsked.add(id);
  }

  fromAgent(id: SessionId, link: SessionLink | undefined, message: Crossing): void {
    switch (message.type) {
      case "caret":
      case "context-menu":
        return this.#places[message.type].tell(id, message);
      case "copied":
        return this.#copied(id, message.text);
      case "file-chooser":
        return this.#fileChooser(id, link, message);
      case "print-asked":
        return void this.#pagePrint(id, link);
      case "history":
        if (this.#historyAsked.delete(id)) this.#o.tell(id, message);
    }
  }

  forget(id: SessionId): void {
    this.#window.forget(id);
    this.#told.delete(id);
    for (const place of Object.values(this.#places)) place.forget(id);
    this.#historyAsked.delete(id);
  }

  [Symbol.dispose](): void {
    for (const place of Object.values(this.#places)) place[Symbol.dispose]();
  }

  #copied(id: SessionId, untrustedText: string | undefined): void {
    if (this.#o.find(id)?.state !== "active") return;
    const may = () => this.#window.clipboard(id, "clipboard-out", untrustedText);
    if (this.#may(id, "clipboard-out", may))
      this.#o.tell(id, { type: "copied", text: untrustedText ?? "" });
  }

  /** A page that may not have files is told at once that it gets none; the person hears why. */
  #fileChooser(
    id: SessionId,
    link: SessionLink | undefined,
    message: Extract<Crossing, { type: "file-chooser" }>,
  ): void {
    if (this.#may(id, "upload", () => this.#window.mayAsk(id))) return this.#o.tell(id, message);
    link?.send({ type: "choose-files", chooser: message.chooser });
  }
}
