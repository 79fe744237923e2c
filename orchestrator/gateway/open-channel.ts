/**
 * The socket on which a page asks for its session: one message says what is wanted, the answers say where
 * the person stands in line, then the session. From there on it is that session's control channel. Closing
 * the tab leaves the line.
 */
import type { WebSocket } from "ws";
import { deadline } from "../base/deadline.ts";
import { AppError, describeError } from "../base/errors.ts";
import type { Log } from "../base/log.ts";
import type { ErrorBody } from "../http/contract.ts";
import { type GatewayMessage, openGreeting } from "../http/room-contract.ts";
import type { Person, SessionService, SessionView } from "../sessions/types.ts";
import { parseText } from "./viewer-channel.ts";

/** Who asks; found out before the upgrade. */
export interface Asker {
  readonly person: Person;
  readonly terminal: string;
}

export interface OpenChannelOptions {
  readonly sessions: Pick<SessionService, "open">;
  readonly log: Log;
  /** What a person is told of a failure. */
  readonly bodyOf: (error: unknown) => ErrorBody;
}

const greetingMs = 5000;
/** Nobody waits longer in line; a page that still wants to asks again and keeps its honest place at the end. */
const longestWaitMs = 60 * 60_000;
const policyViolation = 1008;
const normal = 1000;

/** The session, once there is one; undefined when the page left or was refused (and told why). */
export async function openOnSocket(
  socket: WebSocket,
  { person, terminal }: Asker,
  { sessions, log, bodyOf }: OpenChannelOptions,
): Promise<SessionView | undefined> {
  const gone = new AbortController();
  const onGone = (): void => gone.abort(new AppError("SESSION_ENDED", { reason: "page left" }));
  socket.once("close", onGone);
  const tell = (message: GatewayMessage): void => {
    if (socket.readyState === socket.OPEN) socket.send(JSON.stringify(message));
  };
  try {
    const { type: _type, ...asked } = await greeting(socket, gone.signal);
    return await sessions.open(
      person,
      { terminal, ...defined(asked) },
      deadline(longestWaitMs, "waiting for a session", gone.signal),
      (notice) => tell({ type: "waiting", ...notice }),
    );
  } catch (error) {
    if (gone.signal.aborted) return undefined;
    const body = bodyOf(error);
    log.warn({
      event: "session-open",
      outcome: "failure",
      requestId: body.requestId,
      reason: describeError(error),
    });
    tell({ type: "failed", error: body });
    socket.close(body.code === "BAD_REQUEST" ? policyViolation : normal, "session not opened");
    return undefined;
  } finally {
    socket.off("close", onGone);
  }
}

/** Throws BAD_REQUEST for anything but a greeting, and when none comes. */
async function greeting(socket: WebSocket, gone: AbortSignal) {
  const signal = deadline(greetingMs, "greeting", gone);
  const { promise, resolve, reject } =
    Promise.withResolvers<ReturnType<typeof openGreeting.parse>>();
  const onAbort = (): void => reject(new AppError("BAD_REQUEST", { where: "greeting" }));
  signal.addEventListener("abort", onAbort, { once: true });
  socket.once("message", (data, isBinary) => {
    const asked = isBinary ? undefined : openGreeting.safeParse(parseText(data));
    if (asked?.success === true) resolve(asked.data);
    else reject(new AppError("BAD_REQUEST", { where: "greeting" }));
  });
  try {
    return await promise;
  } finally {
    signal.removeEventListener("abort", onAbort);
  }
}

/** Without the keys that are undefined. */
function defined<T extends object>(object: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]: Exclude<T[K], undefined>;
  };
}
