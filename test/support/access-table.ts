/**
 * Who may use which route, said a second time and apart from the routes: the unit tests hold it against their
 * list, the security tests against the running server.
 */
import type { Role, Stage } from "../../orchestrator/identity/types.ts";

export interface Row {
  /** "anyone" needs no sign-in; "person" is everybody who signed in, whatever their roles. */
  readonly who: "anyone" | "person" | readonly Role[];
  /** The earliest stage of a sign-in that reaches it; left out: a complete one. */
  readonly from?: Stage;
  /** Wants a fresh proof. */
  readonly fresh?: true;
}

const anyone: Row = { who: "anyone" };
const person: Row = { who: "person" };
const only = (...who: Role[]): Row => ({ who });
const lists = only("list-admin", "system-admin");
const system = only("system-admin");
const systemProven: Row = { ...system, fresh: true };
const factor: Row = { who: "person", from: "enrol", fresh: true };
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
  "GET /api/downloads/:id/content": person,
  "GET /api/downloads/:id/manifest": person,
  "POST /api/downloads/:id/password": person,
  "GET /api/files": person,
  "GET /api/files/:id/manifest": person,
  "GET /api/admin/records": only("auditor"),
  "GET /api/admin/records/:id/manifest": only("auditor"),
  "POST /api/downloads/:id/approval": person,
  // Whoever signed in may look; the desk answers each with what they may decide, and 404 for the rest.
  "GET /api/approvals": person,
  "GET /api/approvals/:id": person,
  "GET /api/approvals/:id/manifest": person,
  "GET /api/approvals/:id/content": person,
  "POST /api/approvals/:id/decide": person,
  "DELETE /api/approvals/:id": person,
  "GET /api/delegations": person,
  "POST /api/delegations": only("approver"),
  "DELETE /api/delegations/:id": person,
  "GET /api/requests": person,
  "GET /api/requests/refusals/:id": person,
  "POST /api/requests": person,
  "DELETE /api/requests/:id": person,
  "GET /api/admin/requests": lists,
  "GET /api/admin/requests/:id": lists,
  "POST /api/admin/requests/:id/decide": lists,
  "GET /api/admin/policy": lists,
  "POST /api/admin/policy/explain": lists,
  "GET /api/admin/policy/lint": lists,
  "GET /api/admin/policy/versions": lists,
  "GET /api/admin/policy/versions/:number": lists,
  "GET /api/admin/policy/versions/:number/file": lists,
  "GET /api/admin/policy/diff": lists,
  "POST /api/admin/policy/trials": lists,
  "GET /api/admin/policy/trials/:id": lists,
  "POST /api/admin/policy/publish": lists,
  "POST /api/admin/policy/rollback": lists,
  "POST /api/admin/policy/feeds/:name": lists,
  "GET /api/admin/overview": system,
  "GET /api/admin/metrics": system,
  "GET /api/admin/sessions": system,
  "DELETE /api/admin/sessions/:id": system,
  "POST /api/admin/reconcile": system,
  "GET /api/admin/audit": only("auditor", "system-admin"),
  "GET /api/admin/audit.csv": only("auditor", "system-admin"),
  "GET /api/admin/users": system,
  "POST /api/admin/users": systemProven,
  "POST /api/admin/users/import": systemProven,
  "POST /api/admin/users/:id": systemProven,
  "DELETE /api/admin/users/:id": systemProven,
  "POST /api/admin/users/:id/reset": systemProven,
  "DELETE /api/admin/users/:id/factors": systemProven,
  "GET /api/admin/isolation": system,
  "POST /api/admin/isolation": system,
};
