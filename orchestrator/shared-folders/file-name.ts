/**
 * Names in a shared folder: what Windows takes as it stands, short enough for the server's disk and for Explorer, and
 * numbered where the name is taken. Pure.
 */

/** Linux file systems count bytes, Explorer UTF-16 units of the whole path (MAX_PATH, the closing NUL within). */
const nameBytes = 240;
const pathUnits = 259;
/** What is left of a name whatever the path above it takes. */
const leastUnits = 24;
const reserved =
  /^(con|prn|aux|nul|conin\$|conout\$|com[0-9\u00b9\u00b2\u00b3]|lpt[0-9\u00b9\u00b2\u00b3])(\.|$)/i;

/** One part of a path that Windows and Linux read as the same name. */
export function isSafeName(part: string): boolean {
  return (
    part !== "" &&
    !/[\p{Cc}\p{Cf}\p{Cs}<>:"/\\|?*]/u.test(part) &&
    !/^\s|[\s.]$/u.test(part) &&
    !part.startsWith(".") &&
    !reserved.test(part) &&
    part.normalize("NFC") === part &&
    Buffer.byteLength(part) <= nameBytes
  );
}

function split(name: string): readonly [stem: string, extension: string] {
  const extension = /\.[A-Za-z0-9_-]{1,20}$/.exec(name)?.[0] ?? "";
  return [name.slice(0, name.length - extension.length), extension];
}

/** `name` as a download carries it, cut for a folder whose shown path is so long; the extension stays. */
export function fitName(name: string, folderUnits: number): string {
  const [stem, extension] = split(name);
  // Room for " (100)".
  const units = Math.max(leastUnits, pathUnits - folderUnits - 1) - extension.length - 6;
  const bytes = nameBytes - Buffer.byteLength(extension) - 6;
  let kept = "";
  for (const character of stem) {
    const longer = kept + character;
    if (longer.length > units || Buffer.byteLength(longer) > bytes) break;
    kept = longer;
  }
  return `${kept.replace(/[\s.]+$/u, "") || "download"}${extension}`;
}

/** `report.docx`, `report (2).docx`, … */
export function numbered(name: string, n: number): string {
  if (n === 1) return name;
  const [stem, extension] = split(name);
  return `${stem} (${n})${extension}`;
}

/** As Windows compares names. */
export const folded = (name: string): string => name.normalize("NFC").toUpperCase();
