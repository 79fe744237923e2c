/** 上長承認, tied to the file desk, the kept files and the accounts. */
import type { DatabaseSync } from "node:sqlite";
import type { AuditWriter } from "../audit/writer.ts";
import type { Log } from "../base/log.ts";
import type { Paths } from "../config/paths.ts";
import type { Config } from "../config/schema.ts";
import { ApprovalDesk } from "../downloads/approvals/desk.ts";
import type { RunningFileDesk } from "../downloads/desk/desk.ts";
import { KeptFiles } from "../downloads/quarantine/kept-files.ts";
import type { Identity } from "../identity/identity.ts";
import type { Account } from "../identity/types.ts";

export interface ApprovalParts {
  readonly config: Config;
  readonly paths: Pick<Paths, "keptFiles" | "keys">;
  readonly database: DatabaseSync;
  readonly audit: AuditWriter;
  readonly log: Log;
  readonly files: RunningFileDesk;
  readonly identity: Pick<Identity, "find" | "list">;
  readonly now: () => number;
}

export async function startApprovals(
  stack: AsyncDisposableStack,
  { config, paths, database, audit, log, files, identity, now }: ApprovalParts,
): Promise<ApprovalDesk> {
  const kept = await KeptFiles.open(paths.keptFiles, paths.keys, database);
  // Who is shut out decides nothing, and nobody stands in for them.
  const inUse = (account: Account | undefined) =>
    account?.disabled === false ? account : undefined;
  const desk = stack.use(
    new ApprovalDesk({
      ...{ database, audit, log, files, kept, now },
      limits: config.files.approval,
      accountById: (id) => inUse(identity.find(id)),
      accountByName: (name) => inUse(identity.list().find((account) => account.name === name)),
    }),
  );
  stack.defer(desk.onChange((approval) => files.showApproval(approval)));
  return desk;
}
