/** Requests of people whose way was refused, tied to what the two planes decide. */
import type { DatabaseSync } from "node:sqlite";
import type { PreparedPolicy } from "../../policies/match.ts";
import type { DecisionRecord } from "../../proxy/ipc.ts";
import type { AuditWriter } from "../audit/writer.ts";
import type { SessionId } from "../base/ids.ts";
import type { Log } from "../base/log.ts";
import type { Config } from "../config/schema.ts";
import type { EgressSupervisor } from "../egress/supervisor.ts";
import type { PolicyDeskService } from "../policy-desk/types.ts";
import { RequestDesk } from "../requests/desk.ts";
import { RecentRefusals } from "../requests/recent-refusals.ts";
import type { SessionService } from "../sessions/types.ts";

export interface RequestParts {
  readonly limits: () => Config["requests"];
  readonly database: DatabaseSync;
  readonly audit: AuditWriter;
  readonly policyDesk: PolicyDeskService;
  readonly egress: EgressSupervisor;
  readonly sessions: Pick<SessionService, "find">;
  readonly prepared: () => PreparedPolicy | undefined;
  readonly log: Log;
  readonly now: () => number;
}

export interface StartedRequests {
  readonly desk: RequestDesk;
  /** For decisions of the terminal plane; the session plane's are heard already. */
  readonly decided: (decision: DecisionRecord) => void;
}

/** Before the gateway: a viewer that is told of a refusal may ask for it at once. */
export function startRequests(
  stack: AsyncDisposableStack,
  { limits, database, audit, policyDesk, egress, sessions, prepared, log, now }: RequestParts,
): StartedRequests {
  const refusals = new RecentRefusals(now);
  const decided = (decision: DecisionRecord): void => {
    if (decision.verdict !== "block") return;
    const { sessionId } = decision;
    const session = sessionId === undefined ? undefined : sessions.find(sessionId as SessionId);
    if (decision.plane === "isolated" && session?.state !== "active") return;
    const groups = sessionId === undefined ? [] : (egress.groupsOf(sessionId) ?? []);
    refusals.add(decision, session?.ownerId ?? undefined, groups);
  };
  stack.defer(egress.onDecision(decided));
  const desk = stack.use(
    new RequestDesk({
      ...{ database, audit, refusals, policyDesk, prepared, log, now, limits },
    }),
  );
  return { desk, decided };
}
