/** The administration pages and who may see them: the one list behind navigation, portal and account menu. */
import type { Me, Role } from "../../http/contract.ts";
import type { TextName } from "../i18n/dictionary.ts";
import { hasRole } from "./me.tsx";

const pages = [
  { path: "/admin", name: "header.overview", roles: ["system-admin"] },
  { path: "/admin/audit", name: "header.audit", roles: ["auditor", "system-admin"] },
  { path: "/admin/audit/reports", name: "header.auditReports", roles: ["auditor", "system-admin"] },
  { path: "/admin/files", name: "header.fileRecords", roles: ["auditor"] },
  { path: "/admin/users", name: "header.users", roles: ["system-admin"] },
  { path: "/admin/groups", name: "header.groups", roles: ["list-admin", "system-admin"] },
  { path: "/admin/tokens", name: "header.tokens", roles: ["system-admin"] },
  { path: "/admin/settings", name: "header.settings", roles: ["system-admin"] },
  { path: "/admin/health", name: "header.health", roles: ["system-admin"] },
  { path: "/admin/requests", name: "header.inbox", roles: ["list-admin", "system-admin"] },
  { path: "/admin/explain", name: "header.explain", roles: ["list-admin", "system-admin"] },
  { path: "/admin/policy", name: "header.policy", roles: ["list-admin", "system-admin"] },
] as const satisfies readonly { path: string; name: TextName; roles: readonly Role[] }[];

/** In the order of the navigation; the first is where this person's administration begins. */
export function adminPagesOf(me: Me): readonly (typeof pages)[number][] {
  return pages.filter(({ roles }) => hasRole(me, ...roles));
}
