/**
 * What may pass the window besides picture and input. Decided here, outside the container, by the policy in
 * force at that moment, and recorded: how much, never what.
 */
import type { AuditLog } from "../audit/events.ts";
import type { SessionId } from "../base/ids.ts";
import type { GatewayMessage, WindowView } from "../http/room-contract.ts";
import type { FileRules, UploadRules } from "../downloads/types.ts";
import type { SessionView } from "../sessions/types.ts";

/** What the policy says about one session's window; everything closed without a policy. */
export interface WindowRights {
  readonly clipboard: {
    readonly in: boolean;
    readonly out: boolean;
    /** In UTF-16 units, either way. Absent: as much as the protocol carries. */
    readonly maxChars?: number | undefined;
  };
  readonly print: boolean;
  readonly upload: boolean;
  readonly watermark: boolean;
  /** Absent: person, terminal and time. */
  readonly watermarkText?: string | undefined;
  readonly hideOnBlur?: boolean | undefined;
  /** What pages play is heard. Absent: it is not. */
  readonly sound?: boolean | undefined;
  /** Absent: every kind that can be inspected, without マイナンバー. */
  readonly uploadRules?: UploadRules | undefined;
  /** What becomes of files that are received. Absent: everything is sanitized. */
  readonly files?: Omit<FileRules, "download"> | undefined;
  readonly download?: boolean;
  /** Id of the entry that decided. */
  readonly rule: string;
}

const usualUploadRules: UploadRules = {
  myNumber: "block",
  keywords: [],
  onKeyword: "block",
  profile: "original",
};

export interface WindowOptions {
  readonly rightsOf: (id: SessionId) => WindowRights;
  readonly find: (id: SessionId) => SessionView | undefined;
  readonly audit: AuditLog;
  readonly now?: () => number;
}

export type Way = "clipboard-in" | "clipboard-out";
type Act = Exclude<Held["what"], "upload">;
export type Held = Extract<GatewayMessage, { type: "held" }>;
/** `held` is why it does not pass, unless the person need not hear of it again. */
export type Answer =
  | { readonly passes: true }
  | { readonly passes: false; readonly held?: Held["why"] };

/** Nobody copies by hand more often; a program that empties something through the clipboard does. */
const perMinute = 30;
/** A page's own window.print(), which opens a dialog that nobody may have asked for. */
const pagePrintsPerMinute = 3;
const minuteMs = 60_000;

export class Window {
  readonly #o: WindowOptions;
  readonly #now: () => number;
  /** Times of what was tried in the last minute. */
  readonly #tries = new Map<string, number[]>();

  constructor(options: WindowOptions) {
    this.#o = options;
    this.#now = options.now ?? Date.now;
  }

  view(id: SessionId): WindowView {
    const { clipboard, print, upload, watermark, ...rights } = this.#o.rightsOf(id);
    return {
      clipboardIn: clipboard.in,
      clipboardOut: clipboard.out,
      print,
      upload,
      watermark: watermark ? this.#watermark(id, rights.watermarkText) : null,
      hideOnBlur: rights.hideOnBlur ?? false,
      sound: rights.sound ?? false,
    };
  }

  /** The time is left to the page: it goes on. */
  #watermark(id: SessionId, template = "{user}  {terminal}  {time}"): string {
    const view = this.#o.find(id);
    const words: Readonly<Record<string, string>> = {
      user: view?.ownerName ?? "",
      terminal: view?.terminal ?? "",
    };
    return template.replaceAll(/\{(user|terminal)\}/g, (_, name: string) => words[name] ?? "");
  }

  /** Whether this text may pass now; each answer that a person hears of is on record. Undefined text: there is none. */
  clipboard(id: SessionId, way: Way, text: string | undefined): Answer {
    const { clipboard, rule } = this.#o.rightsOf(id);
    const open = way === "clipboard-in" ? clipboard.in : clipboard.out;
    // What is copied inside and stays there is nobody's act towards the terminal.
    if (!open && way === "clipboard-out") return { passes: false };
    const tries = this.#countTry(`${id} ${way}`);
    if (tries > perMinute + 1) return { passes: false };
    const held = why(open, tries, text, clipboard.maxChars);
    this.#record(id, way, held, { rule, characters: text?.length ?? 0 });
    return held === undefined ? { passes: true } : { passes: false, held };
  }

  /** Whether the page at this address may be printed now. */
  print(id: SessionId, untrustedUrl: string): Answer {
    const { print, rule } = this.#o.rightsOf(id);
    const tries = this.#countTry(`${id} print`);
    if (tries > perMinute + 1) return { passes: false };
    const held = why(print, tries, "");
    this.#record(id, "print", held, { rule }, untrustedUrl.slice(0, 4096));
    return held === undefined ? { passes: true } : { passes: false, held };
  }

  /** Whether one more file may come from the terminal now; the upload itself is what goes on record. */
  upload(id: SessionId): Answer & { readonly rule: string; readonly rules: UploadRules } {
    const { upload, rule, uploadRules: rules = usualUploadRules } = this.#o.rightsOf(id);
    const held = why(upload, this.#countTry(`${id} upload`), "");
    return held === undefined
      ? { passes: true, rule, rules }
      : { passes: false, held, rule, rules };
  }

  /** What becomes of a file that comes now. */
  fileRules(id: SessionId): FileRules {
    const { files = { profile: "sanitize" }, download = true } = this.#o.rightsOf(id);
    return { ...files, download };
  }

  /** Whether a page may ask the person for files now; a page that asks without end is not heard. */
  mayAsk(id: SessionId): Answer {
    const tries = this.#countTry(`${id} asks`);
    if (tries > perMinute) return { passes: false };
    return this.#o.rightsOf(id).upload ? { passes: true } : { passes: false, held: "off" };
  }

  /** Whether a page may bring its own print to the person; one that loops is not heard. */
  mayPrintItself(id: SessionId): Answer {
    if (this.#countTry(`${id} page-prints`) > pagePrintsPerMinute) return { passes: false };
    return this.#o.rightsOf(id).print ? { passes: true } : { passes: false, held: "off" };
  }

  forget(id: SessionId): void {
    for (const way of ["clipboard-in", "clipboard-out", "print", "page-prints", "upload", "asks"])
      this.#tries.delete(`${id} ${way}`);
  }

  /** How often it was tried in the last minute, this time included. */
  #countTry(key: string): number {
    const recent = (this.#tries.get(key) ?? []).filter((at) => at > this.#now() - minuteMs);
    if (recent.length <= perMinute) recent.push(this.#now());
    else return perMinute + 2;
    this.#tries.set(key, recent);
    return recent.length;
  }

  #record(
    id: SessionId,
    action: Act,
    held: Held["why"] | undefined,
    details: Readonly<Record<string, string | number>>,
    target?: string,
  ): void {
    const view = this.#o.find(id);
    this.#o.audit.write({
      action,
      outcome: held === undefined ? "success" : "refused",
      sessionId: id,
      ...(view?.ownerId ? { userId: view.ownerId } : {}),
      ...(view?.ownerName ? { userName: view.ownerName } : {}),
      ...(view?.terminal ? { terminal: view.terminal } : {}),
      ...(held === undefined ? {} : { reason: held }),
      ...(target === undefined ? {} : { target }),
      details,
    });
  }
}

function why(
  open: boolean,
  tries: number,
  text: string | undefined,
  maxChars = Number.POSITIVE_INFINITY,
): Held["why"] | undefined {
  if (!open) return "off";
  if (tries > perMinute) return "too-often";
  if (text === undefined) return "not-text";
  return text.length > maxChars ? "too-long" : undefined;
}
