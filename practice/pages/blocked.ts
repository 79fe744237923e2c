/** Links that must not open, each with what should happen instead. */
import { escape, type Words } from "../html.ts";
import type { Page } from "../page.ts";

interface Refusal {
  readonly url: string;
  readonly what: Words;
}

const byList: readonly Refusal[] = [
  {
    url: "http://blocked.example/",
    what: { ja: "許可リストにないサイト", en: "A site that is not on the allow list" },
  },
  {
    url: "https://blocked.example/",
    what: { ja: "同じサイトを https で", en: "The same by https" },
  },
  {
    url: "https://example.com/",
    what: {
      ja: "実在するが、許可リストにないサイト",
      en: "A real site that is not on the allow list",
    },
  },
];

const byAddress = (machineAddress: string): readonly Refusal[] => [
  {
    url: `http://${machineAddress}/`,
    what: { ja: "離れが動いている機械", en: "The machine Hanare runs on" },
  },
  { url: "http://10.0.0.1/", what: { ja: "庁内のアドレス", en: "An internal address" } },
  {
    url: "http://192.168.1.1/",
    what: { ja: "庁内のアドレス (ルーターなど)", en: "An internal address (a router)" },
  },
  {
    url: "http://169.254.169.254/",
    what: { ja: "クラウドの管理用アドレス", en: "The management address of clouds" },
  },
  { url: "http://localhost/", what: { ja: "この機械自身", en: "This machine itself" } },
  {
    url: "http://127.0.0.1:8443/",
    what: { ja: "この機械自身のポータル", en: "The portal on this machine" },
  },
  { url: "http://[::1]/", what: { ja: "この機械自身 (IPv6)", en: "This machine itself (IPv6)" } },
  {
    url: "http://0x7f000001/",
    what: { ja: "この機械自身を別の書き方で", en: "This machine in another spelling" },
  },
];

export const blockedPage: Page = {
  path: "/blocked",
  menu: { ja: "開けない", en: "Closed" },
  title: { ja: "開けないはずのリンク", en: "Links that stay closed" },
  summary: {
    ja: "許可されていないサイトや庁内のアドレスが開けないことを確かめます。",
    en: "Makes sure that sites which are not allowed and internal addresses do not open.",
  },
  body: ({ language, site }) => {
    const ja = language === "ja";
    const table = (rows: readonly Refusal[], expect: string): string =>
      `<table class="refusals"><thead><tr><th>${ja ? "リンク" : "Link"}</th><th>${ja ? "内容" : "What it is"}</th><th>${ja ? "こうなるはずです" : "What should happen"}</th></tr></thead><tbody>${rows
        .map(
          ({ url, what }) =>
            `<tr><td><a href="${escape(url)}">${escape(url)}</a></td><td>${what[language]}</td><td>${expect}</td></tr>`,
        )
        .join("")}</tbody></table>`;
    return `<p class="lead">${
      ja
        ? "次のリンクはどれも開けません。開けてしまったら、管理者に知らせてください。"
        : "None of these links opens. If one does, tell your administrator."
    }</p>
<h2>${ja ? "許可リストで止まるもの" : "Stopped by the allow list"}</h2>
${table(byList, ja ? "規則の番号と理由を示す案内が表示されます。" : "A page names the rule and the reason.")}
<h2>${ja ? "どんな規則でも開けないもの" : "What no rule can open"}</h2>
${table(byAddress(site.machineAddress), ja ? "どの規則があっても拒否されます (guard.deny_ip)。" : "Refused whatever the rules say (guard.deny_ip).")}`;
  },
};
