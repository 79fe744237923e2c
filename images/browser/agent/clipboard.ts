/**
 * The clipboard of the display: holds text that the host lets in, and tells what programs here put on it.
 * Text only. What may pass either way is decided on the host; the display's own protocol carries none.
 */
import { copyLimit } from "../../wire/control.ts";
import { request, XClient } from "./x-client.ts";

const atomNames = [
  "CLIPBOARD",
  "TARGETS",
  "UTF8_STRING",
  "text/plain;charset=utf-8",
  "text/plain",
  "HANARE_TEXT",
] as const;
type Atoms = Readonly<Record<(typeof atomNames)[number], number>>;

const atomType = 4;
const [selectionRequest, selectionNotify] = [30, 31];
/** Bytes of the longest text that is read; UTF-8 takes at most three for each UTF-16 unit. */
const readLimitBytes = copyLimit * 3;

export class Clipboard {
  readonly #x: XClient;
  readonly #atoms: Atoms;
  readonly #window: number;
  readonly #ownerEvent: number;
  readonly #onCopied: (text: string | undefined) => void;
  /** Ours. */
  #text = "";
  /** What the clipboard holds, whoever put it there; undefined while that is no text. */
  #known: string | undefined;
  #served: (() => void) | undefined;

  private constructor(
    x: XClient,
    atoms: Atoms,
    ownerEvent: number,
    onCopied: (text: string | undefined) => void,
  ) {
    this.#x = x;
    this.#atoms = atoms;
    this.#ownerEvent = ownerEvent;
    this.#onCopied = onCopied;
    this.#window = x.newId();
    x.on("event", (event) => this.#onEvent(event));
  }

  /** `onCopied` hears of every copy made by a program here; undefined: too long, or not text. */
  static async open(onCopied: (text: string | undefined) => void): Promise<Clipboard> {
    const x = await XClient.connect();
    x.once("close", () => process.exit(73));
    const found = await Promise.all(atomNames.map(async (name) => [name, await x.atom(name)]));
    const atoms = Object.fromEntries(found) as Atoms;
    const fixes = await x.extension("XFIXES");
    await x.ask(request(fixes.opcode, 0, [5, 0]));
    const clipboard = new Clipboard(x, atoms, fixes.firstEvent, onCopied);
    // InputOnly, one pixel, never mapped.
    x.send(request(1, 0, [clipboard.#window, x.root, 0, 0x0001_0001, 0x0002_0000, 0, 0]));
    const ownerChanges = 1;
    x.send(request(fixes.opcode, 2, [clipboard.#window, atoms.CLIPBOARD, ownerChanges]));
    await x.settled();
    return clipboard;
  }

  /** Takes the clipboard; whoever pastes from now on gets this text. */
  async offer(text: string): Promise<void> {
    this.#text = text.toWellFormed();
    this.#known = this.#text;
    this.#x.send(request(22, 0, [this.#window, this.#atoms.CLIPBOARD, 0]));
    await this.#x.settled();
  }

  get text(): string | undefined {
    return this.#known;
  }

  /** Resolves when somebody has taken the text that is offered. */
  served(): Promise<undefined> {
    const { promise, resolve } = Promise.withResolvers<undefined>();
    this.#served = () => resolve(undefined);
    return promise;
  }

  /** Resolves when the display has carried out all input so far. */
  settled(): Promise<void> {
    return this.#x.settled();
  }

  #onEvent(event: Buffer): void {
    const code = event.readUInt8(0) & 0x7f;
    if (code === selectionRequest) this.#answer(event);
    else if (code === selectionNotify) void this.#take(event).catch(() => undefined);
    else if (code === this.#ownerEvent) this.#ownerChanged(event);
  }

  #ownerChanged(event: Buffer): void {
    const owner = event.readUInt32LE(8);
    if (owner === 0 || owner === this.#window) return;
    const { CLIPBOARD, UTF8_STRING, HANARE_TEXT } = this.#atoms;
    this.#x.send(
      request(24, 0, [this.#window, CLIPBOARD, UTF8_STRING, HANARE_TEXT, event.readUInt32LE(16)]),
    );
  }

  async #take(event: Buffer): Promise<void> {
    if (event.readUInt32LE(20) === 0) {
      this.#copied(undefined);
      return;
    }
    const { HANARE_TEXT, UTF8_STRING } = this.#atoms;
    const words = Math.ceil(readLimitBytes / 4);
    const reply = await this.#x.ask(request(20, 0, [this.#window, HANARE_TEXT, 0, 0, words]));
    this.#x.send(request(19, 0, [this.#window, HANARE_TEXT]));
    const whole = reply.readUInt32LE(8) === UTF8_STRING && reply.readUInt32LE(12) === 0;
    const bytes = reply.subarray(32, 32 + reply.readUInt32LE(16));
    const text = whole ? bytes.toString("utf8") : undefined;
    this.#copied(text !== undefined && text.length <= copyLimit ? text : undefined);
  }

  #copied(text: string | undefined): void {
    this.#known = text;
    this.#onCopied(text);
  }

  #answer(event: Buffer): void {
    const time = event.readUInt32LE(4);
    const [requestor, selection, target] = [12, 16, 20].map((at) => event.readUInt32LE(at));
    // An obsolete client names no property and means the target's own.
    const property = event.readUInt32LE(24) || (target ?? 0);
    const given = this.#give(requestor ?? 0, target ?? 0, property);
    const note = Buffer.alloc(32);
    note.writeUInt8(selectionNotify, 0);
    note.writeUInt32LE(time, 4);
    for (const [index, word] of [requestor, selection, target, given ? property : 0].entries())
      note.writeUInt32LE(word ?? 0, 8 + index * 4);
    this.#x.send(request(25, 0, [requestor ?? 0, 0], note));
    if (given && target !== this.#atoms.TARGETS) this.#served?.();
  }

  /** Writes the answer where the asking program reads it; false for a kind that is not offered. */
  #give(requestor: number, target: number, property: number): boolean {
    const { TARGETS, UTF8_STRING } = this.#atoms;
    const kinds = [UTF8_STRING, this.#atoms["text/plain;charset=utf-8"], this.#atoms["text/plain"]];
    if (target === TARGETS) {
      const list = Buffer.alloc((kinds.length + 1) * 4);
      for (const [index, kind] of [TARGETS, ...kinds].entries())
        list.writeUInt32LE(kind, index * 4);
      this.#change(requestor, property, atomType, 32, kinds.length + 1, list);
      return true;
    }
    if (!kinds.includes(target)) return false;
    const bytes = Buffer.from(this.#text, "utf8");
    this.#change(requestor, property, target, 8, bytes.length, bytes);
    return true;
  }

  #change(
    window: number,
    property: number,
    type: number,
    format: number,
    count: number,
    bytes: Buffer,
  ): void {
    this.#x.send(request(18, 0, [window, property, type, format, count], bytes));
  }
}
