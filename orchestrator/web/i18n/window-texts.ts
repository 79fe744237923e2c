/** Texts of what passes through the window between terminal and page, or does not: clipboard, printing, upload. */
import type { Texts } from "./language.ts";

export const windowTexts = {
  "copied.ask": {
    ja: "分離ブラウザでコピーした文字があります。",
    en: "Text was copied in the isolated browser.",
  },
  "copied.take": { ja: "端末にコピー", en: "Copy to terminal" },

  "held.clipboard-in.off": {
    ja: "端末からの貼り付けは、ポリシーで許可されていません。必要なときは管理者にご相談ください。",
    en: "The policy does not allow pasting from the terminal. Ask your administrator if you need it.",
  },
  "held.clipboard-in.too-long": {
    ja: "貼り付ける文字が多すぎるため、入力しませんでした。分けて貼り付けてください。",
    en: "The text is too long and was not pasted. Paste it in parts.",
  },
  "held.clipboard-in.too-often": {
    ja: "貼り付けの回数が多すぎます。1分ほど待ってから、もう一度お試しください。",
    en: "Too many pastes. Wait a minute and try again.",
  },
  "held.clipboard-in.not-text": {
    ja: "貼り付けられるのは文字だけです。",
    en: "Only text can be pasted.",
  },
  "held.clipboard-in.failed": {
    ja: "貼り付けできませんでした。もう一度お試しください。",
    en: "Pasting did not work. Please try again.",
  },
  "held.clipboard-out.failed": {
    ja: "コピーできませんでした。もう一度お試しください。",
    en: "Copying did not work. Please try again.",
  },
  "held.clipboard-out.off": {
    ja: "分離ブラウザから端末へのコピーは、ポリシーで許可されていません。",
    en: "The policy does not allow copying to the terminal.",
  },
  "held.clipboard-out.too-long": {
    ja: "コピーした文字が多すぎるため、端末には渡しませんでした。分けてコピーしてください。",
    en: "The copied text is too long for the terminal. Copy it in parts.",
  },
  "held.clipboard-out.too-often": {
    ja: "コピーの回数が多すぎるため、端末には渡しませんでした。1分ほど待ってください。",
    en: "Too many copies; nothing was given to the terminal. Wait a minute.",
  },
  "held.clipboard-out.not-text": {
    ja: "端末に渡せるのは文字だけです（長すぎる文字も渡せません）。",
    en: "Only text, and not too much of it, can be given to the terminal.",
  },
  "held.print.off": {
    ja: "印刷は、ポリシーで許可されていません。必要なときは管理者にご相談ください。",
    en: "The policy does not allow printing. Ask your administrator if you need it.",
  },
  "held.print.failed": {
    ja: "このページは印刷できませんでした。もう一度お試しください。",
    en: "This page could not be printed. Please try again.",
  },
  "held.print.too-often": {
    ja: "印刷の回数が多すぎます。1分ほど待ってから、もう一度お試しください。",
    en: "Too many prints. Wait a minute and try again.",
  },
  "held.print.too-long": {
    ja: "ページが長すぎて印刷できません。",
    en: "The page is too long to print.",
  },
  "held.print.not-text": { ja: "このページは印刷できません。", en: "This page cannot be printed." },
  "held.upload.off": {
    ja: "端末のファイルの持ち出しは、ポリシーで許可されていません。必要なときは管理者にご相談ください。",
    en: "The policy does not allow uploading files. Ask your administrator if you need it.",
  },
  "held.upload.failed": {
    ja: "ファイルを渡せませんでした。もう一度お試しください。",
    en: "The file was not passed on. Please try again.",
  },
  "held.upload.too-often": {
    ja: "持ち出しの回数が多すぎます。1分ほど待ってから、もう一度お試しください。",
    en: "Too many uploads. Wait a minute and try again.",
  },
  "held.upload.too-long": { ja: "ファイルが大きすぎます。", en: "The file is too large." },
  "held.upload.not-text": {
    ja: "このファイルは渡せません。",
    en: "This file cannot be passed on.",
  },

  "upload.title": { ja: "ファイルの持ち出し", en: "Upload files" },
  "upload.page": { ja: "渡す先: {host}", en: "To: {host}" },
  "upload.body": {
    ja: "ページがファイルを求めています。選んだ（またはここに置いた）ファイルは検査を受け、通ったものだけがインターネットのページに渡ります。だれが何を渡したかは記録されます。",
    en: "The page asks for files. What you choose, or drop here, is inspected first, and only what passes goes to the page on the internet. Who passed on what is recorded.",
  },
  "upload.dropped": {
    ja: "ここに置いたファイルはページに渡りません。ページの「ファイルを選択」を押し、開いた画面で選ぶか、その画面に置いてください。",
    en: "A file dropped here does not reach the page. Press the page's own button for files, then choose it there or drop it on that dialog.",
  },
  "upload.choose": { ja: "ファイルを選ぶ", en: "Choose files" },
  "upload.cancel": { ja: "やめる", en: "Cancel" },
  "upload.stop": { ja: "中止する", en: "Stop" },
  "upload.stage.receiving": { ja: "送っています… {percent}%", en: "Sending… {percent}%" },
  "upload.stage.inspecting": { ja: "検査しています…", en: "Inspecting…" },
  "upload.stage.sanitizing": {
    ja: "中身を調べています… {percent}%",
    en: "Looking inside… {percent}%",
  },
  "upload.stage.passing": { ja: "ページに渡しています…", en: "Passing it on…" },
  "upload.waits": { ja: "順番を待っています", en: "Waiting its turn" },
  "upload.stopped": { ja: "中止しました。", en: "Stopped." },
  "upload.tooMany": {
    ja: "一度に渡せるのは {count} 件までです。{count} 件目までを送ります。",
    en: "At most {count} files at a time: the first {count} are sent.",
  },
  "upload.asked": {
    ja: "承認を申請しました。承認されたら、同じファイルをもう一度選ぶと渡ります。結果はここと、ポータルの「ファイル」に出ます。",
    en: "An approver has been asked. Once approved, choose the same file again. The answer is shown here and under “Files” in the portal.",
  },
  "upload.askHelp": {
    ja: "承認されると、このファイルを渡せます。承認者が読みます。",
    en: "Once approved, this file may go out. Your approver reads this.",
  },
  "upload.decided.approved": {
    ja: "「{name}」の持ち出しが承認されました。ページで同じファイルをもう一度選ぶと渡ります。",
    en: "“{name}” may go out. Choose the same file in the page again.",
  },
  "upload.decided.refused": {
    ja: "「{name}」の持ち出しは却下されました: {answer}",
    en: "“{name}” may not go out: {answer}",
  },
  "upload.decided.expired": {
    ja: "「{name}」の持ち出しの申請は期限切れになりました。",
    en: "Nobody decided about “{name}” in time.",
  },
} as const satisfies Texts;
