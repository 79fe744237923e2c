/** Notices, tied to the audit log, the accounts, approvals and the state of the machine. */
import { statfs } from "node:fs/promises";
import type { DatabaseSync } from "node:sqlite";
import { z } from "zod";
import { chainedRecord } from "../audit/chain.ts";
import { makeDailyCheck } from "../audit/daily-check.ts";
import type { AuditEvent } from "../audit/events.ts";
import { forwardBehind } from "../audit/forward/behind.ts";
import { forwardTarget } from "../audit/forward/position.ts";
import { readHead } from "../audit/tables.ts";
import type { Log } from "../base/log.ts";
import type { UserId } from "../base/ids.ts";
import type { Paths } from "../config/paths.ts";
import type { Config } from "../config/schema.ts";
import type { ApprovalDesk } from "../downloads/approvals/desk.ts";
import type { Overview } from "../http/overview-contract.ts";
import type { Identity } from "../identity/identity.ts";
import type { Account } from "../identity/types.ts";
import { type Condition, conditionsOf } from "../notices/conditions.ts";
import { toldActions } from "../notices/from-record.ts";
import { Outbox } from "../notices/outbox.ts";
import { makeRestarts } from "../notices/restarts.ts";
import { readDoors } from "./notice-doors.ts";
import { Notices } from "../notices/notices.ts";
import type { NoticeKind } from "../notices/types.ts";

export interface NoticeStart {
  readonly config: Config;
  readonly paths: Paths;
  readonly database: DatabaseSync;
  readonly log: Log;
  readonly identity: Pick<Identity, "list">;
  readonly approvals: Pick<ApprovalDesk, "delegations" | "look">;
  readonly installation: string;
  readonly overview: () => Promise<Overview>;
  readonly now: () => number;
}

export function startNotices(stack: AsyncDisposableStack, parts: NoticeStart): Notices {
  const { config, paths, database, log, identity, now, installation } = parts;
  const outbox = stack.use(
    new Outbox({
      ...{ database, log, now, installation, portal: config.terminals.portal },
      ...readDoors(config.notifications, paths.data),
    }),
  );
  const mailDomains = config.notifications.mail?.domains ?? [];
  return stack.use(
    new Notices({
      ...{ database, log, now, outbox, mailDomains },
      accounts: () => identity.list(),
      deciders: (approval, people) => decidersOf(parts.approvals, approval, people),
      newest: () => readHead(database).seq,
      records: (after, upTo) => recordsBetween(database, after, upTo),
      look: makeLook(parts),
    }),
  );
}

/** Approvers and whom they named, as far as they may see this one: the desk alone says so. */
export function decidersOf(
  approvals: NoticeStart["approvals"],
  approval: string,
  accounts: readonly Account[],
): readonly UserId[] {
  const approvers = accounts.filter(({ roles }) => roles.includes("approver"));
  const named = new Set(
    approvers.flatMap(({ id }) => approvals.delegations(id).map(({ delegateId }) => delegateId)),
  );
  const may = (account: Account) => {
    try {
      approvals.look({ ...account, terminal: "local" }, approval);
      return true;
    } catch {
      // Not theirs, or gone.
      return false;
    }
  };
  return accounts
    .filter((account) => account.roles.includes("approver") || named.has(account.id))
    .filter(may)
    .map(({ id }) => id);
}

/** Those that somebody may be told of. */
export function recordsBetween(
  database: DatabaseSync,
  after: number,
  upTo: number,
): readonly AuditEvent[] {
  const found = database
    .prepare(
      `SELECT record FROM audit_records WHERE seq > ? AND seq <= ?
         AND action IN (${toldActions.map(() => "?").join(", ")}) ORDER BY seq`,
    )
    .all(after, upTo, ...toldActions);
  return found.map((row) => chainedRecord.parse(JSON.parse(recordRow.parse(row).record)).event);
}

const recordRow = z.object({ record: z.string() });

function makeLook({ config, paths, database, overview, now, log }: NoticeStart) {
  const audit = makeDailyCheck({ database: paths.database, keys: paths.keys, log, now });
  const restarted = makeRestarts();
  return async (stands: (kind: NoticeKind) => boolean): Promise<readonly Condition[]> => {
    const { signatures, scanner, proxy, capacity, restarts } = await overview();
    const { bavail, blocks, bsize } = await statfs(paths.data);
    const { forward } = config.audit;
    return conditionsOf(
      {
        ...{ signatures, scanner, proxy, line: capacity.line },
        memory: capacity.memory,
        restarted: restarted(restarts, now()),
        disk: { freeBytes: bavail * bsize, totalBytes: blocks * bsize },
        ...(await audit()),
        ...(forward && { forward: forwardBehind(database, forwardTarget(forward)) }),
      },
      now(),
      stands,
    );
  };
}
