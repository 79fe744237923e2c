/** Where words typed into the address bar go by default. Searches this site only, and says so. */
import { escape } from "../html.ts";
import type { Page, Visit } from "../page.ts";

/** Text without tags, for matching. */
const plain = (html: string): string => html.replace(/<[^>]*>/g, " ").replace(/\s+/g, " ");

interface Hit {
  readonly page: Page;
  readonly excerpt: string;
}

export function find(query: string, visit: Visit): Hit[] {
  const words = query
    .normalize("NFKC")
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== "");
  if (words.length === 0) return [];
  // Neither itself nor the echo, whose bodies are made of what the visitor typed.
  const candidates = visit.site.pages.filter(
    ({ path }) => path !== "/search" && path !== "/forms/echo",
  );
  return candidates.flatMap((page) => {
    const text = plain(
      `${page.title[visit.language]} ${page.summary[visit.language]} ${page.body(visit)}`,
    ).normalize("NFKC");
    const lower = text.toLowerCase();
    if (!words.every((word) => lower.includes(word))) return [];
    const at = Math.max(0, lower.indexOf(words[0] ?? "") - 30);
    return [{ page, excerpt: `${at > 0 ? "…" : ""}${text.slice(at, at + 120)}…` }];
  });
}

export const searchPage: Page = {
  path: "/search",
  title: { ja: "サイト内検索", en: "Search" },
  summary: { ja: "この訓練用サイトの中を検索します。", en: "Searches this practice site." },
  body: (visit) => {
    const query = (visit.untrustedFields.get("q") ?? "").slice(0, 200);
    const hits = find(query, visit);
    const ja = visit.language === "ja";
    const scope = ja
      ? "インターネットの検索ではありません。この訓練用サイトの中だけを探しています。検索サービスは管理者が設定できます。"
      : "This is not an internet search: only this practice site is searched. Administrators can set a search service.";
    const list = hits
      .map(
        ({ page, excerpt }) =>
          `<li><a href="${page.path}">${escape(page.title[visit.language])}</a><p>${escape(excerpt)}</p></li>`,
      )
      .join("");
    const count = ja
      ? `「${escape(query)}」に一致するページ: ${hits.length} 件`
      : `Pages that match “${escape(query)}”: ${hits.length}`;
    return `<p class="notice">${scope}</p><p id="count">${query === "" ? (ja ? "検索する言葉を入力してください。" : "Type something to search for.") : count}</p><ul class="hits">${list}</ul>`;
  },
};
