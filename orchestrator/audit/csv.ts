/** One row of CSV that Excel reads as text: RFC 4180 quoting, CRLF, formulas neutralised. Pure. */

/** Excel reads UTF-8 only when the file begins with this; else it assumes Shift_JIS. */
export const byteOrderMark = "\uFEFF";

/**
 * What a cell must not begin with, lest a spreadsheet takes it for a formula. The full-width forms count
 * as well: a Japanese Excel reads them as their half-width selves. TAB, CR and LF hide the character after.
 */
const formulaStart = /^[=+\-@\t\r\n＝＋－＠]/u;

export function csvCell(value: string | number | null): string {
  if (value === null) return "";
  if (typeof value === "number") return String(value);
  const neutral = formulaStart.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(neutral) ? `"${neutral.replaceAll('"', '""')}"` : neutral;
}

export function csvRow(cells: readonly (string | number | null)[]): string {
  return `${cells.map(csvCell).join(",")}\r\n`;
}
