/**
 * Decides about WebSocket upgrades: our own page, a valid ticket, the person's own living session. The
 * gateway opens nothing before this said yes, and answers a refusal with answerRaw. Reads only.
 */
import type { IncomingMessage } from "node:http";
import { AppError } from "../base/errors.ts";
import type { SessionId } from "../base/ids.ts";
import type { Identity } from "../identity/identity.ts";
import type { Person, SessionService } from "../sessions/types.ts";
import { admit } from "./caller.ts";
import { toAppError } from "./error-map.ts";
import { judgeOrigin } from "./origin.ts";
import { ownSession } from "./owned.ts";
import type { RequestRate } from "./request-rate.ts";
import { terminalOf } from "./terminal.ts";

export interface UpgradeDeps {
  readonly identity: Identity;
  readonly sessions: SessionService;
  readonly rate: RequestRate;
}

/** `open` asks for a session; the others belong to one that the person has. */
export type AuthorizedUpgrade = {
  readonly person: Person;
  readonly terminal: string;
  /** Ticket of the sign-in; what it opened ends with it. */
  readonly signIn: string;
} & ({ readonly kind: "open" } | { readonly kind: SessionSocket; readonly sessionId: SessionId });

type SessionSocket = "control" | "picture" | "screen" | "sound" | "upload";

/** Host is not looked at here: judgeOrigin compares it. Any query string is refused: the contract has none. */
const path = /^\/api\/sessions\/([a-z0-9]{1,64})\/(control|picture|screen|sound|upload)$/;

export function authorizeUpgrade(
  request: IncomingMessage,
  { identity, sessions, rate }: UpgradeDeps,
): AuthorizedUpgrade | AppError {
  try {
    refuseForeign(request);
    const terminal = terminalOf(request.socket);
    const caller = admit(
      { access: "roles", roles: ["user"] },
      rate.counted(terminal, () => identity.authenticate(request.headers.cookie)),
    );
    const { id, name, groups, roles } = caller.user;
    const who = {
      person: { id, name, groups, administrator: roles.includes("system-admin") },
      terminal,
      signIn: caller.ticketId ?? "",
    };
    if (request.url === "/api/open") return { ...who, kind: "open" };
    const [, untrustedId, kind] = path.exec(request.url ?? "") ?? [];
    if (untrustedId === undefined) throw new AppError("NOT_FOUND", { what: "upgrade" });
    const session = ownSession(sessions, untrustedId, caller.user.id);
    if (session.state !== "active") throw new AppError("SESSION_ENDED", { state: session.state });
    return { ...who, sessionId: session.id, kind: kind as SessionSocket };
  } catch (error) {
    return toAppError(error);
  }
}

function refuseForeign({ method, headers }: IncomingMessage): void {
  const site = headers["sec-fetch-site"];
  const verdict = judgeOrigin({
    method: method ?? "",
    upgrade: true,
    host: headers.host,
    origin: headers.origin,
    secFetchSite: typeof site === "string" ? site : undefined,
  });
  if (verdict.outcome === "refused") throw new AppError("CROSS_ORIGIN", { reason: verdict.reason });
}
