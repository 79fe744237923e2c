/**
 * The part of the contract (contract.ts) about accounts that come as a table.
 *
 *   POST   /api/admin/users/import      ImportUsers → ImportAnswer         (system-admin; just proved)
 */
import { z } from "zod";
import { roles } from "../identity/types.ts";
import { csvProblems } from "../identity/user-csv.ts";

export const importUsers = z.strictObject({
  text: z.string().max(256 * 1024),
  /** False: nothing is made, the answer says what would be. */
  apply: z.boolean(),
});

export const importAnswer = z.strictObject({
  /** Why there are no rows at all. */
  unreadable: z.enum(["no-header", "too-many", "no-rows"]).nullable(),
  users: z.array(
    z.strictObject({
      line: z.int(),
      name: z.string(),
      displayName: z.string(),
      roles: z.array(z.enum(roles)),
      groups: z.array(z.string()),
      problem: z.enum(csvProblems).nullable(),
    }),
  ),
  /** Null: nothing was made. */
  made: z
    .array(
      z.strictObject({ name: z.string(), displayName: z.string(), oneTimePassword: z.string() }),
    )
    .nullable(),
});
export type ImportAnswer = z.infer<typeof importAnswer>;
