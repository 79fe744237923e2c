/** Texts of the settings page. */
import type { Texts } from "./language.ts";

export const settingsTexts = {
  "header.settings": { ja: "設定", en: "Settings" },
  "settings.title": { ja: "設定", en: "Settings" },
  "settings.lead": {
    ja: "設定ファイル {file} の内容です。変更はファイルに書き込みます。すぐに働くものと、再起動の後に働くものがあります（右の欄）。",
    en: "What {file} says. Changes are written into it; the column on the right says which hold at once and which after a restart.",
  },
  "settings.search": { ja: "設定を探す", en: "Find a setting" },
  "settings.noneFound": { ja: "当てはまる設定はありません。", en: "No setting matches." },
  "settings.waiting": {
    ja: "再起動を待っている変更が {count} 件あります",
    en: "{count} changes wait for a restart",
  },
  "settings.waitingBody": {
    ja: "いま動いている Hanare には、まだ反映されていません。サーバーで Hanare を再起動してください。利用中のブラウザは終了するため、業務時間の外をお勧めします。",
    en: "What runs now does not know them yet. Restart Hanare on the server, best outside of working hours: browsers in use are ended by it.",
  },
  "settings.faults": {
    ja: "設定ファイルに誤りがあり、このままでは次に起動できません",
    en: "The file has mistakes: the next start would be refused",
  },
  "settings.fault": { ja: "{line} 行目 {path}: {problem}", en: "Line {line}, {path}: {problem}" },
  "settings.write": { ja: "書き方の例: {write}", en: "For example: {write}" },
  "settings.name": { ja: "項目", en: "Setting" },
  "settings.value": { ja: "値", en: "Value" },
  "settings.effect": { ja: "働くとき", en: "Takes effect" },
  "settings.atOnce": { ja: "すぐに", en: "At once" },
  "settings.afterRestart": { ja: "再起動の後", en: "After a restart" },
  "settings.waits": { ja: "再起動待ち", en: "Waits for a restart" },
  "settings.standard": { ja: "既定 {value}", en: "Default {value}" },
  "settings.standardNone": { ja: "既定は自動", en: "Default: automatic" },
  "settings.and": { ja: "、", en: ", " },
  "settings.range": { ja: "{from} 〜 {to}", en: "{from} to {to}" },
  "settings.atLeast": { ja: "{from} 以上", en: "at least {from}" },
  "settings.automatic": { ja: "既定のまま", en: "Default" },
  "settings.yes": { ja: "はい", en: "Yes" },
  "settings.no": { ja: "いいえ", en: "No" },
  "settings.fixed.reach": {
    ja: "サーバーで変更します（この画面に届かなくなるおそれがあるため）",
    en: "Changed on the server: this page might become unreachable",
  },
  "settings.fixed.machine": {
    ja: "サーバーで変更します（機械のファイルや利用者番号に関わるため）",
    en: "Changed on the server: it is about files and users of the machine",
  },
  "settings.fixed.duty": {
    ja: "サーバーで変更します（管理される側が自分で緩めないため）",
    en: "Changed on the server: nobody loosens from here what watches over them",
  },
  "settings.fixed.list": {
    ja: "サーバーで変更します（一件ごとに項目があるため）",
    en: "Changed on the server: each entry has parts of its own",
  },
  "settings.onePerLine": { ja: "1行に1件", en: "One on each line" },
  "settings.changed": { ja: "{count} 件の変更", en: "{count} changed" },
  "settings.review": { ja: "変更を確かめる", en: "Review the changes" },
  "settings.discard": { ja: "元に戻す", en: "Discard" },
  "settings.reviewTitle": { ja: "この内容で書き込みますか", en: "Write this?" },
  "settings.reviewBody": {
    ja: "設定ファイルのほかの部分は変わりません。変更の前と後は監査記録に残ります。",
    en: "The rest of the file stays as it is. What was and what is go on record.",
  },
  "settings.before": { ja: "いま", en: "Now" },
  "settings.after": { ja: "変更後", en: "Afterwards" },
  "settings.absent": { ja: "（なし）", en: "(nothing)" },
  "settings.cannot": { ja: "この値では書き込めません", en: "This cannot be written" },
  "settings.checking": { ja: "確かめています…", en: "Checking…" },
  "settings.save": { ja: "書き込む", en: "Write" },
  "settings.saving": { ja: "書き込んでいます…", en: "Writing…" },
} as const satisfies Texts;
