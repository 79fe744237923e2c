/**
 * The page that says why, who answers for it and how to ask for it: Japanese first, English below. Pure.
 * Everything that came from outside is escaped, no script runs, nothing is loaded, and the contents of
 * lists never show. The page itself can ask for nothing: asking takes a click in Hanare's own pages, which
 * nothing in an isolated browser can make.
 */
import { createHash } from "node:crypto";
import { escapeHtml as escape } from "./escape-html.ts";
import { passedRulesHtml } from "./passed-rules-html.ts";
import type { Refusal } from "./refusal.ts";

export interface PageFacts {
  readonly refusal: Refusal;
  readonly host: string;
  readonly at: Date;
  readonly requestId: string;
}

const style = `
:root{color-scheme:light}
body{margin:0;background:#f8f8fb;color:#1a1a1c;font:16px/1.7 "Noto Sans JP","Noto Sans CJK JP",sans-serif}
main{max-width:42rem;margin:4rem auto;padding:2rem 2.5rem;background:#fff;border:1px solid #d8d8db;border-top:6px solid #ec0000;border-radius:8px}
h1{margin:0 0 .5rem;font-size:1.6rem;line-height:1.4}
h2{margin:2rem 0 .5rem;font-size:1rem;color:#4d4d4d}
p{margin:.5rem 0}
.host{font-weight:700;overflow-wrap:anywhere}
.note{padding:.75rem 1rem;background:#fdeeee;border-radius:6px}
dl{display:grid;grid-template-columns:max-content 1fr;gap:.25rem 1.5rem;margin:1.5rem 0 0;padding-top:1rem;border-top:1px solid #d8d8db;font-size:.875rem}
details{margin-top:1rem;font-size:.875rem}summary{cursor:pointer;color:#0017c1}ol{padding-left:2rem;overflow-wrap:anywhere}
dt{color:#4d4d4d}dd{margin:0;overflow-wrap:anywhere}
`;
const styleHash = createHash("sha256").update(style).digest("base64");

/** Also on every refusal that is not a page: nothing of it may be kept or sniffed. */
export const pageHeaders: readonly string[] = [
  "Content-Type",
  "text/html; charset=utf-8",
  "Content-Security-Policy",
  `default-src 'none'; style-src 'sha256-${styleHash}'; base-uri 'none'; form-action 'none'`,
  "Cache-Control",
  "no-store",
  "Referrer-Policy",
  "no-referrer",
  "X-Content-Type-Options",
  "nosniff",
];

/** One sentence for each class of reason, in the words of somebody who only wanted to read a page. */
const sentences: Readonly<Record<string, readonly [ja: string, en: string]>> = {
  rule: [
    "通信ポリシーの規則で、このサイトへの接続は止められています。",
    "A rule of the traffic policy blocks this site.",
  ],
  default: [
    "許可リストに載っていないサイトのため、接続できません。",
    "This site is not on the list of allowed sites.",
  ],
  "guard.deny_ip": [
    "庁内や特別な用途のアドレスに当たるため、接続できません。",
    "The site's address belongs to an internal or special-purpose range.",
  ],
  "guard.dns": [
    "サイトの名前を確かめられませんでした。アドレスの誤りかもしれません。",
    "The site's name could not be resolved. The address may be mistyped.",
  ],
  "guard.host": [
    "アドレスの書き方が認められていない形（IP アドレスの直接指定など）です。",
    "The host is written in a form that is not accepted, such as a bare IP address.",
  ],
  "guard.limit": [
    "一度に扱える通信の上限を超えました。少し待ってからお試しください。",
    "A limit on traffic was exceeded. Wait a moment and try again.",
  ],
  "guard.parse": [
    "通信の内容を正しく読み取れなかったため、接続しませんでした。",
    "The request could not be understood, so it was not sent.",
  ],
  "guard.port": ["認められていないポート番号への接続です。", "The port number is not allowed."],
  "guard.sni": [
    "暗号化通信で名乗った名前が接続先と一致しないため、切断しました。",
    "The name given in the encrypted connection does not match the host.",
  ],
  "guard.unclaimed": [
    "ブラウザの準備が終わっていないため、まだ通信できません。",
    "The browser is not ready for traffic yet.",
  ],
  upstream: [
    "サイトに接続できませんでした。時間をおいてもう一度お試しください。",
    "The site could not be reached. Try again later.",
  ],
};

export function blockPage(facts: PageFacts): string {
  const { refusal, host, at, requestId } = facts;
  const [ja, en] = sentences[refusal.rule] ?? sentences["rule"] ?? ["", ""];
  const failed = refusal.rule === "upstream";
  const titleJa = failed ? "このサイトに接続できませんでした" : "このサイトには接続できません";
  const titleEn = failed ? "This site could not be reached" : "This site cannot be opened";
  const note =
    refusal.message === undefined ? "" : `<p class="note">${escape(refusal.message)}</p>`;
  const { rule, ruleName, list, line, owner } = refusal;
  const [askJa, askEn] = howToAsk(refusal);
  const rows = [
    ["接続先 / Host", host],
    ["規則 / Rule", ruleName === undefined ? rule : `${rule} ${ruleName}`],
    ["リスト / List", list === undefined ? "" : `${list}${line === undefined ? "" : `:${line}`}`],
    ["担当 / Maintained by", owner ?? ""],
    ["理由 / Reason", refusal.reason],
    ["日時 / Time", localTime(at)],
    ["問い合わせ番号 / Reference", requestId],
  ]
    .filter(([, value]) => value !== "")
    .map(([name = "", value = ""]) => `<dt>${escape(name)}</dt><dd>${escape(value)}</dd>`);
  return `<!doctype html>
<html lang="ja">
<head><meta charset="utf-8"><title>${titleJa} / ${titleEn}</title><style>${style}</style></head>
<body><main>
<h1>${titleJa}</h1>
<p class="host">${escape(host)}</p>
<p>${ja}</p>
${note}
<p>${askJa}</p>
<h2 lang="en">${titleEn}</h2>
<p lang="en">${en} ${askEn}</p>
<dl>${rows.join("")}</dl>
${refusal.passed ? passedRulesHtml(refusal.passed()) : ""}
</main></body>
</html>
`;
}

function howToAsk({ rule, final }: Refusal): readonly [ja: string, en: string] {
  if (rule === "upstream")
    return [
      "続くときは、下の問い合わせ番号を添えて管理者に連絡してください。",
      "If it persists, give your administrator the reference below.",
    ];
  if (rule.startsWith("guard."))
    return [
      "安全のための決まりなので、申請しても開けません。困ったときは、下の問い合わせ番号を添えて管理者に連絡してください。",
      "This is a safeguard that no request can open. If you are stuck, give your administrator the reference below.",
    ];
  if (final === true)
    return [
      "この規則は申請の対象外です。必要なときは、下の問い合わせ番号を添えて担当に連絡してください。",
      "This rule takes no requests. If you need the site, give the reference below to whoever maintains the rule.",
    ];
  return [
    "業務で必要なときは「利用を申請」から申請できます。分離ブラウザでは画面の上の帯に、端末では Hanare のポータルの「利用申請」にあります（下の問い合わせ番号を入力）。",
    "If you need it for your work, ask for it: in the isolated browser with “Ask for it” above this page, on a terminal under “Requests” in the Hanare portal with the reference below.",
  ];
}

const timeFormat = new Intl.DateTimeFormat("sv-SE", {
  timeZone: "Asia/Tokyo",
  dateStyle: "short",
  timeStyle: "medium",
});

function localTime(at: Date): string {
  return `${timeFormat.format(at)} JST`;
}
