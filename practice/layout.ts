/** The frame around every page: head, navigation, language switch, footer. Pure. */
import { escape } from "./html.ts";
import type { Page, Visit } from "./page.ts";

function navigation(current: string, { language, site }: Visit): string {
  return site.pages
    .flatMap(({ path, menu }) => {
      if (menu === undefined) return [];
      const here = path === current ? ' aria-current="page"' : "";
      return `<li><a href="${path}"${here}>${escape(menu[language])}</a></li>`;
    })
    .join("");
}

export function layout(page: Page, visit: Visit): string {
  const { language } = visit;
  const other = language === "ja" ? "en" : "ja";
  const words =
    language === "ja"
      ? {
          site: "離れ 訓練用サイト",
          skip: "本文へ",
          search: "このサイトを検索",
          find: "検索",
          switch: "English",
        }
      : {
          site: "Hanare practice site",
          skip: "Skip to content",
          search: "Search this site",
          find: "Search",
          switch: "日本語",
        };
  const footer =
    language === "ja"
      ? "このサイトはインターネットではなく、離れの中だけにあります。外へは何も送りません。"
      : "This site is not on the internet: it exists only inside Hanare and sends nothing anywhere.";
  return `<!doctype html>
<html lang="${language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escape(page.title[language])} | ${words.site}</title>
<link rel="icon" href="/assets/icon.svg" type="image/svg+xml">
<link rel="stylesheet" href="/assets/practice.css">
<script src="/assets/practice.js" defer></script>
</head>
<body data-page="${page.path}">
<a class="skip" href="#main">${words.skip}</a>
<header>
<div class="bar">
<a class="brand" href="/"><img src="/assets/icon.svg" alt="" width="32" height="32">${words.site}</a>
<form class="find" action="/search" role="search"><input type="search" name="q" aria-label="${words.search}" placeholder="${words.search}"><button>${words.find}</button></form>
<a class="language" id="language" href="?lang=${other}" lang="${other}" hreflang="${other}">${words.switch}</a>
</div>
<nav><ul>${navigation(page.path, visit)}</ul></nav>
</header>
<main id="main">
<h1>${escape(page.title[language])}</h1>
${page.body(visit)}
</main>
<footer><p>${footer}</p></footer>
</body>
</html>
`;
}
