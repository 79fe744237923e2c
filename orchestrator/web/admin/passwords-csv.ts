/** New accounts and their one-time passwords as CSV that Excel reads: BOM, CRLF, formulas neutralised. Pure. */
export function passwordsCsv(
  heads: readonly [string, string, string],
  made: readonly {
    readonly name: string;
    readonly displayName: string;
    readonly oneTimePassword: string;
  }[],
): string {
  const rows = made.map(({ name, displayName, oneTimePassword }) => [
    name,
    displayName,
    oneTimePassword,
  ]);
  return `\uFEFF${[heads, ...rows].map((row) => `${row.map(cell).join(",")}\r\n`).join("")}`;
}

/** A leading character that a spreadsheet takes for a formula, of either width, gets an apostrophe before it. */
function cell(value: string): string {
  const neutral = /^[=+\-@\t\r\n＝＋－＠]/u.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(neutral) ? `"${neutral.replaceAll('"', '""')}"` : neutral;
}
