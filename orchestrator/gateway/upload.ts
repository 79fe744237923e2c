/**
 * 持ち出し: one file of the terminal on a WebSocket of its own, for a page's file field. Policy first, then the
 * file desk looks at it as at a download, and only what it found nothing against goes on to the container,
 * as it is. Every try is on record with its hash. Moves bytes, looks into none.
 */
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { RawData, WebSocket } from "ws";
import type { AuditLog } from "../audit/events.ts";
import { deadline } from "../base/deadline.ts";
import { describeError } from "../base/errors.ts";
import type { Log } from "../base/log.ts";
import type { FileDesk, UploadOutcome, UploadRules } from "../downloads/types.ts";
import {
  type UploadAnswer,
  uploadGreeting,
  type UploadGreeting,
  uploadReasons,
} from "../http/file-contract.ts";
import type { SessionLink } from "../sessions/link.ts";
import type { SessionView } from "../sessions/types.ts";
import type { Answer } from "./window.ts";
import { parseText } from "./viewer-channel.ts";

export interface UploadParts {
  readonly session: SessionView;
  readonly link: SessionLink;
  readonly files: Pick<FileDesk, "inspectUpload">;
  readonly audit: AuditLog;
  readonly log: Log;
  /** What the policy says of one more file now, and the id of the entry that says it. */
  readonly decide: () => Answer & { readonly rule: string; readonly rules: UploadRules };
}

const greetingMs = 5000;
/** A large file over a slow line, and its inspection. */
const longestMs = 10 * 60_000;
const handOverMs = 10_000;
const policyViolation = 1008;

/** Answers with one message and closes. Never throws. */
export async function takeUpload(viewer: WebSocket, parts: UploadParts): Promise<void> {
  const gone = new AbortController();
  viewer.once("close", () => gone.abort(new Error("terminal left")));
  const arriving = receive(viewer);
  const said = await arriving.said;
  if (said === undefined) {
    viewer.close(policyViolation, "message not understood");
    return;
  }
  let answer: UploadAnswer = { type: "held", why: "failed" };
  try {
    const limit = deadline(longestMs, "upload", gone.signal);
    answer = await judge(arriving.bytes, said, parts, limit);
  } catch (error) {
    const reason = describeError(error);
    parts.log.warn({ event: "upload", outcome: "failure", sessionId: parts.session.id, reason });
  }
  if (viewer.readyState === viewer.OPEN) viewer.send(JSON.stringify(answer));
  viewer.close(1000, "upload answered");
}

async function judge(
  bytes: Readable,
  said: UploadGreeting,
  parts: UploadParts,
  signal: AbortSignal,
): Promise<UploadAnswer> {
  const decided = parts.decide();
  if (!decided.passes) {
    const why = decided.held === "off" ? "off" : "too-often";
    record(parts, said, decided.rule, { held: why });
    return { type: "held", why };
  }
  const { id: sessionId, ownerId, ownerName, terminal } = parts.session;
  if (ownerId === null || ownerName === null) throw new Error("nobody's session");
  const owner = { sessionId, ownerId, ownerName, ...(terminal === null ? {} : { terminal }) };
  const outcome = await parts.files.inspectUpload(
    {
      ...owner,
      untrustedName: said.name,
      untrustedUrl: pageOf(parts.link),
      sizeBytes: said.sizeBytes,
      uploadRules: decided.rules,
    },
    bytes,
    signal,
  );
  record(parts, said, decided.rule, facts(outcome));
  if (!outcome.passes) return { type: "held", why: heldBy(outcome) };
  try {
    const name = nameForPage(said.name);
    const limit = deadline(handOverMs, "container takes the file", signal);
    const page = await parts.link.openUpload(said.chooser, name, limit);
    await pipeline(outcome.bytes, page, { signal });
  } finally {
    await outcome.drop();
  }
  return { type: "passed" };
}

/** A rule's own word where one decided: the person can do something about it. */
function heldBy({ verdict, reason }: Extract<UploadOutcome, { passes: false }>) {
  return uploadReasons.find((each) => each === reason) ?? verdict;
}

function facts(outcome: UploadOutcome): Readonly<Record<string, string>> {
  const { contentType, sha256 } = outcome;
  const seen = { contentType: contentType ?? "unknown", sha256 };
  return outcome.passes ? seen : { ...seen, held: outcome.verdict, because: outcome.reason };
}

function record(
  { audit, link, session }: UploadParts,
  { name, sizeBytes }: UploadGreeting,
  rule: string,
  more: Readonly<Record<string, string>>,
): void {
  const held = more["held"];
  audit.write({
    action: "upload",
    outcome: held === undefined ? "success" : "refused",
    sessionId: session.id,
    ...(session.ownerId === null ? {} : { userId: session.ownerId }),
    ...(session.ownerName === null ? {} : { userName: session.ownerName }),
    ...(session.terminal === null ? {} : { terminal: session.terminal }),
    target: pageOf(link).slice(0, 4096),
    ...(held === undefined ? {} : { reason: held }),
    details: { name, bytes: sizeBytes, rule, ...more },
  });
}

/** The page that asks, as the container says. */
function pageOf(link: SessionLink): string {
  const { active, tabs } = link.tabs;
  return tabs.find((tab) => tab.id === active)?.url ?? "";
}

/** As the page will see it: the terminal's own name, without what would be a path. */
export function nameForPage(name: string): string {
  const plain = name
    .toWellFormed()
    .replaceAll(/[/\\\p{Cc}]/gu, "_")
    .replace(/^\.+/, "")
    .slice(0, 200)
    .toWellFormed();
  return plain === "" ? "file" : plain;
}

interface Arriving {
  /** The first message; undefined when it is none, or none comes. */
  readonly said: Promise<UploadGreeting | undefined>;
  /** The binary messages that follow, exactly as many bytes as announced; the terminal waits while nobody reads. */
  readonly bytes: Readable;
}

function receive(viewer: WebSocket): Arriving {
  const { promise, resolve } = Promise.withResolvers<UploadGreeting | undefined>();
  const bytes = new Readable({ read: () => viewer.resume() });
  // Whoever reads hears of it; until somebody does, nobody must.
  bytes.on("error", () => undefined);
  let left: number | undefined;
  const take = (chunk: Buffer, isBinary: boolean): void => {
    left = (left ?? 0) - chunk.length;
    if (!isBinary || left < 0) bytes.destroy(new Error("not what was announced"));
    else if (!bytes.push(chunk)) viewer.pause();
    if (left === 0) bytes.push(null);
  };
  viewer.on("message", (data, isBinary) => {
    if (left !== undefined) return take(asBuffer(data), isBinary);
    const said = isBinary ? undefined : uploadGreeting.safeParse(parseText(data)).data;
    left = said?.sizeBytes ?? 0;
    if (left === 0) bytes.push(null);
    resolve(said);
  });
  const timer = setTimeout(() => resolve(undefined), greetingMs);
  void promise.then(() => clearTimeout(timer));
  viewer.once("close", () => {
    resolve(undefined);
    if (left !== 0) bytes.destroy(new Error("upload broken off"));
  });
  return { said: promise, bytes };
}

function asBuffer(data: RawData): Buffer {
  if (Array.isArray(data)) return Buffer.concat(data);
  return Buffer.isBuffer(data) ? data : Buffer.from(data);
}
