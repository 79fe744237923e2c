/**
 * The policy on its way from the files to everybody who obeys it: the desk that keeps its history, the watch
 * that loads it, the record of what was decided by it.
 */
import type { DatabaseSync } from "node:sqlite";
import { dirname, resolve } from "node:path";
import type { CompiledPolicy } from "../../policies/compiled.ts";
import { IndexStore } from "../../policies/index/store.ts";
import type { AuditWriter } from "../audit/writer.ts";
import type { Log } from "../base/log.ts";
import type { Paths } from "../config/paths.ts";
import type { Config } from "../config/schema.ts";
import { readParentSecrets } from "../egress/parent-secrets.ts";
import { Feeds } from "../egress/feeds/feeds.ts";
import { type PolicyWatch, watchPolicy } from "../egress/policy-watch.ts";
import type { EgressSupervisor } from "../egress/supervisor.ts";
import type { TerminalPlaneSupervisor } from "../egress/terminal-plane.ts";
import type { Identity } from "../identity/identity.ts";
import { DecisionLog } from "../policy-desk/decision-log.ts";
import { PolicyDesk } from "../policy-desk/desk.ts";
import { countMembers } from "../policy-desk/members.ts";
import { createPolicyDeskService } from "../policy-desk/service.ts";
import type { Withdrawal } from "../sessions/withdraw.ts";

/** Who follows the policy besides the session plane; each is there from its own start on. */
export interface InForce {
  policy?: CompiledPolicy;
  terminals?: TerminalPlaneSupervisor;
  withdrawal?: Withdrawal;
  feeds?: Feeds;
}

export interface PolicyParts {
  readonly config: Config;
  readonly paths: Paths;
  readonly database: DatabaseSync;
  readonly identity: Identity;
  readonly audit: AuditWriter;
  readonly egress: EgressSupervisor;
  readonly log: Log;
  readonly now: () => number;
  readonly inForce: InForce;
}

export interface StartedPolicy {
  readonly policy: PolicyWatch;
  readonly policyDesk: ReturnType<typeof createPolicyDeskService>;
  readonly feeds: Feeds;
  readonly decisions: DecisionLog;
}

/** Resolves when the policy is in force. */
export async function startPolicy(
  stack: AsyncDisposableStack,
  { config, paths, database, identity, audit, egress, log, now, inForce }: PolicyParts,
): Promise<StartedPolicy> {
  const decisions = stack.use(
    new DecisionLog({
      folder: paths.decisions,
      retentionDays: config.policy.decisionDays,
      maxBytes: config.policy.decisionMaxMb * 1024 * 1024,
      log,
      now,
      groupsOf: (sessionId) => egress.groupsOf(sessionId),
    }),
  );
  stack.defer(egress.onDecision((decision) => decisions.add(decision)));
  const policyFile = resolve(paths.data, config.proxy.policyFile);
  const members = () => countMembers(identity.list());
  const desk = new PolicyDesk({
    database,
    file: policyFile,
    historyDir: paths.policyHistory,
    decisionsDir: paths.decisions,
    ...{ audit, now, members },
  });
  await desk.recover();
  const policy = stack.use(
    await watchPolicy({
      file: policyFile,
      lists: await IndexStore.open(paths.listSnapshots),
      isHalfWritten: () => desk.isHalfWritten(),
      onFiles: (changed, version) => desk.noticed(changed, version),
      log,
      onPolicy: async (compiled) => {
        const secrets = await readParentSecrets(paths.secrets, compiled, log);
        await egress.configure(compiled, secrets);
        inForce.terminals?.configure(compiled, secrets);
        inForce.policy = compiled;
        inForce.feeds?.configure(compiled, secrets);
        audit.write({ action: "policy-load", outcome: "success", reason: compiled.version });
        await inForce.withdrawal?.look();
      },
      onProblems: ([first]) => {
        if (!first) return;
        audit.write({
          action: "policy-load",
          outcome: "refused",
          target: `${first.file}:${first.line}`,
          details: { problem: first.en.slice(0, 1000) },
        });
      },
    }),
  );
  const policyDesk = stack.use(
    createPolicyDeskService({
      desk,
      prepared: () => policy.prepared(),
      exclusively: (work) => policy.exclusively(work),
    }),
  );
  const feeds = stack.use(
    new Feeds({
      ...{ database, audit, log, now },
      uid: config.proxy.uid,
      dnsServers: config.proxy.dnsServers,
      runFolder: paths.run,
      policyFolder: dirname(policyFile),
      heldFolder: paths.feeds,
      exclusively: async (work) => {
        await policy.exclusively(work);
        return policy.status().problems.map(({ file }) => file);
      },
    }),
  );
  inForce.feeds = feeds;
  const known = policy.policy();
  if (known) feeds.configure(known, await readParentSecrets(paths.secrets, known, log));
  return { policy, policyDesk, feeds, decisions };
}
