/**
 * One entry of a list or of a rule's hosts. Pure.
 *
 *   example.jp       that name only             *.example.jp     everything below it
 *   .example.jp      it and everything below    !www.example.jp  an exception: not in this list
 *   192.0.2.1        an address                 192.0.2.0/24     a range, for hosts that are addresses
 *   example.jp/koho/ below this path of plain HTTP
 *
 * An entry that is not canonical is refused with the form to write, because an entry that never matches
 * is worse than an error; characters that mean something to other programs never pass. Japanese names
 * may be written as they are read: they become their A-labels here.
 */
import { domainToASCII, domainToUnicode } from "node:url";
import { isTopLevel } from "./compile/broad.ts";
import { parseRange } from "./guards/address-class.ts";
import { type HostRefusal, parseHost } from "./guards/host-port.ts";
import { canonicalPath } from "./paths.ts";
import { quote } from "./problem.ts";

export interface EntryProblem {
  readonly ok: false;
  readonly ja: string;
  readonly en: string;
}
export type EntryResult = { readonly ok: true; readonly entry: string } | EntryProblem;

/** IP addresses and single labels may stand in a list; whether they are ever reached is the guards' matter. */
const permissive = { ipLiterals: "allow", singleLabel: "allow" } as const;

export function parseEntry(untrusted: string): EntryResult {
  if (/^[!*.]*$/.test(untrusted)) return everything(untrusted);
  if (untrusted.startsWith("!")) {
    const excepted = parseEntry(untrusted.slice(1));
    if (!excepted.ok) return excepted;
    return /[!/]/.test(excepted.entry)
      ? wrong(
          untrusted,
          "例外にできるのは名前だけです",
          "cannot be an exception; only names can",
          undefined,
        )
      : { ok: true, entry: `!${excepted.entry}` };
  }
  if (/^[0-9a-fA-F:.]+\/\d{1,3}$/.test(untrusted)) return parseRangeEntry(untrusted);
  const slash = untrusted.indexOf("/");
  if (slash > 0 && !untrusted.includes("://")) return parseUrlEntry(untrusted, slash);
  return parseNameEntry(untrusted);
}

function everything(untrusted: string): EntryProblem {
  const shown = quote(untrusted);
  return {
    ok: false,
    ja: `「${shown}」はすべてのサイトを指します。リストには書けません。規則に to: { any: true } と書いてください。`,
    en: `"${shown}" means every site and cannot stand in a list; write to: { any: true } in a rule.`,
  };
}

function parseRangeEntry(untrusted: string): EntryResult {
  const range = parseRange(untrusted);
  if (range === untrusted) return { ok: true, entry: range };
  return wrong(
    untrusted,
    "アドレスの範囲として正しくありません",
    "is not an address range",
    range ?? "203.0.113.0/24",
  );
}

function parseUrlEntry(untrusted: string, slash: number): EntryResult {
  const host = parseNameEntry(untrusted.slice(0, slash));
  if (!host.ok) return host;
  const written = untrusted.slice(slash);
  const path = canonicalPath(written);
  if (path === written && path !== "/") return { ok: true, entry: `${host.entry}${path}` };
  return wrong(
    untrusted,
    "正規の書き方ではありません",
    "is not in canonical form",
    path === undefined || path === "/" ? host.entry : `${host.entry}${path}`,
  );
}

function parseNameEntry(untrusted: string): EntryResult {
  const prefix = /^(?:\*\.|\.)?/.exec(untrusted)?.[0] ?? "";
  const written = untrusted.slice(prefix.length);
  const host = parseHost(bracketed(aLabels(written) ?? written), permissive);
  if (!host.ok) {
    const [ja, en] = why[host.reason];
    return wrong(untrusted, ja, en, suggestion(untrusted));
  }
  if (prefix !== "" && host.kind !== "name") {
    return wrong(
      untrusted,
      "IP アドレスの前に「.」や「*.」は付けられません",
      "is an address, which takes no leading dot",
      host.host,
    );
  }
  if (prefix === "" && !host.host.includes(".") && host.kind === "name" && isTopLevel(host.host)) {
    return wrong(
      untrusted,
      "サイトの名前ではなく、公開の接尾辞です",
      "is a public suffix and no site",
      `example.${host.host}`,
    );
  }
  const canonical = `${prefix}${host.host}`;
  if (written === host.host || aLabels(written) === host.host)
    return { ok: true, entry: canonical };
  return wrong(untrusted, "正規の書き方ではありません", "is not in canonical form", canonical);
}

/** The A-labels of a Japanese name, when it is written in the one way they are read back. */
function aLabels(text: string): string | undefined {
  if (/^[\x00-\x7f]*$/.test(text)) return undefined;
  const ascii = domainToASCII(text);
  return ascii !== "" && domainToUnicode(ascii) === text ? ascii : undefined;
}

function bracketed(text: string): string {
  return /^[0-9a-f:.]*:[0-9a-f:.]*:[0-9a-f:.]*$/.test(text) ? `[${text}]` : text;
}

function wrong(
  untrusted: string,
  ja: string,
  en: string,
  better: string | undefined,
): EntryProblem {
  const shown = quote(untrusted);
  return {
    ok: false,
    ja: `「${shown}」は${ja}。${better === undefined ? "「example.jp」か「.example.jp」の形で" : `「${better}」と`}書いてください。`,
    en: `"${shown}" ${en}; write ${better === undefined ? '"example.jp" or ".example.jp"' : `"${better}"`}.`,
  };
}

const why: Readonly<Record<HostRefusal, readonly [ja: string, en: string]>> = {
  "bad-brackets": ["ホスト名だけを書く欄に合いません", "is not a bare host name"],
  "bad-character": [
    "ホスト名に使えない文字を含みます",
    "contains a character that no host name has",
  ],
  "bad-label": ["ホスト名として正しくありません", "is not a valid host name"],
  "empty-host": ["ホスト名がありません", "has no host name"],
  "host-too-long": ["長すぎます", "is too long"],
  "ip-encoding": ["IP アドレスの書き方が正しくありません", "is not an ordinary IP address"],
  "ip-literal": ["IP アドレスです", "is an IP address"],
  localhost: ["許可できない名前です", "is a name that can never be opened"],
  "non-ascii": ["日本語などの文字を含みます", "contains non-ASCII characters"],
  "percent-encoding": ["「%」を含みます", 'contains "%"'],
  "port-invalid": ["ポートを含みます", "contains a port"],
  "port-missing": ["ポートがありません", "has no port"],
  "punycode-invalid": ["xn-- 形式として正しくありません", "is not valid punycode"],
  "single-label": ["ドメインではありません", "is a single label"],
  userinfo: ["「@」を含みます", 'contains "@"'],
};

/** What was probably meant: the host of a URL, the suffix of a wildcard, the A-label of a Japanese name. */
function suggestion(untrusted: string): string | undefined {
  const host = untrusted
    .trim()
    .replace(/^[a-z][a-z0-9+.-]*:\/\//i, "")
    .replace(/^[^/@]*@/, "")
    .replace(/[/?#].*$/, "")
    .replace(/:\d*$/, "");
  const suffix = /^\*?\./.test(host);
  const ascii = domainToASCII(suffix ? host.replace(/^\*?\./, "") : host);
  if (ascii === "") return undefined;
  const parsed = parseHost(ascii, permissive);
  return parsed.ok ? `${suffix && parsed.kind === "name" ? "." : ""}${parsed.host}` : undefined;
}
