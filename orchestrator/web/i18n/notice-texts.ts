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
} as const;
