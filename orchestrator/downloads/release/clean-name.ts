/**
 * The name a file leaves under: what the page called it, without anything that lies or bites on a Windows
 * terminal, and with the extension of what it turned out to be. Pure.
 */
import { type OutputType, outputTypes } from "../../../images/wire/file-words.ts";

export const nameLimit = 200;
const fallback = "download";

/** Controls, zero-width and joining marks that hide, bidirectional marks that reverse, byte order marks. */
const invisible =
  /[\u0000-\u001f\u007f-\u009f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202f\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\uffff]/g;
const refusedByWindows = /[<>:"|?*]/g;
const reserved =
  /^(con|prn|aux|nul|conin\$|conout\$|com[0-9\u00b9\u00b2\u00b3]|lpt[0-9\u00b9\u00b2\u00b3])$/i;

/** Extensions that are taken for one, and replaced when they disagree with the content. */
const knownExtensions: ReadonlySet<string> = new Set([
  ...Object.values(outputTypes).flatMap((each): readonly string[] => each.extensions),
  ..."doc docm dot dotm xls xlsm xlsb xlt xltm ppt pptm pot potm pps ppsm jfif bmp tif tiff heic svg emf wmf mht mhtml html htm xml rtf msg zip 7z rar lzh cab exe com bat cmd scr js vbs msi lnk dll ps1 hta jar iso".split(
    " ",
  ),
]);

/** Cut to `limit` UTF-16 units without halving a pair. */
function cut(text: string, limit: number): string {
  if (text.length <= limit) return text;
  const end = /[\ud800-\udbff]/.test(text[limit - 1] ?? "") ? limit - 1 : limit;
  return text.slice(0, end);
}

const trimEnds = (text: string): string => text.replace(/^[\s.]+/, "").replace(/[\s.]+$/, "");

function split(name: string): { stem: string; extension: string } {
  const at = name.lastIndexOf(".");
  const extension = at < 0 ? "" : name.slice(at + 1);
  return /^[A-Za-z0-9_-]{1,20}$/.test(extension)
    ? { stem: name.slice(0, at), extension }
    : { stem: name, extension: "" };
}

/** `invoice.exe` inside a longer name must not read as an extension when the terminal hides the last one. */
const defuseInner = (stem: string): string =>
  stem.replace(/\.([A-Za-z0-9]{1,5})(?=$|[\s.])/g, (whole, inner: string) =>
    knownExtensions.has(inner.toLowerCase()) ? `_${inner}` : whole,
  );

function mend(name: string, type: OutputType | undefined): { stem: string; extension: string } {
  const { stem, extension } = split(name);
  if (type === undefined) return { stem, extension };
  const fitting: readonly string[] = outputTypes[type].extensions;
  if (fitting.includes(extension.toLowerCase())) return { stem: defuseInner(stem), extension };
  const first = fitting[0] ?? "";
  const whole =
    extension === "" || knownExtensions.has(extension.toLowerCase())
      ? stem
      : `${stem}.${extension}`;
  return { stem: defuseInner(whole), extension: first };
}

/** `type` is what the file is; without it the extension stays as it came. Never empty, never longer than nameLimit. */
export function cleanName(untrustedName: string, type?: OutputType): string {
  const visible = untrustedName.toWellFormed().normalize("NFC").replace(invisible, "");
  const last = visible.split(/[/\\]/).at(-1) ?? "";
  const { stem, extension } = mend(trimEnds(last.replace(refusedByWindows, "_")), type);
  const suffix = extension === "" ? "" : `.${extension}`;
  const body = trimEnds(cut(trimEnds(stem), nameLimit - suffix.length - 1)) || fallback;
  const first = body.split(".")[0] ?? "";
  return `${reserved.test(first.trim()) ? "_" : ""}${body}${suffix}`;
}
