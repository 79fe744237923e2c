/**
 * What the audit log records: one canonical record per act. Versioned; a field is only ever added.
 * Written by features through the AuditLog interface, kept and chained by audit/writer.
 */
import { z } from "zod";

export const auditActions = [
  "sign-in",
  "sign-out",
  /** A code, a recovery code or a passkey after the password; which one is in the details. */
  "second-factor",
  /** An authenticator app, a passkey or new recovery codes; by the person themselves. */
  "factor-add",
  "factor-remove",
  /** An administrator took somebody's second factors away. */
  "factor-reset",
  /** Somebody ended sign-ins of their own in other places. */
  "sign-in-end",
  /** The password once more, before an act that cannot be undone. */
  "proof",
  "password-change",
  "user-create",
  "user-reset",
  /** Roles, groups, or whether the account is in use; what it is now is in the details. */
  "user-update",
  "user-remove",
  /** A token for another system: its scopes and expiry are in the details. */
  "token-create",
  "token-revoke",
  "session-start",
  "session-end",
  "navigation",
  "proxy-refusal",
  /** A terminal's request was led to the isolated browser. */
  "terminal-isolate",
  /** A certificate that terminals trust was signed for a refused host. */
  "certificate-mint",
  "download",
  "verdict",
  "release",
  "policy-load",
  /** A version of the policy came into force, or was refused: by whom and why is in the details. */
  "policy-publish",
  "policy-rollback",
  /** A fetched list was taken, held for a person, refused, or could not be had. */
  "feed",
  /** Somebody asked for what was refused to them, took that back, or nobody decided in time. */
  "request-open",
  "request-withdraw",
  "request-expire",
  /** A list administrator set out to approve: what will be published. `request-approve` says what came of it. */
  "request-decide",
  "request-approve",
  "request-refuse",
  "system-start",
  "system-stop",
  /** An administrator ended somebody's session; `session-end` follows from the session service. */
  "session-terminate",
  /** Somebody took a copy of the audit log. */
  "audit-export",
  /** A copy of the whole installation was taken, or put in the place of what there was. */
  "backup",
  "backup-restore",
  /** What somebody wants to be told of by mail, and where to. */
  "notice-settings",
  /** Records that a rule no longer keeps were deleted: up to which, and by which rule. */
  "audit-retention",
  /** A session container that was held less tightly than asked, or a probe of the isolation. */
  "isolation-check",
  /** Settings of the installation; what each was and is, is in the details. */
  "settings-change",
  /** What `hanare doctor` does, asked for in the console. */
  "health-check",
  /** Text from the terminal's clipboard into the isolated browser, and from there to the terminal: never the text. */
  "clipboard-in",
  "clipboard-out",
  /** A page was printed to PDF; download, verdict and release follow under their own names. */
  "print",
  /** A file of the terminal for a page (持ち出し), passed or held. */
  "upload",
  /** 上長承認: somebody asked for a file that nothing could clean, took that back, or nobody decided in time. */
  "approval-ask",
  "approval-withdraw",
  "approval-expire",
  /** An approver looked at the record of such a file, released it, or refused it. */
  "approval-look",
  "approval-approve",
  "approval-refuse",
  /** An approver named who decides while they are away. */
  "delegation-set",
  "delegation-end",
  /** A released file was written to a shared folder, or could not be; what was written there is over. */
  "share-save",
  "share-expire",
  /** Virus signatures came into force, or were taken back because the scanner did not come up with them. */
  "signatures",
] as const;

export const auditOutcomes = ["failure", "refused", "success"] as const;

export const auditEvent = z.strictObject({
  action: z.enum(auditActions),
  outcome: z.enum(auditOutcomes),
  /** Person: account id and name as they were at that moment; absent for the system itself. */
  userId: z.string().max(64).optional(),
  userName: z.string().max(128).optional(),
  /** The first group of that person at that moment; filled in by the writer. */
  section: z.string().max(64).optional(),
  /** Address of the terminal, as seen by the gateway. */
  terminal: z.string().max(64).optional(),
  sessionId: z.string().max(64).optional(),
  /** What it was about: URL, host, file name, account name. */
  target: z.string().max(4096).optional(),
  /** Rule id, verdict or end reason. */
  reason: z.string().max(256).optional(),
  /** More facts, flat. Names from outside are kept as text and neutralised on export. */
  details: z
    .record(z.string().max(64), z.union([z.string().max(4096), z.number(), z.boolean(), z.null()]))
    .optional(),
});

export type AuditEvent = z.infer<typeof auditEvent>;

/** Synchronous on purpose: when `write` returns, the record is in the store. Throws when it cannot be kept. */
export interface AuditLog {
  write(event: AuditEvent): void;
}

/**
 * For what proxies and browsers tell by the thousand a second: whoever records within the same turn of the
 * event loop shares one commit. When the promise resolves the record is on disk; it rejects when it cannot
 * be kept.
 */
export interface AuditStream {
  record(event: AuditEvent): Promise<void>;
}
