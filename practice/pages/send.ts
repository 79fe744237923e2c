/** A file field: what a page gets of a file that leaves the terminal (持ち出し). */
import type { Page } from "../page.ts";

export const sendPage: Page = {
  path: "/send",
  menu: { ja: "渡す", en: "Send" },
  title: { ja: "アップロードの練習", en: "Uploads" },
  summary: {
    ja: "端末のファイルをページに渡し（持ち出し）、届いたものを確かめます。",
    en: "Passes a file of your computer on to a page, and shows what arrived.",
  },
  body: ({ language }) => {
    const ja = language === "ja";
    const columns = ja
      ? ["名前", "大きさ（バイト）", "SHA-256"]
      : ["Name", "Size (bytes)", "SHA-256"];
    return `<p class="lead">${
      ja
        ? "ファイルを選ぶと、検査を通ったものだけがこのページに届きます。持ち出しが許可されていなければ、選ぶ画面は出ません。届いたものはどこにも保存されません。"
        : "Choose a file: only what passes inspection reaches this page. Where uploading is not allowed, nothing opens. What arrives is not kept."
    }</p>
<div class="field"><label for="file">${ja ? "渡すファイル" : "Files to send"}</label><input type="file" id="file" multiple></div>
<h2>${ja ? "届いたファイル" : "What arrived"}</h2>
<table class="echo"><thead><tr>${columns.map((name) => `<th scope="col">${name}</th>`).join("")}</tr></thead><tbody id="arrived"></tbody></table>`;
  },
};
