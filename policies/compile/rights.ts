/** The `rights:` section. Pure. */
import type { CompiledRights } from "../compiled.ts";
import type { PolicyRights } from "../schema.ts";
import { checkGroups, checkId, type Context, expiry, placeOf } from "./context.ts";

export function compileRights(context: Context): { rights?: CompiledRights[] } {
  const { rights } = context.value;
  if (!rights) return {};
  const firstLine = new Map<string, number>();
  return {
    rights: rights.map((entry, index) => {
      const path = ["rights", index];
      checkId(context, path, entry.id, firstLine);
      checkGroups(context, [...path, "groups"], entry.groups ?? []);
      return {
        ...valuesOf(entry),
        ...placeOf(context, path),
        ...expiry(context, [...path, "expires"], entry.expires),
      };
    }),
  };
}

function valuesOf(entry: PolicyRights): Omit<CompiledRights, "line"> {
  const { id, session, download, upload, print, watermark, files } = entry;
  const { max_chars: maxChars, ...clipboard } = entry.clipboard;
  return {
    id,
    session,
    download,
    upload,
    clipboard: { ...clipboard, ...(maxChars !== undefined && { maxChars }) },
    print,
    watermark,
    files,
    ...(entry.upload_rules && { uploadRules: uploadRulesOf(entry.upload_rules) }),
    ...(entry.name !== undefined && { name: entry.name }),
    ...(entry.groups && { groups: entry.groups }),
    ...(entry.shared_folders && { sharedFolders: entry.shared_folders }),
    ...(entry.watermark_text !== undefined && { watermarkText: entry.watermark_text }),
    ...(entry.hide_on_blur !== undefined && { hideOnBlur: entry.hide_on_blur }),
    ...(entry.sound !== undefined && { sound: entry.sound }),
    ...(entry.runtime && { runtime: entry.runtime }),
    ...(entry.idle_minutes !== undefined && { idleMinutes: entry.idle_minutes }),
    ...(entry.lifetime_hours !== undefined && { lifetimeHours: entry.lifetime_hours }),
    ...(entry.max_sessions !== undefined && { maxSessions: entry.max_sessions }),
  };
}

function uploadRulesOf({
  types,
  max_mb: maxMb,
  my_number: myNumber,
  on_keyword: onKeyword,
  keywords,
  profile,
}: NonNullable<PolicyRights["upload_rules"]>): NonNullable<CompiledRights["uploadRules"]> {
  return {
    ...{ myNumber, keywords, onKeyword, profile },
    ...(types && { types }),
    ...(maxMb !== undefined && { maxBytes: maxMb * 1024 * 1024 }),
  };
}
