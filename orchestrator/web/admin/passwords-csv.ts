/** New accounts and their one-time passwords as CSV that Excel reads: CRLF, formulas neutralised. Pure. */
import { encodeCp932 } from "../../base/cp932.ts";

export function passwordsCsv(
  heads: readonly [string, string, string],
  made: readonly {
    readonly name: string;
    readonly displayName: string;
    readonly oneTimePassword: string;
  }[],
  encoding: "utf-8" | "cp932",
): Uint8Array<ArrayBuffer> {
  const rows = made.map(({ name, displayName, oneTimePassword }) => [
    name,
    displayName,
    oneTimePassword,
  ]);
  const text = [heads, ...rows].map((row) => `${row.map(cell).join(",")}\r\n`).join("");
  return encoding === "cp932" ? encodeCp932(text) : new TextEncoder().encode(`\uFEFF${text}`);
}

/** A leading character that a spreadsheet takes for a formula, of either width, gets an apostrophe before it. */
function cell(value: string): string {
  const neutral = /^[=+\-@\t\r\n＝＋－＠]/u.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(neutral) ? `"${neutral.replaceAll('"', '""')}"` : neutral;
}
