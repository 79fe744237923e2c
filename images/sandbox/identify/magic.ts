/** Content types that a few bytes at a fixed place give away. Pure. Executables come first on purpose. */
import type { ContentType } from "../../wire/file-words.ts";

interface Magic {
  readonly type: ContentType;
  readonly at: number;
  readonly bytes: Buffer;
}

const magic = (type: ContentType, at: number, bytes: string): Magic => ({
  type,
  at,
  bytes: Buffer.from(bytes, "latin1"),
});

const table: readonly Magic[] = [
  magic("executable", 0, "\x7fELF"),
  magic("executable", 0, "\xfe\xed\xfa\xce"),
  magic("executable", 0, "\xfe\xed\xfa\xcf"),
  magic("executable", 0, "\xce\xfa\xed\xfe"),
  magic("executable", 0, "\xcf\xfa\xed\xfe"),
  magic("executable", 0, "\xca\xfe\xba\xbe"),
  magic("executable", 0, "dex\n"),
  magic("executable", 0, "\0asm"),
  // Shell links, compiled help, OneNote sections: documents that start programs.
  magic("executable", 0, "L\0\0\0\x01\x14\x02\0"),
  magic("executable", 0, "ITSF"),
  magic("executable", 0, "\xe4\x52\x5c\x7b\x8c\xd8\xa7\x4d"),
  magic("script", 0, "#!"),
  magic("jpeg", 0, "\xff\xd8\xff"),
  magic("png", 0, "\x89PNG\r\n\x1a\n"),
  magic("gif", 0, "GIF87a"),
  magic("gif", 0, "GIF89a"),
  magic("tiff", 0, "II*\0"),
  magic("tiff", 0, "MM\0*"),
  magic("metafile", 0, "\xd7\xcd\xc6\x9a"),
  magic("metafile", 40, " EMF"),
  // Without the header that gives it a place: in memory or on disk, nine words of header, version 1 or 3.
  magic("metafile", 0, "\x01\0\x09\0\0\x03"),
  magic("metafile", 0, "\x02\0\x09\0\0\x03"),
  magic("metafile", 0, "\x01\0\x09\0\0\x01"),
  magic("metafile", 0, "VCLMTF"),
  magic("rtf", 0, "{\\rt"),
  magic("cfb", 0, "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"),
  magic("zip", 0, "PK\x03\x04"),
  magic("zip", 0, "PK\x05\x06"),
  magic("7z", 0, "7z\xbc\xaf\x27\x1c"),
  magic("rar", 0, "Rar!\x1a\x07"),
  magic("cab", 0, "MSCF"),
  magic("gzip", 0, "\x1f\x8b"),
  magic("xz", 0, "\xfd7zXZ\0"),
  magic("bzip2", 0, "BZh"),
  magic("zstd", 0, "\x28\xb5\x2f\xfd"),
  magic("jww", 0, "JwwData."),
  magic("dwg", 0, "AC10"),
  magic("tar", 257, "ustar"),
  magic("disk-image", 0x8001, "CD001"),
  magic("disk-image", 0, "conectix"),
  magic("disk-image", 0, "vhdxfile"),
  magic("disk-image", 0, "QFI\xfb"),
  magic("disk-image", 0, "KDMV"),
  magic("media", 0, "OggS"),
  magic("media", 0, "ID3"),
  magic("media", 0, "fLaC"),
  magic("media", 0, "\x1a\x45\xdf\xa3"),
];

const pdfWithin = 1024;

const isLzh = (bytes: Buffer): boolean => /^-l[hz][0-9ds]-$/.test(bytes.toString("latin1", 2, 7));

/** `MZ` alone is two letters; a DOS or Windows program also has a header offset that stays inside. */
function isWindowsProgram(bytes: Buffer): boolean {
  return bytes.length >= 64 && bytes.toString("latin1", 0, 2) === "MZ";
}

function isoMedia(bytes: Buffer): ContentType | undefined {
  if (bytes.toString("latin1", 4, 8) !== "ftyp") return undefined;
  return /^(heic|heix|hevc|mif1|msf1|avif)$/.test(bytes.toString("latin1", 8, 12))
    ? "heif"
    : "media";
}

function riff(bytes: Buffer): ContentType | undefined {
  if (bytes.toString("latin1", 0, 4) !== "RIFF") return undefined;
  return bytes.toString("latin1", 8, 12) === "WEBP" ? "webp" : "media";
}

function bitmap(bytes: Buffer): ContentType | undefined {
  const looksLike = bytes.length > 26 && bytes.toString("latin1", 0, 2) === "BM";
  return looksLike && bytes.readUInt32LE(6) === 0 ? "bmp" : undefined;
}

/** Undefined when no magic matches: then it is text or nothing we know. */
export function identifyByMagic(bytes: Buffer): ContentType | undefined {
  if (isWindowsProgram(bytes)) return "executable";
  for (const { type, at, bytes: expected } of table) {
    if (
      bytes.length >= at + expected.length &&
      bytes.subarray(at, at + expected.length).equals(expected)
    ) {
      return type;
    }
  }
  if (isLzh(bytes)) return "lzh";
  const found = isoMedia(bytes) ?? riff(bytes) ?? bitmap(bytes);
  if (found !== undefined) return found;
  // Readers accept the header anywhere in the first kilobyte; the rebuild drops what stands before it.
  return bytes.subarray(0, pdfWithin).includes("%PDF-") ? "pdf" : undefined;
}
