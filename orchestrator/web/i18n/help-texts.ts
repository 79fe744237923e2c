/** Texts of the help page: one picture each. */
import type { Texts } from "./language.ts";

export const helpTexts = {
  "header.help": { ja: "使い方", en: "Help" },
  "help.title": { ja: "使い方", en: "Help" },
  "help.lead": {
    ja: "あなたの役割でできることを、実際の画面で説明します。",
    en: "What your roles let you do, with pictures of the product itself.",
  },
  "help.picture": { ja: "「{name}」の画面", en: "Picture: {name}" },
  "help.portal": { ja: "インターネットを開く", en: "Open the internet" },
  "help.portal.body": {
    ja: "「インターネットを開く」を押すと、新しいタブで分離ブラウザが開きます。アドレスを入れてから押すと、そのページが開きます。開いたままのブラウザには、この画面から戻れます。",
    en: "“Open the internet” opens the isolated browser in a new tab; with an address, that page. A browser that is still open is one click away from here.",
  },
  "help.viewer": { ja: "分離ブラウザで見る", en: "Browse in isolation" },
  "help.viewer.body": {
    ja: "上の帯で、タブ、戻る、進む、アドレスを操作します。日本語入力は端末のものがそのまま使えます。使い終わったら「終了」を押すと、中身ごと消えます。",
    en: "The bar on top has tabs, back, forward and the address. Your own Japanese input works. “End” erases the browser with everything in it.",
  },
  "help.files": { ja: "受け取ったファイル", en: "Files you received" },
  "help.files.body": {
    ja: "検査と無害化の結果と、取り除いたものの記録です。無害化できなかったファイルは、ここから承認を申請できます。",
    en: "What was checked and removed. For a file that could not be cleaned, ask for an approval here.",
  },
  "help.requests": { ja: "サイトの利用を申請する", en: "Ask for a site" },
  "help.requests.body": {
    ja: "開けなかったページは、その画面から理由を書いて申請します。答えはここに出ます。取り下げもできます。",
    en: "Ask from the page that was refused, with a reason. The answer appears here; you can withdraw it as well.",
  },
  "help.approvals": { ja: "ファイルを承認する", en: "Approve files" },
  "help.approvals.body": {
    ja: "無害化できなかったファイルの申請が届きます。検査の記録とプレビューを見て、理由とともに承認か却下をします。自分の申請は承認できません。不在の間は代理を決められます。",
    en: "Requests for files that could not be cleaned. Read the record and the preview, then approve or refuse with a reason, never your own. Name a stand-in while you are away.",
  },
  "help.policy": { ja: "リストと規則を変える", en: "Change lists and rules" },
  "help.policy.body": {
    ja: "リストや規則の変更は、公開の前に、何が開いて何が閉じるかと、記録した通信での違いを示します。公開には理由を書きます。前の版に一度で戻せます。",
    en: "Before a change is published it shows what opens and closes, and what would have differed in recorded traffic. Publish with a reason; an earlier version is one step away.",
  },
  "help.explain": { ja: "なぜ拒否されたかを調べる", en: "Find out why" },
  "help.explain.body": {
    ja: "アドレスとグループを入れると、どの規則のどの行で決まったかを示します。",
    en: "Enter an address and a group: the rule, the list and the line that decide.",
  },
  "help.audit": { ja: "記録を調べる", en: "Search the records" },
  "help.audit.body": {
    ja: "だれが、いつ、どの端末から、何をしたかを絞り込みます。CSV（UTF-8 か Shift_JIS）か JSON で保存できます。保存したことも記録に残ります。",
    en: "Who did what, when, from which terminal. Save as CSV (UTF-8 or Shift_JIS) or JSON; that is on record, too.",
  },
  "help.reports": { ja: "集計を見る", en: "Read the reports" },
  "help.reports.body": {
    ja: "人・所属・サイト・ファイルごとの件数や、時間外の利用、受け取りの多い人を、図と表で見ます。値を押すと記録が開きます。",
    en: "Counts by person, section, site and file, unusual hours, biggest receivers; a value leads to its records.",
  },
  "help.overview": { ja: "稼働状況を見る", en: "See how it is doing" },
  "help.overview.body": {
    ja: "利用中の席、順番待ち、プロキシ、ウイルス定義の古さ、1時間・24時間の推移を見ます。セッションは、利用者への一言を添えて終了できます。",
    en: "Places in use, people in line, proxy, age of signatures, the last hour or day. End a session with a word to its person.",
  },
  "help.health": { ja: "診断する", en: "Check the system" },
  "help.health.body": {
    ja: "「診断する」を押すと、機械と設定を調べ、直すべきことと直し方を示します。何も変更しません。",
    en: "“Check now” looks at machine and configuration and says what to mend and how. It changes nothing.",
  },
  "help.settings": { ja: "設定を変える", en: "Change settings" },
  "help.settings.body": {
    ja: "変えた値は、書き込む前に確かめます。すぐに働くか、再起動の後に働くかは、行ごとに示します。画面から変えられないものは、理由を示します。",
    en: "Changes are shown before they are written. Each line says whether it holds at once or after a restart. What cannot be changed here says why.",
  },
} as const satisfies Texts;
