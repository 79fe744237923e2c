/** The real policy desk of the portal under test, over a folder of its own. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { DatabaseSync } from "node:sqlite";
import type { AuditLog } from "../../../orchestrator/audit/events.ts";
import type { Log } from "../../../orchestrator/base/log.ts";
import { watchPolicy } from "../../../orchestrator/egress/policy-watch.ts";
import { PolicyDesk } from "../../../orchestrator/policy-desk/desk.ts";
import { createPolicyDeskService } from "../../../orchestrator/policy-desk/service.ts";
import { policyText } from "../policy-desk/desk-harness.ts";

export async function startPolicyDesk(parts: {
  readonly data: string;
  readonly database: DatabaseSync;
  readonly audit: AuditLog;
  readonly log: Log;
  readonly clock: () => number;
}) {
  const { data, clock: now, ...rest } = parts;
  const file = join(data, "policy/policy.yaml");
  mkdirSync(join(data, "policy/lists"), { recursive: true });
  writeFileSync(file, policyText);
  writeFileSync(join(data, "policy/lists/allow.txt"), "a.example\n");
  const members = () => [];
  const desk = new PolicyDesk({
    ...{ ...rest, file, now, members },
    historyDir: join(data, "policy-history"),
    decisionsDir: join(data, "decisions"),
  });
  await desk.recover();
  const watch = await watchPolicy({
    file,
    log: parts.log,
    onPolicy: () => undefined,
    onProblems: () => undefined,
    isHalfWritten: () => desk.isHalfWritten(),
    onFiles: (files, version) => desk.noticed(files, version),
  });
  const service = createPolicyDeskService({
    desk,
    prepared: () => watch.prepared(),
    exclusively: (work) => watch.exclusively(work),
  });
  return { desk: service, watch, prepared: () => watch.prepared() };
}
