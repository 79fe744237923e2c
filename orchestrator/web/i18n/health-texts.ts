/** Texts of the health page: what each check looks at. Those about isolation are in isolation-texts.ts. */
import type { Texts } from "./language.ts";

export const healthTexts = {
  "header.health": { ja: "診断", en: "Health" },
  "health.title": { ja: "システムの診断", en: "Health" },
  "health.lead": {
    ja: "この機械と設定に、直すべきことがないかを調べます（npx hanare doctor と同じ内容です）。何も変更しません。",
    en: "Looks for what needs mending on this machine and in its configuration, as npx hanare doctor does. Changes nothing.",
  },
  "health.check": { ja: "診断する", en: "Check now" },
  "health.checking": { ja: "診断しています…", en: "Checking…" },
  "health.now": { ja: "{what}（{done} / {of}）", en: "{what} ({done} of {of})" },
  "health.never": {
    ja: "起動してからまだ診断していません。「診断する」を押してください。",
    en: "Not checked since Hanare started. Press “Check now”.",
  },
  "health.first": {
    ja: "結果はここに表示します。この画面を離れても診断は続きます。",
    en: "The result appears here. The check goes on if you leave this page.",
  },
  "health.well": { ja: "問題は見つかりませんでした", en: "Nothing needs mending" },
  "health.found": {
    ja: "異常 {fails} 件、注意 {warns} 件",
    en: "Wrong: {fails}. To watch: {warns}",
  },
  "health.foundBody": {
    ja: "それぞれの行に直し方を示します。直したら、もう一度診断してください。",
    en: "Each line says how to mend it. Check again afterwards.",
  },
  "health.at": { ja: "{at} に診断（{seconds} 秒）", en: "Checked {at} ({seconds} s)" },
  "health.toIsolation": { ja: "隔離の状態を詳しく見る", en: "More about isolation" },
  "finding.next": { ja: "サーバーで実行してください：", en: "On the server:" },
  "finding.or": { ja: "または：", en: "or:" },
  "finding.level.warn": { ja: "注意", en: "Watch" },

  "finding.row.root": { ja: "実行する利用者", en: "Runs as" },
  "finding.why.root": {
    ja: "コンテナと専用ユーザーの管理に root が要ります。",
    en: "Managing containers and per-session users needs root.",
  },
  "finding.row.disk-engine": { ja: "コンテナの置き場所の空き", en: "Disk for containers" },
  "finding.why.disk-engine": {
    ja: "足りなくなると、ブラウザを開けません。",
    en: "When it is full, no browser opens.",
  },
  "finding.row.images": { ja: "コンテナイメージ", en: "Container images" },
  "finding.why.images": {
    ja: "ブラウザ・無害化・検査のもとです。",
    en: "What browsers, sanitizing and scanning are started from.",
  },
  "finding.row.isolation": { ja: "隔離の確認", en: "Isolation" },
  "finding.why.isolation": {
    ja: "試験用コンテナを一つ起動して、外側から確かめます。",
    en: "One probe container is started and looked at from outside.",
  },
  "finding.row.memory": { ja: "メモリ", en: "Memory" },
  "finding.why.memory": {
    ja: "足りなくなると、順番待ちが長くなります。",
    en: "When it is short, people wait in line.",
  },
  "finding.row.disk-data": { ja: "データの置き場所の空き", en: "Disk for data" },
  "finding.why.disk-data": {
    ja: "監査記録と受け取り待ちのファイルを置きます。",
    en: "Holds the audit log and files that wait.",
  },
  "finding.row.configuration": { ja: "設定ファイル", en: "Configuration" },
  "finding.why.configuration": {
    ja: "誤りがあると、次の起動で止まります。",
    en: "With a mistake in it, the next start is refused.",
  },
  "finding.row.port": { ja: "ポータルのポート", en: "The portal's port" },
  "finding.why.port": {
    ja: "端末はここに接続します。",
    en: "Where terminals connect.",
  },
  "finding.row.clock": { ja: "時計", en: "Clock" },
  "finding.why.clock": {
    ja: "監査記録の時刻と証明書の検証に使います。",
    en: "Times of the audit log and certificates depend on it.",
  },
  "finding.row.certificate": { ja: "サーバー証明書の期限", en: "Server certificate" },
  "finding.why.certificate": {
    ja: "切れると、端末に警告が出ます。",
    en: "Once it has expired, terminals show a warning.",
  },
  "finding.row.proxy-limits": { ja: "通信量の上限による拒否", en: "Refusals by amount" },
  "finding.why.proxy-limits": {
    ja: "多いときは、暴走した端末があるか、上限が低すぎます。",
    en: "Many of them mean a terminal gone wild, or limits that are too low.",
  },
  "finding.row.signatures": { ja: "ウイルス定義", en: "Virus signatures" },
  "finding.why.signatures": {
    ja: "公式の新しい定義がないと、実際のウイルスはほとんど検出できません。",
    en: "Without recent official ones real viruses are hardly detected.",
  },
  "finding.row.shared-folders": { ja: "共有フォルダー", en: "Shared folders" },
  "finding.why.shared-folders": {
    ja: "マウントされていないと、利用者はファイルを保存できません。",
    en: "While one is not mounted, nobody can save files there.",
  },
  "finding.row.audit-forward": { ja: "監査記録の転送", en: "Audit forwarding" },
  "finding.why.audit-forward": {
    ja: "送れなかった記録は失われず、届くまで待ちます。",
    en: "Records that could not be sent wait; none is lost.",
  },
  "finding.row.notices": { ja: "通知のメールと webhook", en: "Notices by mail and webhook" },
  "finding.why.notices": {
    ja: "送れなかった通知は3日間試します。通知そのものは画面で見られます。",
    en: "What could not be sent is tried for three days; the notices themselves are in the pages.",
  },
  "finding.row.terminals": { ja: "端末用のプロキシ", en: "Proxy for terminals" },
  "finding.why.terminals": {
    ja: "端末はここから PAC ファイルを受け取ります。",
    en: "Terminals fetch their PAC file here.",
  },
  "finding.row.redirect-ca": { ja: "誘導用の認証局の期限", en: "Authority behind redirects" },
  "finding.why.redirect-ca": {
    ja: "切れると、拒否したページから分離ブラウザへ誘導できません。",
    en: "Once it has expired, refused pages no longer lead to the isolated browser.",
  },
} as const satisfies Texts;
