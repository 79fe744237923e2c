/** What a name's extension claims. Pure. */
import type { ContentType } from "../../wire/sandbox.ts";

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
  zip: ["zip"],
  csv: ["csv", "tsv"],
};

export function extensionDisagrees(type: ContentType, extension: string): boolean {
  const expected = agreeing[type];
  return expected !== undefined && !expected.includes(extension);
}
