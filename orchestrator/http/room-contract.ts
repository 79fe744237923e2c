/** The part of the contract that is spoken on a session's control WebSocket, and on /api/open before there is one. */
import { z } from "zod";
import { endReasons, waitReasons } from "../sessions/types.ts";
import { errorBody, openSession, session } from "./contract.ts";
import { download } from "./file-contract.ts";
import { askView, myRequest, passedView } from "./request-contract.ts";

export const tabView = z.strictObject({
  id: z.int(),
  title: z.string(),
  url: z.string(),
  loading: z.boolean(),
  canGoBack: z.boolean(),
  canGoForward: z.boolean(),
  /** What the browser found of the connection; what it says of names is text from outside. */
  connection: z
    .strictObject({
      state: z.enum(["broken", "plain", "secure"]),
      subject: z.string().optional(),
      issuer: z.string().optional(),
      validTo: z.int().optional(),
    })
    .optional(),
  /** Set when the proxy refused this address and still would. */
  refusal: z
    .strictObject({
      url: z.string(),
      host: z.string(),
      rule: z.string(),
      ruleName: z.string().optional(),
      reason: z.string(),
      message: z.string().optional(),
      list: z.string().optional(),
      line: z.int().optional(),
      owner: z.string().optional(),
      at: z.string(),
      id: z.string(),
      /**
       * "panel": the browser shows an error page, ours covers it. "page": the proxy's own page stands in the
       * tab, as far as the browser says.
       */
      shown: z.enum(["panel", "page"]),
      ask: askView,
      passed: passedView.optional(),
    })
    .optional(),
});
export type TabView = z.infer<typeof tabView>;

/** What the isolated browser does itself with what the right button hit. */
export const menuActs = [
  "open-link",
  "copy-link",
  "open-image",
  "copy",
  "cut",
  "select-all",
] as const;

/** Terminal to gateway. `go` carries what was typed in the address bar: the server decides URL or search. */
export const viewerMessage = z.discriminatedUnion("type", [
  z.strictObject({ type: z.literal("go"), text: z.string().max(8192) }),
  z.strictObject({ type: z.literal("back") }),
  z.strictObject({ type: z.literal("forward") }),
  z.strictObject({ type: z.literal("reload") }),
  z.strictObject({ type: z.literal("stop") }),
  z.strictObject({ type: z.literal("new-tab") }),
  z.strictObject({ type: z.literal("close-tab"), tab: z.int().min(1) }),
  z.strictObject({ type: z.literal("activate-tab"), tab: z.int().min(1) }),
  z.strictObject({
    type: z.literal("move-tab"),
    tab: z.int().min(1),
    to: z.int().min(0).max(64),
  }),
  z.strictObject({ type: z.literal("reopen-tab") }),
  /** Asks where the active tab was; the answer has the same name. */
  z.strictObject({ type: z.literal("history") }),
  z.strictObject({ type: z.literal("go-history"), step: z.int().min(-50).max(50) }),
  /** The active page as PDF, through the file desk. */
  z.strictObject({ type: z.literal("print") }),
  /** No more files for this chooser: the page gets those that passed. */
  z.strictObject({ type: z.literal("choose-files"), chooser: z.int().min(1).max(1_000_000) }),
  z.strictObject({
    type: z.literal("compose"),
    text: z.string().max(1000),
    selectionStart: z.int().min(0).max(1000),
    selectionEnd: z.int().min(0).max(1000),
  }),
  z.strictObject({ type: z.literal("insert-text"), text: z.string().max(100_000) }),
  /** A key that is no text, by its X11 keysym; on the same way as text, so that the order is kept. */
  z.strictObject({
    type: z.literal("key"),
    keysym: z.union([z.int().min(0x20).max(0x7e), z.int().min(0xfe00).max(0xffff)]),
    down: z.boolean(),
  }),
  /** Chosen from the menu that context-menu told of. */
  z.strictObject({ type: z.literal("menu"), act: z.enum(menuActs) }),
  /** Text of the terminal's clipboard; the policy decides whether it passes. */
  z.strictObject({ type: z.literal("paste"), text: z.string().max(100_000) }),
  /** This page has no picture yet: it is sent whole ones, as binary messages, until its display stands. */
  z.strictObject({ type: z.literal("first-picture") }),
  /** Answered at once with the same number: how the line is. Nobody's activity. */
  z.strictObject({ type: z.literal("echo"), n: z.int().min(0) }),
  /** Sent on pointer or key activity at most every 15 s: the idle clock starts anew. */
  z.strictObject({ type: z.literal("activity") }),
]);
export type ViewerMessage = z.infer<typeof viewerMessage>;

/** What may pass between terminal and isolated browser besides picture and input. */
export const windowWays = ["clipboard-in", "clipboard-out", "print", "upload"] as const;
export const windowRights = z.strictObject({
  clipboardIn: z.boolean(),
  clipboardOut: z.boolean(),
  print: z.boolean(),
  upload: z.boolean(),
  /** Text over the picture, with {time} for the page to fill in; null: none. */
  watermark: z.string().nullable(),
  /** The picture is covered while this page does not have the focus. */
  hideOnBlur: z.boolean(),
  /** What pages play can be heard; otherwise it never leaves the container. */
  sound: z.boolean(),
});
export type WindowView = z.infer<typeof windowRights>;

export type OpenRequest = z.infer<typeof openSession>;
/** First message on /api/open. */
export const openGreeting = openSession.extend({ type: z.literal("open") });
/** What a viewer's page says first, on either socket. */
export type ViewerGreeting = z.infer<typeof openGreeting> | { readonly type: "first-picture" };

/**
 * Gateway to terminal. The first three are sent at once when there is a session; before, on /api/open, come
 * "waiting" and, at the end of all hopes, "failed".
 */
export const gatewayMessage = z.discriminatedUnion("type", [
  z.strictObject({ type: z.literal("session"), session, graceSeconds: z.int() }),
  z.strictObject({ type: z.literal("tabs"), tabs: z.array(tabView), active: z.int().nullable() }),
  /** All icons of tabs there are: 16×16 pixels of four bytes each, in base64. */
  z.strictObject({
    type: z.literal("tab-icons"),
    icons: z.array(z.strictObject({ tab: z.int(), pixels: z.string() })),
  }),
  z.strictObject({ type: z.literal("downloads"), downloads: z.array(download) }),
  /** There is no place at the moment; `position` counts from 1, `waiting` the person included. */
  z.strictObject({
    type: z.literal("waiting"),
    why: z.enum(waitReasons),
    position: z.int().min(1),
    waiting: z.int().min(1),
  }),
  /** No session; the page says why and offers to ask again. */
  z.strictObject({ type: z.literal("failed"), error: errorBody }),
  /** How many windows of the person show this session, this one included; told when there is more than one. */
  z.strictObject({ type: z.literal("viewers"), count: z.int().min(1) }),
  /** What the policy lets through this window. Told at once and whenever it changes. */
  z.strictObject({ type: z.literal("window"), window: windowRights }),
  z.strictObject({ type: z.literal("echo"), n: z.int() }),
  /** Where text goes, in pixels of the picture. */
  z.strictObject({ type: z.literal("caret"), x: z.int(), y: z.int(), height: z.int() }),
  /** The right button hit something, at a place in pixels of the picture. */
  z.strictObject({
    type: z.literal("context-menu"),
    x: z.int(),
    y: z.int(),
    link: z.boolean(),
    image: z.boolean(),
    selection: z.boolean(),
    editable: z.boolean(),
  }),
  /** Copied in the isolated browser, for the terminal's clipboard. */
  z.strictObject({ type: z.literal("copied"), text: z.string() }),
  z.strictObject({
    type: z.literal("history"),
    tab: z.int(),
    entries: z.array(z.strictObject({ title: z.string(), step: z.int() })),
  }),
  /** A page asks for files of the terminal. */
  z.strictObject({ type: z.literal("file-chooser"), chooser: z.int(), multiple: z.boolean() }),
  /** Something did not pass the window. */
  z.strictObject({
    type: z.literal("held"),
    what: z.enum(windowWays),
    why: z.enum(["failed", "not-text", "off", "too-long", "too-often"]),
  }),
  /** Idle end is near; any activity cancels it. */
  z.strictObject({ type: z.literal("idle-warning"), secondsLeft: z.int() }),
  /** The longest time for one session is nearly over; nothing cancels it. */
  z.strictObject({ type: z.literal("lifetime-warning"), secondsLeft: z.int() }),
  /** A request of this person was decided, or nobody decided it in time. */
  z.strictObject({ type: z.literal("request-decided"), request: myRequest }),
  /** An approver decided about a file that was to go out, or nobody did in time. */
  z.strictObject({
    type: z.literal("upload-decided"),
    state: z.enum(["approved", "expired", "refused"]),
    name: z.string(),
    answer: z.string(),
  }),
  z.strictObject({
    type: z.literal("ended"),
    reason: z.enum(endReasons),
    message: z.string().optional(),
  }),
]);
export type GatewayMessage = z.infer<typeof gatewayMessage>;
