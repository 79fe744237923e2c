/**
 * The path of a plain HTTP request, in the one spelling that rules and lists are compared with. Pure.
 * A prefix that could be dodged by "/%61dmin", "//admin" or "/public/../admin" would be no rule at all.
 */

/** Undefined for what is no path; the query is cut off. */
export function canonicalPath(untrusted: string): string | undefined {
  const path = /^[^?#]*/.exec(untrusted)?.[0] ?? "";
  if (!path.startsWith("/") || path.length > 8192 || /[^\x21-\x7e]/.test(path)) return undefined;
  const decoded = path
    .replaceAll("\\", "/")
    .replace(/%([0-9a-fA-F]{2})/g, (_, hex: string) => decodeUnreserved(hex));
  const segments: string[] = [];
  const parts = decoded.split("/").slice(1);
  for (const [index, part] of parts.entries()) {
    const last = index === parts.length - 1;
    if (part === "..") segments.pop();
    if (part === "" || part === "." || part === "..") {
      if (last) segments.push("");
    } else segments.push(part);
  }
  return `/${segments.join("/")}`;
}

/** RFC 3986 §2.3: only these mean the same with and without the percent sign. */
function decodeUnreserved(hex: string): string {
  const character = String.fromCharCode(Number.parseInt(hex, 16));
  return /[A-Za-z0-9._~-]/.test(character) ? character : `%${hex.toUpperCase()}`;
}

/** "/a" covers "/a", "/a/" and "/a/b"; not "/ab". "/a/" covers what is below it. */
export function isBelow(path: string, prefix: string): boolean {
  if (!path.startsWith(prefix)) return false;
  return prefix.endsWith("/") || path.length === prefix.length || path[prefix.length] === "/";
}
