/**
 * The text of a table that a spreadsheet saved: UTF-8 where it is that, else CP932, which is what a Japanese
 * Excel writes as "CSV". Pure.
 */
export function decodeTable(bytes: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    // The WHATWG name of Windows-31J; what is not in it shows as a replacement character in the preview.
    return new TextDecoder("shift_jis").decode(bytes);
  }
}
