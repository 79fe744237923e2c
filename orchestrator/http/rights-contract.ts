/**
 * What people may do in a session, by the policy in force:
 *
 *   GET /api/rights        → MyRights                   (whoever is signed in, their own)
 *   GET /api/admin/groups  → { groups: GroupView[] }    (list-admin, system-admin; how many people, never who)
 */
import { z } from "zod";

export const rightsView = z.strictObject({
  session: z.boolean(),
  download: z.boolean(),
  upload: z.boolean(),
  clipboardIn: z.boolean(),
  clipboardOut: z.boolean(),
  print: z.boolean(),
  sound: z.boolean(),
  watermark: z.boolean(),
  /** Null: as the installation is configured. */
  idleMinutes: z.number().nullable(),
  lifetimeHours: z.number().nullable(),
  maxSessions: z.int().nullable(),
  /** Id and name of the entry of the policy; "none": the policy has no such section, "default": no entry fits. */
  rule: z.string(),
  ruleName: z.string().nullable(),
});
export type RightsView = z.infer<typeof rightsView>;

export const myRights = z.strictObject({ groups: z.array(z.string()), rights: rightsView });
export type MyRights = z.infer<typeof myRights>;

export const groupView = z.strictObject({
  name: z.string(),
  people: z.int(),
  /** Named in the policy's rights. */
  inPolicy: z.boolean(),
  /** Of somebody who is in this group alone. */
  rights: rightsView,
});
export type GroupView = z.infer<typeof groupView>;
