/** A policy desk over a real folder, database, audit log and watch; only the proxy is not there. */
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { pino } from "pino";
import { loadSigningKey } from "../../../orchestrator/audit/keys.ts";
import { queryAudit } from "../../../orchestrator/audit/query.ts";
import { createAuditWriter } from "../../../orchestrator/audit/writer.ts";
import { type PolicyWatch, watchPolicy } from "../../../orchestrator/egress/policy-watch.ts";
import { PolicyDesk } from "../../../orchestrator/policy-desk/desk.ts";
import { createPolicyDeskService } from "../../../orchestrator/policy-desk/service.ts";
import type { PolicyDeskService } from "../../../orchestrator/policy-desk/types.ts";
import { openDatabase } from "../../../orchestrator/store/database.ts";

export const policyText = `version: 1
name: p
lists: { allow: { file: lists/allow.txt } }
rules:
  # 開いてよいサイト
  - { id: R1, plane: [isolated], to: { lists: [allow] }, action: allow }
tests:
  - { plane: isolated, url: "https://never.example/", expect: block }
`;

export interface Desk extends AsyncDisposable {
  readonly data: string;
  readonly desk: PolicyDesk;
  readonly service: PolicyDeskService;
  readonly watch: PolicyWatch;
  /** Every policy that came into force, by version. */
  readonly loaded: string[];
  readonly write: (path: string, text: string) => void;
  readonly read: (path: string) => string;
  audited(): { action: string; outcome: string; reason: string | null; userName: string | null }[];
}

export function makeData(): string {
  const data = mkdtempSync(join(tmpdir(), "hanare-test-desk-"));
  mkdirSync(join(data, "policy/lists"), { recursive: true });
  writeFileSync(join(data, "policy/policy.yaml"), policyText);
  writeFileSync(join(data, "policy/lists/allow.txt"), "# 許可\na.example # 一\n");
  return data;
}

export function copyData(data: string): string {
  const copy = mkdtempSync(join(tmpdir(), "hanare-test-desk-"));
  cpSync(data, copy, { recursive: true });
  return copy;
}

/** @param onStep ends the desk like a crash would when it throws */
export async function startDesk(data: string, onStep?: (step: string) => void): Promise<Desk> {
  const database = openDatabase(join(data, "hanare.db"));
  const audit = createAuditWriter({
    database,
    now: Date.now,
    signingKey: loadSigningKey(join(data, "keys")),
  });
  const log = pino({ level: "silent" });
  const file = join(data, "policy/policy.yaml");
  const desk = new PolicyDesk({
    database,
    file,
    historyDir: join(data, "policy-history"),
    decisionsDir: join(data, "decisions"),
    audit,
    now: Date.now,
    members: () => [],
    ...(onStep && { onStep }),
  });
  await desk.recover();
  const loaded: string[] = [];
  const watch = await watchPolicy({
    file,
    log,
    onPolicy: ({ version }) => void loaded.push(version),
    onProblems: () => undefined,
    isHalfWritten: () => desk.isHalfWritten(),
    onFiles: (files, version) => desk.noticed(files, version),
  });
  const service = createPolicyDeskService({
    desk,
    exclusively: (work) => watch.exclusively(work),
    prepared: () => watch.prepared(),
  });
  return {
    data,
    desk,
    service,
    watch,
    loaded,
    write(path, text) {
      mkdirSync(dirname(join(data, "policy", path)), { recursive: true });
      writeFileSync(join(data, "policy", path), text);
    },
    read: (path) => readFileSync(join(data, "policy", path), "utf8"),
    audited: () =>
      queryAudit(database, {}).records.map(({ action, outcome, reason, userName }) => ({
        action,
        outcome,
        reason,
        userName,
      })),
    async [Symbol.asyncDispose]() {
      await service[Symbol.asyncDispose]();
      await watch[Symbol.asyncDispose]();
      audit[Symbol.dispose]();
      database.close();
    },
  };
}

export function forget(data: string): void {
  rmSync(data, { recursive: true, force: true });
}
