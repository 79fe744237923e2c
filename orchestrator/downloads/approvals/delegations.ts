/** Who stands in for which absent approver, and when. Rows only. */
import type { DatabaseSync } from "node:sqlite";
import { z } from "zod";
import { newApprovalId, type UserId } from "../../base/ids.ts";
import { inTransaction, migrate } from "../../store/database.ts";
import type { Delegation } from "./types.ts";

export const delegationSteps = [
  `CREATE TABLE approval_delegations (
     id TEXT PRIMARY KEY,
     approver_id TEXT NOT NULL, approver_name TEXT NOT NULL,
     delegate_id TEXT NOT NULL, delegate_name TEXT NOT NULL,
     from_ms INTEGER NOT NULL, until_ms INTEGER NOT NULL
   ) STRICT`,
];
const row = z
  .object({
    id: z.string(),
    approver_id: z.string(),
    approver_name: z.string(),
    delegate_id: z.string(),
    delegate_name: z.string(),
    from_ms: z.int(),
    until_ms: z.int(),
  })
  .transform(
    (each): Delegation => ({
      id: each.id,
      approverId: each.approver_id as UserId,
      approverName: each.approver_name,
      delegateId: each.delegate_id as UserId,
      delegateName: each.delegate_name,
      from: each.from_ms,
      until: each.until_ms,
    }),
  );

export class Delegations {
  readonly #database: DatabaseSync;

  constructor(database: DatabaseSync) {
    migrate(database, "approval-delegations", delegationSteps);
    this.#database = database;
  }

  /** `record` writes to the audit log; a throw there leaves nothing. */
  add(delegation: Omit<Delegation, "id">, record: (added: Delegation) => void): Delegation {
    const added = { id: newApprovalId() as string, ...delegation };
    inTransaction(this.#database, () => {
      this.#database
        .prepare("INSERT INTO approval_delegations VALUES (?, ?, ?, ?, ?, ?, ?)")
        .run(
          added.id,
          added.approverId,
          added.approverName,
          added.delegateId,
          added.delegateName,
          added.from,
          added.until,
        );
      record(added);
    });
    return added;
  }

  /** Those of this approver that are not over. */
  of(approverId: UserId, nowMs: number): readonly Delegation[] {
    return this.#all("approver_id = ? AND until_ms > ?", approverId, nowMs);
  }

  /** Those to this person that hold now. */
  to(delegateId: UserId, nowMs: number): readonly Delegation[] {
    return this.#all("delegate_id = ? AND until_ms > ? AND from_ms <= ?", delegateId, nowMs, nowMs);
  }

  remove(id: string, record: () => void): void {
    inTransaction(this.#database, () => {
      this.#database.prepare("DELETE FROM approval_delegations WHERE id = ?").run(id);
      record();
    });
  }

  #all(where: string, ...values: (number | string)[]): readonly Delegation[] {
    return this.#database
      .prepare(`SELECT * FROM approval_delegations WHERE ${where} ORDER BY from_ms`)
      .all(...values)
      .map((each) => row.parse(each));
  }
}
