/**
 * Who may use which route, said a second time and apart from the routes: the unit tests hold it against their
 * list, the security tests against the running server.
 */
import type { ApiScope, Role, Stage } from "../../orchestrator/identity/types.ts";

export interface Row {
  /** "anyone" needs no sign-in; "person" is everybody who signed in, whatever their roles; "system" no person. */
  readonly who: "anyone" | "person" | "system" | readonly Role[];
  /** The earliest stage of a sign-in that reaches it; left out: a complete one. */
  readonly from?: Stage;
  /** Wants a fresh proof. */
  readonly fresh?: true;
  /** What a token of another system needs; left out: no token opens it. */
  readonly scope?: ApiScope;
}

const anyone: Row = { who: "anyone" };
const person: Row = { who: "person" };
const only = (...who: Role[]): Row => ({ who });
const lists = only("list-admin", "system-admin");
const listsProven: Row = { ...lists, fresh: true };
const system = only("system-admin");
const systemProven: Row = { ...system, fresh: true };
const factor: Row = { who: "person", from: "enrol", fresh: true };
const to = (row: Row, scope: ApiScope): Row => ({ ...row, scope });
const ownProven: Row = { who: "person", fresh: true };

export const accessTable: Readonly<Record<string, Row>> = {
  "POST /api/sign-in": anyone,
  "POST /api/go": anyone,
  "GET /api/health": anyone,
  "GET /api/me": { who: "person", from: "second-factor" },
  "POST /api/sign-out": { who: "person", from: "second-factor" },
  "POST /api/second-factor/code": { who: "person", from: "second-factor" },
  "POST /api/second-factor/passkey": { who: "person", from: "second-factor" },
  "POST /api/second-factor/passkey/options": { who: "person", from: "second-factor" },
  "POST /api/password": { who: "person", from: "password" },
  "POST /api/proof": { who: "person", from: "enrol" },
  "GET /api/factors": { who: "person", from: "enrol" },
  "POST /api/factors/totp": factor,
  "POST /api/factors/totp/confirm": factor,
  "DELETE /api/factors/totp": ownProven,
  "POST /api/factors/passkeys/options": factor,
  "POST /api/factors/passkeys": factor,
  "DELETE /api/factors/passkeys/:id": ownProven,
  "POST /api/factors/recovery-codes": ownProven,
  "GET /api/sign-ins": person,
  "DELETE /api/sign-ins": person,
  "DELETE /api/sign-ins/:id": person,
  "GET /api/session": person,
  "POST /api/sessions": only("user"),
  "GET /api/sessions/:id": person,
  "DELETE /api/sessions/:id": person,
  "POST /api/downloads/:id/link": person,
  "GET /api/saves/:id": person,
  "GET /api/downloads/:id/manifest": person,
  "POST /api/downloads/:id/password": person,
  "GET /api/notices": person,
  "POST /api/notices/read": person,
  "GET /api/notices/settings": person,
  "POST /api/notices/settings": person,
  "POST /api/downloads/:id/shared-folder": person,
  "POST /api/approvals/:id/shared-folder": person,
  "GET /api/shared-folders": person,
  "GET /api/admin/signatures": system,
  "POST /api/admin/signatures": system,
  "GET /api/files": person,
  "GET /api/files/:id/manifest": person,
  "GET /api/admin/records": to(only("auditor"), "files:read"),
  "GET /api/admin/records/:id/manifest": to(only("auditor"), "files:read"),
  "POST /api/downloads/:id/approval": person,
  // Whoever signed in may look; the desk answers each with what they may decide, and 404 for the rest.
  "GET /api/approvals": person,
  "GET /api/approvals/:id": person,
  "GET /api/approvals/:id/manifest": person,
  "GET /api/approvals/:id/preview": person,
  "POST /api/approvals/:id/link": person,
  "POST /api/approvals/:id/decide": person,
  "DELETE /api/approvals/:id": person,
  "GET /api/delegations": person,
  "POST /api/delegations": only("approver"),
  "DELETE /api/delegations/:id": person,
  "GET /api/requests": person,
  "GET /api/requests/refusals/:id": person,
  "POST /api/requests": person,
  "DELETE /api/requests/:id": person,
  "GET /api/admin/requests": to(lists, "requests:read"),
  "GET /api/admin/requests/:id": to(lists, "requests:read"),
  "POST /api/admin/requests/:id/decide": to(listsProven, "requests:write"),
  "GET /api/admin/policy": to(lists, "policy:read"),
  "POST /api/admin/policy/explain": to(lists, "policy:read"),
  "GET /api/admin/policy/lint": to(lists, "policy:read"),
  "GET /api/admin/policy/versions": to(lists, "policy:read"),
  "GET /api/admin/policy/versions/:number": to(lists, "policy:read"),
  "GET /api/admin/policy/versions/:number/file": to(lists, "policy:read"),
  "GET /api/admin/policy/diff": to(lists, "policy:read"),
  "POST /api/admin/policy/trials": to(lists, "policy:write"),
  "GET /api/admin/policy/trials/:id": to(lists, "policy:read"),
  "POST /api/admin/policy/publish": to(listsProven, "policy:write"),
  "POST /api/admin/policy/rollback": to(listsProven, "policy:write"),
  "POST /api/admin/policy/feeds/:name": to(lists, "policy:write"),
  "GET /api/admin/overview": to(system, "system:read"),
  "GET /api/admin/trend": to(system, "system:read"),
  "GET /api/admin/metrics": to(system, "system:read"),
  "GET /api/admin/sessions": to(system, "sessions:read"),
  "DELETE /api/admin/sessions/:id": to(systemProven, "sessions:write"),
  "POST /api/admin/reconcile": to(system, "system:write"),
  "GET /api/admin/audit": to(only("auditor", "system-admin"), "audit:read"),
  "GET /api/admin/audit.csv": to(only("auditor", "system-admin"), "audit:read"),
  "GET /api/admin/audit.ndjson": to(only("auditor", "system-admin"), "audit:read"),
  "GET /api/admin/audit-report": to(only("auditor", "system-admin"), "audit:read"),
  "GET /api/admin/audit-report.csv": to(only("auditor", "system-admin"), "audit:read"),
  "GET /api/admin/users": to(system, "users:read"),
  "POST /api/admin/users": to(systemProven, "users:write"),
  "POST /api/admin/users/import": to(systemProven, "users:write"),
  "POST /api/admin/users/:id": to(systemProven, "users:write"),
  "DELETE /api/admin/users/:id": to(systemProven, "users:write"),
  "POST /api/admin/users/:id/reset": to(systemProven, "users:write"),
  "DELETE /api/admin/users/:id/factors": to(systemProven, "users:write"),
  "GET /api/admin/isolation": to(system, "system:read"),
  "POST /api/admin/isolation": to(system, "system:write"),
  "GET /api/admin/health": to(system, "system:read"),
  "POST /api/admin/health": to(system, "system:write"),
  "GET /api/admin/settings": to(system, "system:read"),
  "POST /api/admin/settings/trial": system,
  "POST /api/admin/settings": systemProven,
  "GET /api/rights": person,
  "GET /api/admin/groups": to(lists, "policy:read"),
  "GET /api/admin/tokens": system,
  "POST /api/admin/tokens": systemProven,
  "DELETE /api/admin/tokens/:id": systemProven,
  "POST /api/sanitize": { who: "system", scope: "sanitize" },
  "GET /api/sanitize/:id/content": { who: "system", scope: "sanitize" },
  "GET /api/openapi.json": anyone,
};
