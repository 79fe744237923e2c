/** The address as people read and write it. Pure. Whether typed text is an address is the server's business. */

/** Characters that may not appear decoded: they would hide or reorder what the address says. */
const unsafeDecoded = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Zs}\p{Co}\p{Cn}]/u;

/** What the address bar shows while nobody types in it. Hosts stay as they are sent (punycode). */
export function displayAddress(url: string): string {
  if (url === "" || url === "about:blank" || url.startsWith("chrome://newtab")) return "";
  const split = /^([a-z][a-z0-9+.-]*:\/\/[^/?#]*)(.*)$/i.exec(url);
  const origin = split?.[1];
  const rest = split?.[2];
  if (origin === undefined || rest === undefined) return url;
  return origin + (rest === "/" ? "" : decodeReadable(rest));
}

/** Decodes the escapes of each run that is valid UTF-8 and safe to read; leaves the others alone. */
function decodeReadable(text: string): string {
  return text.replaceAll(/(?:%[89a-f][0-9a-f])+/gi, (escaped) => {
    try {
      const decoded = decodeURIComponent(escaped);
      return unsafeDecoded.test(decoded) ? escaped : decoded;
    } catch {
      // Not UTF-8 (an older site's Shift_JIS, say): the escapes are the readable form.
      return escaped;
    }
  });
}

/** Host of an address for a tab without a title. */
export function hostOf(url: string): string {
  return /^[a-z][a-z0-9+.-]*:\/\/(?:[^/?#@]*@)?([^/?#]*)/i.exec(url)?.[1] ?? "";
}

/** What stands before the host, the host with its port, and what comes after. */
export function splitAtHost(address: string): readonly [string, string, string] {
  const [, before = "", host = "", after = ""] =
    /^([a-z][a-z0-9+.-]*:\/\/(?:[^/?#@]*@)?)([^/?#]*)(.*)$/i.exec(address) ?? [];
  return host === "" ? ["", "", address] : [before, host, after];
}

/** The lock beside the address: only what the scheme itself says. */
export function schemeOf(url: string): "secure" | "plain" | "none" {
  if (/^https:/i.test(url)) return "secure";
  return /^http:/i.test(url) ? "plain" : "none";
}

/** What the terminal's clipboard or keyboard may have left around an address. */
export function cleanTyped(typed: string): string {
  return typed
    .replaceAll(/[\r\n\t]+/g, "")
    .trim()
    .slice(0, 8192);
}
