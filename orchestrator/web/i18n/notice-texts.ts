/** Notices: the bell in the header and the page behind it. */
export const noticeTexts = {
  "notices.title": { ja: "通知", en: "Notices" },
  "notices.lead": {
    ja: "申請と承認、システムの様子のお知らせです。新しい500件までを残します。",
    en: "What concerns you: requests, approvals, the state of the system. The newest 500 are kept.",
  },
  "notices.search": { ja: "通知を探す", en: "Search notices" },
  "notices.empty": { ja: "通知はありません。", en: "There are no notices." },
  "notices.notFound": {
    ja: "「{words}」を含む通知はありません。",
    en: "No notice has “{words}” in it.",
  },
  "notices.bell": { ja: "通知（未読 {count} 件）", en: "Notices ({count} unread)" },
  "notices.bellNone": { ja: "通知", en: "Notices" },
  "notices.unread": { ja: "未読", en: "Unread" },
  "notices.read": { ja: "既読にする", en: "Mark as read" },
  "notices.readNamed": { ja: "既読にする: {text}", en: "Mark as read: {text}" },
  "notices.readAll": { ja: "すべて既読にする", en: "Mark all as read" },
  "notices.settings": { ja: "通知の受け取り", en: "Notices by mail" },
  "notices.noMail": {
    ja: "メールでの通知は、この環境では使えません。通知はこの画面で確かめてください。",
    en: "This installation sends no mail. Look for notices here.",
  },
  "notices.address": { ja: "メールアドレス", en: "Mail address" },
  "notices.addressHint": {
    ja: "使えるドメイン: {domains}。空欄にすると、メールは送りません。",
    en: "Domains: {domains}. Left empty, no mail is sent.",
  },
  "notices.kinds": { ja: "メールでも受け取る通知", en: "What comes by mail as well" },
  "notices.language": { ja: "メールの言語", en: "Language of the mails" },
  "notices.save": { ja: "保存する", en: "Save" },
  "notices.saved": { ja: "保存しました。", en: "Saved." },
  "notices.kind.request-asked": { ja: "利用の申請があったとき", en: "Somebody asks for a site" },
  "notices.kind.request-decided": {
    ja: "自分の利用の申請に回答があったとき",
    en: "My request for a site is answered",
  },
  "notices.kind.approval-asked": {
    ja: "ファイルの承認を求められたとき",
    en: "I am asked to approve a file",
  },
  "notices.kind.approval-decided": {
    ja: "自分のファイルの申請に回答があったとき",
    en: "My request for a file is answered",
  },
  "notices.kind.signatures-old": { ja: "ウイルス定義が古いとき", en: "Virus signatures are old" },
  "notices.kind.capacity": { ja: "順番待ちが続くとき", en: "People keep waiting" },
  "notices.kind.disk-low": { ja: "ディスクの空きが少ないとき", en: "The disk is nearly full" },
  "notices.kind.memory-low": {
    ja: "サーバーのメモリが少ないとき",
    en: "The server's memory is nearly used up",
  },
  "notices.kind.audit-broken": {
    ja: "監査記録の検証に失敗したとき",
    en: "Verifying the audit log fails",
  },
  "notices.kind.audit-unchecked": {
    ja: "監査記録を検証できないとき",
    en: "The audit log cannot be verified",
  },
  "notices.kind.forward-behind": {
    ja: "監査記録を syslog サーバーに送れないとき",
    en: "Audit records wait for the syslog server",
  },
  "notices.kind.part-down": { ja: "部品が動いていないとき", en: "A part of Hanare is down" },
  "notices.kind.part-restarted": {
    ja: "部品が起動し直したとき",
    en: "A part of Hanare was started again",
  },
} as const;
