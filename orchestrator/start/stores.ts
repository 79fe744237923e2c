/** The tables of every feature, by the steps that made them: what this program can read. */
import { auditForwardSteps } from "../audit/forward/forwarder.ts";
import { auditRunSteps } from "../audit/run.ts";
import { auditSteps } from "../audit/tables.ts";
import { delegationSteps } from "../downloads/approvals/delegations.ts";
import { approvalSteps } from "../downloads/approvals/store.ts";
import { fileHistorySteps } from "../downloads/records/history.ts";
import { downloadSteps } from "../downloads/records/journal.ts";
import { keptFileSteps } from "../downloads/quarantine/kept-files.ts";
import { feedSteps } from "../egress/feeds/feed-state.ts";
import { accountSteps } from "../identity/accounts.ts";
import { tokenSteps } from "../identity/api-tokens.ts";
import { deviceSteps } from "../identity/devices.ts";
import { factorSteps } from "../identity/factors.ts";
import { ticketSteps } from "../identity/tickets.ts";
import { outboxSteps } from "../notices/outbox.ts";
import { noticeSettingsSteps } from "../notices/settings.ts";
import { noticeSteps } from "../notices/store.ts";
import { policyVersionSteps } from "../policy-desk/versions.ts";
import { requestSteps } from "../requests/store.ts";
import { sessionTableSteps } from "../sessions/store.ts";
import { sharedFolderSteps } from "../shared-folders/store.ts";
import { signatureUpdateSteps } from "../signatures/update-state.ts";

export const stores: Readonly<Record<string, readonly string[]>> = {
  accounts: accountSteps,
  "api-tokens": tokenSteps,
  "approval-delegations": delegationSteps,
  audit: auditSteps,
  "audit-forward": auditForwardSteps,
  "audit-run": auditRunSteps,
  downloads: downloadSteps,
  factors: factorSteps,
  feeds: feedSteps,
  "file-approvals": approvalSteps,
  "file-history": fileHistorySteps,
  "kept-files": keptFileSteps,
  "known-devices": deviceSteps,
  "notice-outbox": outboxSteps,
  "notice-settings": noticeSettingsSteps,
  notices: noticeSteps,
  "policy-versions": policyVersionSteps,
  requests: requestSteps,
  sessions: sessionTableSteps,
  "shared-folders": sharedFolderSteps,
  "signature-update": signatureUpdateSteps,
  tickets: ticketSteps,
};
