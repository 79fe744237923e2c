/** Harmless samples to download, each with what should happen to it. */
import { escape, type Language } from "../html.ts";
import type { Page } from "../page.ts";
import type { Sample } from "../samples/samples.ts";

/** Sizes as people write them. */
export function sizeText(bytes: number): string {
  return bytes < 10_240 ? `${bytes} B` : `${Math.round(bytes / 1024)} KB`;
}

function row(sample: Sample, language: Language): string {
  const ja = language === "ja";
  return `<tr><td><a href="/files/${encodeURIComponent(sample.name)}" download>${escape(sample.name)}</a><small>${sizeText(sample.bytes.length)}</small></td><td>${escape(ja ? sample.titleJa : sample.titleEn)}</td><td>${escape(ja ? sample.expectJa : sample.expectEn)}</td></tr>`;
}

export const filesPage: Page = {
  path: "/files",
  menu: { ja: "受け取る", en: "Receive" },
  title: { ja: "ダウンロードの練習", en: "Downloads" },
  summary: {
    ja: "ウイルスの代わりの見本、マクロ付き文書、偽の拡張子などを、安全に受け取ってみます。",
    en: "Harmless stand-ins for viruses, documents with macros and false extensions.",
  },
  body: ({ language, site }) => {
    const ja = language === "ja";
    return `<p class="lead">${
      ja
        ? "どれも害のない見本です。ダウンロードすると、受信、検査、判定の様子がツールバーの「ダウンロード」に表示されます。元のファイルが端末に届くことはありません。"
        : "All of these are harmless. While one downloads, the tray in the toolbar shows it being received, inspected and judged. The original never reaches your computer."
    }</p>
<table class="samples"><thead><tr><th>${ja ? "ファイル" : "File"}</th><th>${ja ? "内容" : "What it is"}</th><th>${ja ? "こうなるはずです" : "What should happen"}</th></tr></thead><tbody>${site.samples.map((sample) => row(sample, language)).join("")}</tbody></table>`;
  },
};
