/**
 * What crosses control.sock. The container dials; the first frame of every connection is a hello that
 * says what the connection is for. Everything from the container is untrusted until these schemas
 * return it; every string is bounded. Raw CDP never crosses.
 */
import { z } from "zod";

export const wireVersion = 1;

/** Largest JSON frame either side accepts on a control connection. */
export const controlFrameLimitBytes = 256 * 1024;

/** Largest whole picture a container may hand over. */
export const stillFrameLimitBytes = 4 * 1024 * 1024;

/** Frame types on control.sock. */
export const frameType = { hello: 1, message: 2, still: 3 } as const;

/** Longest text copied in the isolated browser that is handed over, in UTF-16 units. */
export const copyLimit = 30_000;

/** The keys that travel as keys: ASCII, and X11's own range of keys that are no characters. */
export const keysym = z.union([z.int().min(0x20).max(0x7e), z.int().min(0xfe00).max(0xffff)]);

/** What can be done with what was clicked; the menu's other entries are messages of their own. */
export const menuAct = z.enum([
  "open-link",
  "copy-link",
  "open-image",
  "copy",
  "cut",
  "select-all",
]);

const tabId = z.int().min(1).max(1_000_000);
const url = z.string().max(8192);
const title = z.string().max(512);
export const streamId = z.string().regex(/^[a-z0-9]{8,40}$/);

export const hello = z.discriminatedUnion("kind", [
  /** The one long-lived connection for messages. */
  z.strictObject({
    kind: z.literal("control"),
    version: z.literal(wireVersion),
    browser: z.string().max(128),
  }),
  /** Raw RFB from Xvnc, in answer to open-picture. After the hello the bytes are RFB, both ways. */
  z.strictObject({ kind: z.literal("picture"), stream: streamId }),
  /** Frames of screen.ts, both ways, in answer to open-screen, until the host closes. */
  z.strictObject({ kind: z.literal("screen"), stream: streamId }),
  /** Frames of sound.ts, in answer to open-sound, until either side closes. */
  z.strictObject({ kind: z.literal("sound"), stream: streamId }),
  /** Whole pictures (JPEG), one frame each, in answer to open-stills, until the host closes. */
  z.strictObject({ kind: z.literal("still"), stream: streamId }),
  /** The page as PDF, in answer to open-print. After the hello come exactly `size` bytes, then the end. */
  z.strictObject({
    kind: z.literal("print"),
    stream: streamId,
    name: z.string().max(1024),
    url,
    size: z
      .int()
      .min(0)
      .max(1024 ** 3),
  }),
  /** In answer to open-upload: the host sends the file's bytes, and then the end. */
  z.strictObject({ kind: z.literal("upload"), stream: streamId }),
  /** A finished download. After the hello come exactly `size` bytes, then the end. */
  z.strictObject({
    kind: z.literal("download"),
    name: z.string().max(1024),
    url,
    size: z
      .int()
      .min(0)
      .max(8 * 1024 ** 3),
  }),
]);
export type Hello = z.infer<typeof hello>;

export const tab = z.strictObject({
  id: tabId,
  title,
  url,
  loading: z.boolean(),
  canGoBack: z.boolean(),
  canGoForward: z.boolean(),
  /** The address that could not be shown, when the tab holds the browser's own error page. */
  unreachable: url.optional(),
  /** What the browser found of the connection; absent until it says so. */
  connection: z
    .strictObject({
      state: z.enum(["broken", "plain", "secure"]),
      subject: z.string().max(256).optional(),
      issuer: z.string().max(256).optional(),
      /** Seconds since the epoch. */
      validTo: z.int().optional(),
    })
    .optional(),
});

/** Pixels of a side of a site's icon, and the base64 of its 1024 bytes: red, green, blue, opacity, row by row. */
export const iconPx = 16;
const iconPixels = z.string().regex(/^[A-Za-z0-9+/]{1366}==$/);

export const historyEntries = 20;
export type Tab = z.infer<typeof tab>;

/** Container to host. */
export const fromAgent = z.discriminatedUnion("type", [
  z.strictObject({ type: z.literal("ready") }),
  z.strictObject({ type: z.literal("tabs"), tabs: z.array(tab).max(64), active: tabId.nullable() }),
  z.strictObject({ type: z.literal("navigated"), tab: tabId, url }),
  /** The icon of the page in a tab, as pixels: nothing that anybody has to decode. Null: it has none. */
  z.strictObject({ type: z.literal("tab-icon"), tab: tabId, pixels: iconPixels.nullable() }),
  z.strictObject({
    type: z.literal("receiving"),
    /** The browser is still fetching this download; shown in the tray before the bytes arrive. */
    guid: z.string().regex(/^[A-Za-z0-9-]{1,64}$/),
    name: z.string().max(1024),
    url,
    receivedBytes: z.int().min(0),
    totalBytes: z.int().min(0),
    state: z.enum(["canceled", "in-progress", "completed"]),
  }),
  z.strictObject({ type: z.literal("pong"), nonce: z.int() }),
  /** Where text goes in the picture, in its pixels: the terminal's candidate window opens there. */
  z.strictObject({
    type: z.literal("caret"),
    x: z.int().min(0).max(2560),
    y: z.int().min(0).max(1440),
    height: z.int().min(0).max(1440),
  }),
  /** The right button was pressed where the page has no menu of its own; what is there, and where. */
  z.strictObject({
    type: z.literal("context-menu"),
    x: z.int().min(0).max(2560),
    y: z.int().min(0).max(1440),
    link: z.boolean(),
    image: z.boolean(),
    selection: z.boolean(),
    editable: z.boolean(),
  }),
  /** Where the active tab was and can go, in answer to `history`. */
  z.strictObject({
    type: z.literal("history"),
    tab: tabId,
    entries: z
      .array(z.strictObject({ title: z.string().max(200), step: z.int().min(-50).max(50) }))
      .max(historyEntries),
  }),
  /** A page's file field was clicked; answered with choose-files, after the files. */
  z.strictObject({
    type: z.literal("file-chooser"),
    chooser: z.int().min(1).max(1_000_000),
    multiple: z.boolean(),
  }),
  /** The page in front wants to be printed. */
  z.strictObject({ type: z.literal("print-asked") }),
  /** A page plays something that nobody hears; whoever may and wants to answers with open-sound. */
  z.strictObject({ type: z.literal("sounding") }),
  /** Something was put on the clipboard; without `text` it is too long, or no text. */
  z.strictObject({ type: z.literal("copied"), text: z.string().max(copyLimit).optional() }),
]);
export type FromAgent = z.infer<typeof fromAgent>;

/** Display pixels for a hundred of a page's. */
const scalePct = z.int().min(100).max(300);

/** Host to container. */
export const toAgent = z.discriminatedUnion("type", [
  z.strictObject({ type: z.literal("open-picture"), stream: streamId }),
  z.strictObject({ type: z.literal("open-screen"), stream: streamId }),
  z.strictObject({ type: z.literal("open-stills"), stream: streamId }),
  z.strictObject({ type: z.literal("open-sound"), stream: streamId }),
  z.strictObject({ type: z.literal("navigate"), url }),
  z.strictObject({ type: z.literal("back") }),
  z.strictObject({ type: z.literal("forward") }),
  z.strictObject({ type: z.literal("history") }),
  z.strictObject({ type: z.literal("go-history"), step: z.int().min(-50).max(50) }),
  z.strictObject({ type: z.literal("reload") }),
  z.strictObject({ type: z.literal("stop") }),
  z.strictObject({ type: z.literal("new-tab"), url }),
  z.strictObject({ type: z.literal("close-tab"), tab: tabId }),
  z.strictObject({ type: z.literal("activate-tab"), tab: tabId }),
  /** To a place in the strip, counted from 0. */
  z.strictObject({ type: z.literal("move-tab"), tab: tabId, to: z.int().min(0).max(64) }),
  /** Opens the address of the tab closed last. */
  z.strictObject({ type: z.literal("reopen-tab") }),
  z.strictObject({
    type: z.literal("open-upload"),
    stream: streamId,
    chooser: z.int().min(1).max(1_000_000),
    /** What the page will see; no separators, not hidden, not empty. */
    name: z.string().regex(/^[^/\\\0.][^/\\\0]{0,199}$/),
  }),
  /** The page gets what has come for this chooser; without files, nothing. */
  z.strictObject({ type: z.literal("choose-files"), chooser: z.int().min(1).max(1_000_000) }),
  z.strictObject({ type: z.literal("open-print"), stream: streamId }),
  /** Text being composed by the terminal's IME, shown in place; offsets in UTF-16 units. */
  z.strictObject({
    type: z.literal("compose"),
    text: z.string().max(1000),
    selectionStart: z.int().min(0).max(1000),
    selectionEnd: z.int().min(0).max(1000),
  }),
  /** Finished text for the focused field; ends a composition. */
  z.strictObject({ type: z.literal("insert-text"), text: z.string().max(100_000) }),
  z.strictObject({ type: z.literal("key"), keysym, down: z.boolean() }),
  /** Every key that is down goes up. */
  z.strictObject({ type: z.literal("release-keys") }),
  /** Chosen from the menu that context-menu told of. */
  z.strictObject({ type: z.literal("menu"), act: menuAct }),
  /** Pasted as if copied in the container; long text comes in pieces, of which one is the last. */
  z.strictObject({ type: z.literal("paste"), text: z.string().max(16_000), last: z.boolean() }),
  z.strictObject({ type: z.literal("ping"), nonce: z.int() }),
  /** The display takes the size of the terminal's view. */
  z.strictObject({
    type: z.literal("resize"),
    width: z.int().min(320).max(2560),
    height: z.int().min(240).max(1440),
    scalePct,
  }),
  /** Pages are drawn so large on the display as it is. */
  z.strictObject({ type: z.literal("scale"), scalePct }),
]);
export type ToAgent = z.infer<typeof toAgent>;
