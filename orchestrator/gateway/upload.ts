/**
 * 持ち出し: one file of the terminal on a WebSocket of its own, for a page's file field. Policy first, then the
 * file desk looks at it as at a download, and only what it let out goes on to the container; where a rule leaves
 * that to a person, an approver is asked. Every try is on record with its hash. Moves bytes, looks into none.
 */
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { RawData, WebSocket } from "ws";
import type { AuditLog } from "../audit/events.ts";
import { deadline } from "../base/deadline.ts";
import { describeError } from "../base/errors.ts";
import type { Log } from "../base/log.ts";
import type { ApprovalService } from "../downloads/approvals/types.ts";
import type { FileDesk, UploadOutcome, UploadRules } from "../downloads/types.ts";
import type { ErrorBody } from "../http/contract.ts";
import { type UploadAnswer, uploadGreeting, type UploadGreeting } from "../http/file-contract.ts";
import type { SessionLink } from "../sessions/link.ts";
import type { SessionView } from "../sessions/types.ts";
import type { Answer } from "./window.ts";
import { parseText } from "./viewer-channel.ts";

export type UploadApprovals = Pick<ApprovalService, "askUpload" | "uploadApproval" | "usedUpload">;

export interface UploadParts {
  readonly session: SessionView;
  readonly groups: readonly string[];
  readonly link: SessionLink;
  readonly files: Pick<FileDesk, "inspectUpload">;
  readonly approvals: UploadApprovals;
  readonly audit: AuditLog;
  readonly log: Log;
  /** What the policy says of one more file now, and the id of the entry that says it. */
  readonly decide: () => Answer & { readonly rule: string; readonly rules: UploadRules };
  /** What a person is told of a failure. */
  readonly bodyOf: (error: unknown) => ErrorBody;
}

type Final = Exclude<UploadAnswer, { type: "progress" }>;
type Tell = (stage: Extract<UploadAnswer, { type: "progress" }>["stage"], done: number) => void;

const greetingMs = 5000;
/** A large file over a slow line, and its inspection. */
const longestMs = 10 * 60_000;
const handOverMs = 10_000;
const policyViolation = 1008;
/** Smallest step of the bar that is worth telling. */
const step = 0.02;

/** Answers with one message, after some about how far it is, and closes. Never throws. */
export async function takeUpload(viewer: WebSocket, parts: UploadParts): Promise<void> {
  const gone = new AbortController();
  viewer.once("close", () => gone.abort(new Error("terminal left")));
  const arriving = receive(viewer);
  const said = await arriving.said;
  if (said === undefined) {
    viewer.close(policyViolation, "message not understood");
    return;
  }
  const send = (answer: UploadAnswer): void => {
    if (viewer.readyState === viewer.OPEN) viewer.send(JSON.stringify(answer));
  };
  const limit = deadline(longestMs, "upload", gone.signal);
  const answer = await judge(arriving.bytes, said, parts, teller(send), limit).catch(
    (error: unknown) => failed(error, said, parts, gone.signal),
  );
  send(answer);
  // What is still on its way is read, so that its goodbye is heard.
  viewer.resume();
  viewer.close(1000, "upload answered");
}

function teller(send: (answer: UploadAnswer) => void): Tell {
  let told: readonly [string, number] = ["", 0];
  return (stage, done) => {
    const shown = Math.min(Math.max(done, 0), 1);
    if (stage === told[0] && shown - told[1] < step) return;
    told = [stage, shown];
    send({ type: "progress", stage, done: shown });
  };
}

async function judge(
  bytes: Readable,
  said: UploadGreeting,
  parts: UploadParts,
  tell: Tell,
  signal: AbortSignal,
): Promise<Final> {
  const decided = parts.decide();
  if (!decided.passes) {
    const why = decided.held === "off" ? "off" : "too-often";
    record(parts, said, { rule: decided.rule, held: why });
    return { type: "held", why, reason: why, messageJa: "", messageEn: "", mayAsk: false };
  }
  const { session, approvals, files, link } = parts;
  const owner = ownerOf(session);
  const asker = { id: owner.ownerId, name: owner.ownerName, ...placeOf(parts) };
  const { rules, rule } = decided;
  await using outcome = await files.inspectUpload(
    {
      ...owner,
      untrustedName: said.name,
      untrustedUrl: pageOf(link),
      sizeBytes: said.sizeBytes,
      uploadRules: rules,
      isApproved: (sha256) => approvals.uploadApproval(asker.id, sha256)?.state === "approved",
      onProgress: tell,
    },
    bytes,
    signal,
  );
  const { askable, passes, sha256 } = outcome;
  const earlier =
    askable || passes?.approved ? approvals.uploadApproval(asker.id, sha256) : undefined;
  if (askable !== undefined && (earlier !== undefined || said.ask !== undefined)) {
    const { id } =
      earlier ?? (await approvals.askUpload(asker, outcome.id, askable, said.ask ?? ""));
    record(parts, said, { rule, ...facts(outcome), approval: id });
    return { type: "asked" };
  }
  record(parts, said, { rule, ...facts(outcome), ...(earlier && { approval: earlier.id }) });
  if (passes === undefined) return heldBy(outcome);
  tell("passing", 0);
  const name = nameForPage(passes.name);
  const page = await link.openUpload(
    said.chooser,
    name,
    deadline(handOverMs, "container takes the file", signal),
  );
  await pipeline(passes.bytes, page, { signal });
  if (earlier) approvals.usedUpload(earlier, asker);
  const { messageJa, messageEn } = outcome;
  return { type: "passed", messageJa, messageEn };
}

function heldBy({ verdict, reason, messageJa, messageEn, askable }: UploadOutcome): Final {
  return {
    type: "held",
    ...{ why: verdict, reason, messageJa, messageEn },
    mayAsk: askable !== undefined,
  };
}

/** Nothing has passed, or not the whole of it. */
function failed(
  error: unknown,
  said: UploadGreeting,
  parts: UploadParts,
  gone: AbortSignal,
): Final {
  const reason = describeError(error);
  parts.log.warn({ event: "upload", outcome: "failure", sessionId: parts.session.id, reason });
  try {
    record(parts, said, { held: gone.aborted ? "cancelled" : "failed" });
  } catch (unrecorded) {
    parts.log.error({ event: "upload-record", reason: describeError(unrecorded) });
  }
  const { ja, nextJa, en, nextEn } = parts.bodyOf(error);
  return {
    ...{ type: "held", why: "failed", reason: "failed", mayAsk: false },
    ...{ messageJa: `${ja}${nextJa}`, messageEn: `${en} ${nextEn}` },
  };
}

function ownerOf({ id: sessionId, ownerId, ownerName, terminal }: SessionView) {
  if (ownerId === null || ownerName === null) throw new Error("nobody's session");
  return { sessionId, ownerId, ownerName, ...(terminal === null ? {} : { terminal }) };
}

const placeOf = ({ groups, session }: UploadParts) => ({
  groups,
  terminal: session.terminal ?? "",
});

function facts(outcome: UploadOutcome): Readonly<Record<string, string>> {
  const { contentType, sha256, passes, verdict, reason } = outcome;
  const seen = { contentType: contentType ?? "unknown", sha256 };
  return passes === undefined
    ? { ...seen, held: verdict, because: reason }
    : { ...seen, because: reason, sha256Out: passes.sha256 };
}

function record(
  { audit, link, session }: UploadParts,
  { name, sizeBytes }: UploadGreeting,
  details: Readonly<Record<string, string>>,
): void {
  const held = details["held"];
  audit.write({
    action: "upload",
    outcome: held === undefined ? "success" : "refused",
    sessionId: session.id,
    ...(session.ownerId === null ? {} : { userId: session.ownerId }),
    ...(session.ownerName === null ? {} : { userName: session.ownerName }),
    ...(session.terminal === null ? {} : { terminal: session.terminal }),
    target: pageOf(link).slice(0, 4096),
    ...(held === undefined ? {} : { reason: held }),
    details: { name, bytes: sizeBytes, ...details },
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
    else if (!bytes.push(chunk) && !bytes.destroyed) viewer.pause();
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
