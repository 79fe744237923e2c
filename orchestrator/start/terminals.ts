/** The terminal plane: its process, and the records of what it decides. */
import type { DecisionRecord } from "../../proxy/ipc.ts";
import type { AuditWriter } from "../audit/writer.ts";
import type { Log } from "../base/log.ts";
import type { Paths } from "../config/paths.ts";
import type { Config } from "../config/schema.ts";
import { TerminalAudit } from "../egress/terminal-audit.ts";
import { type TerminalPlaneOptions, TerminalPlaneSupervisor } from "../egress/terminal-plane.ts";
import type { DecisionLog } from "../policy-desk/decision-log.ts";

export interface TerminalParts {
  readonly config: Config;
  readonly paths: Paths;
  readonly settings: TerminalPlaneOptions["settings"];
  readonly audit: AuditWriter;
  readonly decisions: DecisionLog;
  readonly log: Log;
  /** Called for every decision besides. */
  readonly onDecision: (decision: DecisionRecord) => void;
}

export function startTerminals(
  stack: AsyncDisposableStack,
  { config, paths, settings, audit, decisions, log, onDecision }: TerminalParts,
): TerminalPlaneSupervisor {
  const terminalAudit = stack.use(new TerminalAudit(audit, log));
  return stack.use(
    new TerminalPlaneSupervisor({
      log,
      uid: config.terminals.uid,
      dnsServers: config.proxy.dnsServers,
      limits: config.terminals.limits,
      listFolder: paths.listSnapshots,
      settings,
      onDecision: (decision) => {
        decisions.add(decision);
        terminalAudit.decided(decision);
        onDecision(decision);
      },
    }),
  );
}
