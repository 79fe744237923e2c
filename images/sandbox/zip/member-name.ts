/**
 * Names of zip members: UTF-8 when flagged or valid, else CP932, else CP437-like bytes. Decoding comes
 * before any look at separators: the second byte of a CP932 character can be a backslash. Pure.
 */
export type NameEncoding = "bytes" | "cp932" | "utf-8";

function tryDecode(raw: Uint8Array, charset: string): string | undefined {
  try {
    return new TextDecoder(charset, { fatal: true }).decode(raw);
  } catch (error) {
    if (error instanceof TypeError) return undefined;
    throw error;
  }
}

export function decodeMemberName(
  raw: Buffer,
  flaggedUtf8: boolean,
): { name: string; encoding: NameEncoding } {
  const utf8 = tryDecode(raw, "utf-8");
  if (utf8 !== undefined) return { name: utf8, encoding: "utf-8" };
  const cp932 = flaggedUtf8 ? undefined : tryDecode(raw, "shift_jis");
  if (cp932 !== undefined) return { name: cp932, encoding: "cp932" };
  return { name: raw.toString("latin1"), encoding: "bytes" };
}

/** Absolute, climbing, drive-lettered, device or control-bearing names have no place in an archive. */
export function isUnsafeMemberName(name: string): boolean {
  const slashed = name.replaceAll("\\", "/");
  if (
    name === "" ||
    slashed.startsWith("/") ||
    /^[A-Za-z]:/.test(name) ||
    /[\u0000-\u001f\u007f]/.test(name)
  )
    return true;
  return slashed.split("/").some((part) => part === ".." || part === ".");
}
