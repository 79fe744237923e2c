import { expect, it } from "vitest";
import type { AuditRecord } from "../../../orchestrator/http/contract.ts";
import { endReasons } from "../../../orchestrator/sessions/types.ts";
import { reasonText } from "../../../orchestrator/web/admin/audit-reason.ts";
import { text } from "../../../orchestrator/web/i18n/dictionary.ts";

const words = (action: AuditRecord["action"], reason: string | null) => {
  const name = reasonText({ action, reason });
  return name === null ? null : text("ja", name);
};

it.each<[AuditRecord["action"], string | null, string | null]>([
  ["sign-in", "wrong-password", "パスワードが違う"],
  ["proxy-refusal", "default", "既定のとおり"],
  ["proxy-refusal", "R010", null],
  ["verdict", "sanitized:metadata-removed", "無害化済み"],
  ["verdict", "infected:signature:Hanare.Test.EICAR", "ウイルス検出"],
  ["verdict", "toString", null],
  ["sign-in", "__proto__", null],
  ["sign-in", null, null],
])("a record of %s with the reason %s says %s", (action, reason, expected) => {
  expect(words(action, reason)).toBe(expected);
});

it("every end of a session has words", () => {
  expect(endReasons.filter((reason) => words("session-end", reason) === null)).toEqual([]);
});
