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
  /** Whole pictures (JPEG), one frame each, in answer to open-stills, until the host closes. */
  z.strictObject({ kind: z.literal("still"), stream: streamId }),
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
});
export type Tab = z.infer<typeof tab>;

/** Container to host. */
export const fromAgent = z.discriminatedUnion("type", [
  z.strictObject({ type: z.literal("ready") }),
  z.strictObject({ type: z.literal("tabs"), tabs: z.array(tab).max(64), active: tabId.nullable() }),
  z.strictObject({ type: z.literal("navigated"), tab: tabId, url }),
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
]);
export type FromAgent = z.infer<typeof fromAgent>;

/** Host to container. */
export const toAgent = z.discriminatedUnion("type", [
  z.strictObject({ type: z.literal("open-picture"), stream: streamId }),
  z.strictObject({ type: z.literal("open-stills"), stream: streamId }),
  z.strictObject({ type: z.literal("navigate"), url }),
  z.strictObject({ type: z.literal("back") }),
  z.strictObject({ type: z.literal("forward") }),
  z.strictObject({ type: z.literal("reload") }),
  z.strictObject({ type: z.literal("stop") }),
  z.strictObject({ type: z.literal("new-tab"), url }),
  z.strictObject({ type: z.literal("close-tab"), tab: tabId }),
  z.strictObject({ type: z.literal("activate-tab"), tab: tabId }),
  /** Text being composed by the terminal's IME, shown in place; offsets in UTF-16 units. */
  z.strictObject({
    type: z.literal("compose"),
    text: z.string().max(1000),
    selectionStart: z.int().min(0).max(1000),
    selectionEnd: z.int().min(0).max(1000),
  }),
  /** Finished text for the focused field; ends a composition. */
  z.strictObject({ type: z.literal("insert-text"), text: z.string().max(100_000) }),
  z.strictObject({ type: z.literal("ping"), nonce: z.int() }),
  /** The display takes the size of the terminal's view. */
  z.strictObject({
    type: z.literal("resize"),
    width: z.int().min(320).max(2560),
    height: z.int().min(240).max(1440),
  }),
]);
export type ToAgent = z.infer<typeof toAgent>;
