/**
 * Settings of the installation:
 *
 *   GET  /api/admin/settings        → SettingsView                      (system-admin)
 *   POST /api/admin/settings/trial  SettingsRequest → SettingsTrial     (system-admin)
 *   POST /api/admin/settings        SettingsRequest → SettingsView      (system-admin; a fresh proof)
 */
import { z } from "zod";
import { fixedReasons } from "../settings/types.ts";

const value = z.union([
  z.string().max(2048),
  z.number(),
  z.boolean(),
  z.null(),
  z.array(z.string().max(253)).max(500).readonly(),
]);
const fault = z.strictObject({
  line: z.int(),
  path: z.string(),
  problem: z.strictObject({ ja: z.string(), en: z.string() }),
  write: z.string(),
});

export const settingsView = z.strictObject({
  file: z.string(),
  /** Of the file's bytes; goes back with a change. */
  base: z.string(),
  settings: z.array(
    z.strictObject({
      path: z.string(),
      kind: z.enum(["integer", "number", "boolean", "text", "choice", "texts", "list"]),
      options: z.array(z.string()),
      minimum: z.number().nullable(),
      maximum: z.number().nullable(),
      standard: value,
      written: value,
      live: z.boolean(),
      waits: z.boolean(),
      fixed: z.enum(fixedReasons).nullable(),
    }),
  ),
  faults: z.array(fault),
});
export type SettingsView = z.infer<typeof settingsView>;

export const settingsRequest = z.strictObject({
  base: z.string().regex(/^[0-9a-f]{64}$/),
  changes: z
    .array(z.strictObject({ path: z.string().max(64), value }))
    .min(1)
    .max(64),
});
export type SettingsRequest = z.infer<typeof settingsRequest>;

export const settingsTrial = z.strictObject({
  before: z.array(z.string()),
  after: z.array(z.string()),
  faults: z.array(fault),
});
export type SettingsTrial = z.infer<typeof settingsTrial>;
