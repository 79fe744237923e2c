/**
 * One entry of a list or of a rule's hosts: "example.jp" (that name only) or ".example.jp" (it and all
 * below). Pure. An entry that is not canonical is refused with the form to write, because an entry that
 * never matches is worse than an error; characters that mean something to other programs never pass.
 */
import { domainToASCII } from "node:url";
import { type HostRefusal, parseHost } from "./guards/host-port.ts";
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
  const suffix = untrusted.startsWith(".");
  const host = parseHost(bracketed(suffix ? untrusted.slice(1) : untrusted), permissive);
  if (host.ok) {
    const canonical = suffix ? `.${host.host}` : host.host;
    if (suffix && host.kind !== "name") {
      return wrong(
        untrusted,
        "IP アドレスの前に「.」は付けられません",
        "an address takes no leading dot",
        host.host,
      );
    }
    if (canonical === untrusted) return { ok: true, entry: canonical };
    return wrong(untrusted, "正規の書き方ではありません", "is not in canonical form", canonical);
  }
  const better = suggestion(untrusted);
  const [ja, en] = why[host.reason];
  return wrong(untrusted, ja, en, better);
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
