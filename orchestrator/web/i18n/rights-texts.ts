/** What groups and roles may do. */
import type { Texts } from "./language.ts";

export const rightsTexts = {
  "header.groups": { ja: "グループ", en: "Groups" },
  "groups.title": { ja: "グループと役割", en: "Groups and roles" },
  "groups.lead": {
    ja: "所属ごとの人数と、通信ポリシーの rights が認めていること。変えるにはポリシーか利用者を変更します。",
    en: "How many people are in each group, and what the policy's rights let them do. Change the policy, or the users.",
  },
  "groups.search": { ja: "グループを探す", en: "Find a group" },
  "groups.searchPeople": { ja: "グループ・利用者を探す", en: "Find a group or a person" },
  "groups.name": { ja: "グループ", en: "Group" },
  "groups.people": { ja: "人数", en: "People" },
  "groups.count": { ja: "{count} 人", en: "{count}" },
  "groups.rule": { ja: "決めている項目", en: "Decided by" },
  "groups.ruleNone": { ja: "rights なし（標準）", en: "No rights section (standard)" },
  "groups.ruleDefault": { ja: "当てはまる項目なし", en: "No entry fits" },
  "groups.several": {
    ja: "複数の所属がある人には、ポリシーで先に書かれた項目が使われます。",
    en: "For people in several groups, the entry that comes first in the policy decides.",
  },
  "groups.empty": { ja: "グループがありません。", en: "There are no groups." },
  "groups.noneFound": { ja: "当てはまるグループはありません。", en: "No group matches." },
  "groups.roles": { ja: "役割", en: "Roles" },
  "groups.may": { ja: "できること", en: "May" },
  "groups.role.user": {
    ja: "分離ブラウザを使い、ファイルを受け取り、利用や承認を申請する",
    en: "Use the isolated browser, receive files, ask for sites and approvals",
  },
  "groups.role.approver": {
    ja: "所属の人が受け取る・持ち出すファイルを承認する（自分の申請は除く）",
    en: "Approve files of their section, never their own",
  },
  "groups.role.list-admin": {
    ja: "通信ポリシーとリストを変更し、利用申請に答える。ファイルは見られない",
    en: "Change policy and lists, answer requests; sees no files",
  },
  "groups.role.auditor": {
    ja: "監査記録と無害化証跡を見て保存する。何も変更できない",
    en: "Read and save the audit log and sanitizing records; changes nothing",
  },
  "groups.role.system-admin": {
    ja: "利用者・セッション・設定を管理する。監査記録は消せない",
    en: "Manage users, sessions and settings; cannot silence the audit log",
  },
  "rights.mine": { ja: "分離ブラウザでできること", en: "What you may do in the isolated browser" },
  "rights.groups": { ja: "所属: {groups}", en: "Your groups: {groups}" },
  "rights.noGroups": { ja: "所属はありません。", en: "You are in no group." },
  "rights.yes": { ja: "可", en: "Yes" },
  "rights.no": { ja: "不可", en: "No" },
  "rights.session": { ja: "ブラウザを開く", en: "Open a browser" },
  "rights.download": { ja: "ファイルを受け取る", en: "Receive files" },
  "rights.upload": { ja: "ファイルを持ち出す", en: "Send files out" },
  "rights.clipboardIn": { ja: "端末から貼り付ける", en: "Paste from the terminal" },
  "rights.clipboardOut": { ja: "端末へコピーする", en: "Copy to the terminal" },
  "rights.print": { ja: "印刷する", en: "Print" },
  "rights.sound": { ja: "音を聞く", en: "Hear sound" },
} as const satisfies Texts;
