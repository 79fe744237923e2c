/** What a notice says, in both languages: one sentence, and where in the pages it leads. Pure. */
import type { NewNotice, NoticeKind } from "./types.ts";

interface Words {
  readonly ja: string;
  readonly en: string;
  readonly href: string;
}

const templates: Readonly<Record<NoticeKind, Words>> = {
  "request-asked": {
    ja: "{who} さんが {what} の利用を申請しました。",
    en: "{who} asks for {what}.",
    href: "/admin/requests",
  },
  "request-decided": {
    ja: "利用の申請（{what}）に回答がありました: {how}",
    en: "Your request for {what} was answered: {how}",
    href: "/requests",
  },
  "approval-asked": {
    ja: "{who} さんがファイル「{what}」の承認を求めています。",
    en: "{who} asks you to approve the file “{what}”.",
    href: "/approvals",
  },
  "approval-decided": {
    ja: "ファイル「{what}」の申請に回答がありました: {how}",
    en: "Your request for the file “{what}” was answered: {how}",
    href: "/files",
  },
  "signatures-old": {
    ja: "ウイルス定義が古くなっています（{at} のもの）。新しい定義を取り込んでください。",
    en: "The virus signatures are old (of {at}). Import newer ones.",
    href: "/admin",
  },
  capacity: {
    ja: "ブラウザの順番待ちが続いています（{waiting} 人、最長 {minutes} 分）。",
    en: "People keep waiting for a browser ({waiting}, up to {minutes} minutes).",
    href: "/admin",
  },
  "disk-low": {
    ja: "データのディスクの空きが少なくなりました（残り {free} MB）。",
    en: "The data's disk is nearly full ({free} MB left).",
    href: "/admin",
  },
  "memory-low": {
    ja: "サーバーのメモリが残り少なくなりました（残り {free} MB）。新しいブラウザは、空くまで開きません。",
    en: "The server's memory is nearly used up ({free} MB left). No browser is opened until there is room.",
    href: "/admin",
  },
  "audit-broken": {
    ja: "監査記録の検証に失敗しました（{seq} 番、{reason}）。ファイルをそのまま保全してください。",
    en: "Verifying the audit log failed (record {seq}, {reason}). Keep the file as it is.",
    href: "/admin/audit",
  },
  "audit-unchecked": {
    ja: "監査記録を検証できませんでした（{reason}）。ディスクと鍵のファイルを確認してください。1 時間後にもう一度試します。",
    en: "The audit log could not be verified ({reason}). Look at the disk and the key files. It is tried again in an hour.",
    href: "/admin/audit",
  },
  "forward-behind": {
    ja: "監査記録 {waiting} 件を syslog サーバーに送れずにいます（{since} から）。",
    en: "{waiting} audit records wait for the syslog server (since {since}).",
    href: "/admin/audit",
  },
  "part-down": {
    ja: "Hanare の部品（{part}）が動いていません。自動で起動し直しています。",
    en: "A part of Hanare ({part}) is down. It is being started again.",
    href: "/admin",
  },
  "part-restarted": {
    ja: "Hanare の部品（{part}）が止まり、自動で起動し直しました。続くときは、サーバーのログを確認してください。",
    en: "A part of Hanare ({part}) ended and was started again. If it goes on, look at the server's log.",
    href: "/admin/health",
  },
};

/** How a decision is called. */
const answers: Readonly<Record<string, { readonly ja: string; readonly en: string }>> = {
  approved: { ja: "承認", en: "approved" },
  refused: { ja: "却下", en: "refused" },
  expired: { ja: "期限切れ", en: "expired" },
};

export function words({ kind, facts }: NewNotice): Words {
  const { ja, en, href } = templates[kind];
  const fill = (text: string, language: "ja" | "en") =>
    text.replace(/\{(\w+)\}/g, (_, name: string) => {
      const value = String(facts[name] ?? "–");
      return name === "how" ? (answers[value]?.[language] ?? value) : value;
    });
  return { ja: fill(ja, "ja"), en: fill(en, "en"), href };
}
