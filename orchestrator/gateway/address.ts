/**
 * What was typed in the address bar, as an address: a URL, a host name, or words to search for. Only
 * http and https ever leave here; anything else is words. Pure.
 */
const hostLike =
  /^(localhost|[^\s/?#@:]+\.[^\s/?#@:.]+|\d{1,3}(\.\d{1,3}){3}|\[[0-9a-f:.]+\])(:\d{1,5})?([/?#]\S*)?$/iu;

/** Names that Hanare itself answers, without TLS. */
const internalSuffix = ".hanare.internal";

/** `search` holds one %s for the words. The result is an absolute http(s) URL. */
export function resolveAddress(typed: string, search: string): string {
  const text = typed.trim();
  const url = asWebUrl(text) ?? asWebUrl(hostLike.test(text) ? `${schemeFor(text)}://${text}` : "");
  return url ?? search.replace("%s", encodeURIComponent(text.toWellFormed()));
}

function asWebUrl(text: string): string | undefined {
  if (!/^https?:\/\//i.test(text) || !URL.canParse(text)) return undefined;
  const { href } = new URL(text);
  return href;
}

function schemeFor(text: string): "http" | "https" {
  const host = (text.split(/[/?#]/)[0] ?? "").replace(/:\d+$/, "").toLowerCase();
  const plain =
    host.endsWith(internalSuffix) ||
    host === "localhost" ||
    /^[\d.]+$/.test(host) ||
    host.startsWith("[");
  return plain ? "http" : "https";
}
