/** Every route, in the order of the table in contract.ts; the two WebSockets are in upgrade-auth.ts. */
import type { Route } from "./route.ts";
import { adminHealthCheck } from "./routes/admin-health.check.ts";
import { adminHealthRead } from "./routes/admin-health.read.ts";
import { adminSessionEnd } from "./routes/admin-session.end.ts";
import { adminSessionList } from "./routes/admin-session.list.ts";
import { fileMine } from "./routes/file.mine.ts";
import { fileManifest } from "./routes/file.manifest.ts";
import { adminFileList } from "./routes/admin-file.list.ts";
import { adminFileManifest } from "./routes/admin-file.manifest.ts";
import { approvalAsk } from "./routes/approval.ask.ts";
import { signaturesRead } from "./routes/signatures.read.ts";
import { signaturesUpdate } from "./routes/signatures.update.ts";
import { approvalSave } from "./routes/approval.save.ts";
import { approvalWithdraw } from "./routes/approval.withdraw.ts";
import { approvalLink } from "./routes/approval.link.ts";
import { approvalInboxRead } from "./routes/approval.inbox.ts";
import { approvalLook } from "./routes/approval.look.ts";
import { approvalManifest } from "./routes/approval.manifest.ts";
import { approvalPreview } from "./routes/approval.preview.ts";
import { approvalDecide } from "./routes/approval.decide.ts";
import { delegationList } from "./routes/delegation.list.ts";
import { delegationCreate } from "./routes/delegation.create.ts";
import { delegationEnd } from "./routes/delegation.end.ts";
import { noticeList } from "./routes/notice.list.ts";
import { noticeRead } from "./routes/notice.read.ts";
import { noticeSettingsRead } from "./routes/notice-settings.read.ts";
import { noticeSettingsSet } from "./routes/notice-settings.set.ts";
import { openapiRead } from "./routes/openapi.read.ts";
import { sanitizeContent } from "./routes/sanitize.content.ts";
import { sanitizeCreate } from "./routes/sanitize.create.ts";
import { tokenCreate } from "./routes/token.create.ts";
import { tokenList } from "./routes/token.list.ts";
import { tokenRevoke } from "./routes/token.revoke.ts";
import { auditEcs } from "./routes/audit.ecs.ts";
import { auditExport } from "./routes/audit.export.ts";
import { auditReportExport } from "./routes/audit-report.export.ts";
import { auditReportRead } from "./routes/audit-report.read.ts";
import { auditQueryRoute } from "./routes/audit.query.ts";
import { downloadLink } from "./routes/download.link.ts";
import { saveOpen } from "./routes/save.open.ts";
import { downloadManifest } from "./routes/download.manifest.ts";
import { downloadSave } from "./routes/download.save.ts";
import { sharedFolderListRoute } from "./routes/shared-folder.list.ts";
import { downloadPassword } from "./routes/download.password.ts";
import { goCheck } from "./routes/go.check.ts";
import { groupList } from "./routes/group.list.ts";
import { rightsMine } from "./routes/rights.mine.ts";
import { settingsRead } from "./routes/settings.read.ts";
import { settingsSave } from "./routes/settings.save.ts";
import { settingsTry } from "./routes/settings.try.ts";
import { healthRead } from "./routes/health.read.ts";
import { isolationProbe } from "./routes/isolation.probe.ts";
import { isolationRead } from "./routes/isolation.read.ts";
import { meRead } from "./routes/me.read.ts";
import { metricsRead } from "./routes/metrics.read.ts";
import { overviewRead } from "./routes/overview.read.ts";
import { passwordChangeRoute } from "./routes/password.change.ts";
import { policyDiff } from "./routes/policy.diff.ts";
import { policyExplain } from "./routes/policy.explain.ts";
import { policyFeedUpdate } from "./routes/policy-feed.update.ts";
import { policyFileRead } from "./routes/policy-file.read.ts";
import { policyLint } from "./routes/policy.lint.ts";
import { policyPublish } from "./routes/policy.publish.ts";
import { policyRollback } from "./routes/policy.rollback.ts";
import { policyTrialCreate } from "./routes/policy-trial.create.ts";
import { policyTrialRead } from "./routes/policy-trial.read.ts";
import { policyVersionList } from "./routes/policy-version.list.ts";
import { policyVersionRead } from "./routes/policy-version.read.ts";
import { policyRead } from "./routes/policy.read.ts";
import { requestDecide } from "./routes/request.decide.ts";
import { requestDetailRead } from "./routes/request.detail.ts";
import { requestList } from "./routes/request.list.ts";
import { requestMine } from "./routes/request.mine.ts";
import { requestOpen } from "./routes/request.open.ts";
import { requestRefusalRead } from "./routes/request-refusal.read.ts";
import { requestWithdraw } from "./routes/request.withdraw.ts";
import { sessionCurrent } from "./routes/session.current.ts";
import { sessionEnd } from "./routes/session.end.ts";
import { sessionOpen } from "./routes/session.open.ts";
import { sessionReconcile } from "./routes/session.reconcile.ts";
import { sessionRead } from "./routes/session.read.ts";
import { signInCreate } from "./routes/sign-in.create.ts";
import { signOutCreate } from "./routes/sign-out.create.ts";
import { secondFactorCode } from "./routes/second-factor.code.ts";
import { secondFactorPasskey } from "./routes/second-factor.passkey.ts";
import { secondFactorPasskeyOptions } from "./routes/second-factor.passkey-options.ts";
import { proofCreate } from "./routes/proof.create.ts";
import { factorList } from "./routes/factor.list.ts";
import { factorTotpBegin } from "./routes/factor-totp.begin.ts";
import { factorTotpConfirm } from "./routes/factor-totp.confirm.ts";
import { factorTotpRemove } from "./routes/factor-totp.remove.ts";
import { factorPasskeyOptions } from "./routes/factor-passkey.options.ts";
import { factorPasskeyAdd } from "./routes/factor-passkey.add.ts";
import { factorPasskeyRemove } from "./routes/factor-passkey.remove.ts";
import { factorRecoveryCodes } from "./routes/factor.recovery-codes.ts";
import { signInList } from "./routes/sign-in.list.ts";
import { signInEnd } from "./routes/sign-in.end.ts";
import { signInEndOthers } from "./routes/sign-in.end-others.ts";
import { trendRead } from "./routes/trend.read.ts";
import { userResetFactors } from "./routes/user.reset-factors.ts";
import { userCreate } from "./routes/user.create.ts";
import { userImport } from "./routes/user.import.ts";
import { userList } from "./routes/user.list.ts";
import { userRemove } from "./routes/user.remove.ts";
import { userUpdate } from "./routes/user.update.ts";
import { userReset } from "./routes/user.reset.ts";

export const routes: readonly Route[] = [
  signInCreate,
  signOutCreate,
  meRead,
  passwordChangeRoute,
  secondFactorCode,
  secondFactorPasskey,
  secondFactorPasskeyOptions,
  proofCreate,
  factorList,
  factorTotpBegin,
  factorTotpConfirm,
  factorTotpRemove,
  factorPasskeyOptions,
  factorPasskeyAdd,
  factorPasskeyRemove,
  factorRecoveryCodes,
  signInList,
  signInEnd,
  signInEndOthers,
  goCheck,
  sessionCurrent,
  sessionOpen,
  sessionRead,
  sessionEnd,
  downloadLink,
  saveOpen,
  downloadManifest,
  downloadPassword,
  downloadSave,
  sharedFolderListRoute,
  fileMine,
  fileManifest,
  adminFileList,
  adminFileManifest,
  approvalAsk,
  approvalWithdraw,
  approvalLink,
  approvalSave,
  approvalInboxRead,
  approvalLook,
  approvalManifest,
  approvalPreview,
  approvalDecide,
  delegationList,
  delegationCreate,
  delegationEnd,
  noticeList,
  noticeRead,
  noticeSettingsRead,
  noticeSettingsSet,
  overviewRead,
  trendRead,
  metricsRead,
  signaturesRead,
  signaturesUpdate,
  adminSessionList,
  adminSessionEnd,
  sessionReconcile,
  auditQueryRoute,
  auditReportRead,
  auditReportExport,
  auditExport,
  auditEcs,
  userList,
  userCreate,
  userImport,
  userUpdate,
  userRemove,
  userReset,
  userResetFactors,
  policyRead,
  policyExplain,
  policyLint,
  policyVersionList,
  policyVersionRead,
  policyFileRead,
  policyDiff,
  policyTrialCreate,
  policyTrialRead,
  policyPublish,
  policyRollback,
  policyFeedUpdate,
  requestMine,
  requestRefusalRead,
  requestOpen,
  requestWithdraw,
  requestList,
  requestDetailRead,
  requestDecide,
  isolationRead,
  isolationProbe,
  adminHealthRead,
  adminHealthCheck,
  settingsRead,
  settingsTry,
  settingsSave,
  rightsMine,
  groupList,
  healthRead,
  tokenList,
  tokenCreate,
  tokenRevoke,
  sanitizeCreate,
  sanitizeContent,
  openapiRead,
];
