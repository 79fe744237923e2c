/** What a name's extension claims. Pure. */
import type { ContentType } from "../../wire/file-words.ts";

/** Extensions that a terminal would run, mount or obey. A file that carries one never passes, whatever is in it. */
const executableExtensions = new Set(
  `ade adp apk app appx appxbundle application appref-ms asp aspx bas bat bin cdxml chm class cmd com cpl crt dll
   diagcab dmg elf exe gadget hlp hta img inf ins iqy iso isp its jar jnlp js jse ksh library-ms lnk mad maf mag mam
   mar mas mat mau mav maw mda mde mdt mdw mdz msc msh msi msix msp mst ocx one onepkg ops oqy osd pcd php pif pl prf
   prg ps ps1 ps1xml ps2 psc1 psd1 psm1 pst py pyc pyw rb reg rqy scf scr sct search-ms settingcontent-ms sh shb shs
   slk so sys theme themepack tmp url vb vbe vbp vbs vhd vhdx vsmacros vsw website ws wsc wsf wsh xbap xll xlam xnk
   ppam dotm~`
    .split(/\s+/)
    .filter((each) => each !== "" && !each.endsWith("~")),
);

export function extensionOf(name: string): string {
  const match = /\.([A-Za-z0-9_-]{1,20})$/.exec(name.trim());
  return match?.[1]?.toLowerCase() ?? "";
}

export const isExecutableExtension = (extension: string): boolean =>
  executableExtensions.has(extension);

/** Formats of Japanese offices that no free program opens: binary, of unknown content, and asked for daily. */
const heldExtensions = new Set("jtd jtt jhd jsd xdw xbd xct jww jwc dwg sfz p2z".split(" "));
export const heldExtension = (extension: string): boolean => heldExtensions.has(extension);

/** Extensions that agree with a content type; a type without an entry agrees with none in particular. */
const agreeing: Partial<Record<ContentType, readonly string[]>> = {
  pdf: ["pdf"],
  docx: ["docx", "docm", "dotx", "dotm"],
  xlsx: ["xlsx", "xlsm", "xltx", "xltm"],
  pptx: ["pptx", "pptm", "potx", "potm", "ppsx", "ppsm"],
  xlsb: ["xlsb"],
  doc: ["doc", "dot"],
  xls: ["xls", "xlt"],
  ppt: ["ppt", "pps", "pot"],
  jpeg: ["jpg", "jpeg", "jpe", "jfif"],
  png: ["png"],
  gif: ["gif"],
  webp: ["webp"],
  odt: ["odt"],
  ods: ["ods"],
  odp: ["odp"],
  bmp: ["bmp", "dib"],
  tiff: ["tif", "tiff"],
  svg: ["svg"],
  rtf: ["rtf"],
  "7z": ["7z"],
  rar: ["rar"],
  lzh: ["lzh"],
  cab: ["cab"],
  msg: ["msg"],
  zip: ["zip"],
  csv: ["csv", "tsv"],
  html: ["html", "htm"],
  mhtml: ["mht", "mhtml"],
  metafile: ["emf", "wmf"],
  mail: ["eml"],
};

export function extensionDisagrees(type: ContentType, extension: string): boolean {
  const expected = agreeing[type];
  return expected !== undefined && !expected.includes(extension);
}

/** The name a rebuilt member carries: its own, with an extension that tells the truth. */
export function memberName(name: string, fitting: readonly string[]): string {
  const extension = extensionOf(name);
  if (fitting.includes(extension)) return name;
  const known = Object.values(agreeing).some((each) => each.includes(extension));
  const stem = known ? name.slice(0, -extension.length - 1) : name;
  return `${stem}.${fitting[0] ?? "bin"}`;
}
