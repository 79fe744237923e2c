/** Which spreadsheet formulas may stay: those that reach for nothing outside their workbook. Pure. */

/** Functions that fetch, call or run. */
const reachingOut =
  /\b(WEBSERVICE|RTD|CALL|REGISTER(\.ID)?|EXEC|EXECUTE|INITIATE|POKE|REQUEST|FOPEN|FWRITE|FWRITELN|RUN|SQL\.REQUEST|STOCKHISTORY|IMAGE)\s*\(/i;
/** `[1]Sheet!A1`, `'[2]a b'!A1`: another workbook. Brackets behind a name are table columns. */
const otherWorkbook = /(^|[^A-Za-z0-9_\]\u0080-\uffff.])'?\[\d+\]/;
/** A hyperlink whose address stands there and leads to the web, mail or inside the book. */
const goodLink = /HYPERLINK\s*\(\s*"(https?:\/\/|mailto:|#)/gi;
const anyLink = /HYPERLINK\s*\(/gi;

export function isAllowedFormula(formula: string): boolean {
  const links = formula.match(anyLink)?.length ?? 0;
  if (links !== (formula.match(goodLink)?.length ?? 0)) return false;
  const withoutStrings = formula.replace(/"(?:[^"]|"")*"/g, '""');
  // `server|topic!item` is DDE; the bar is no operator.
  return (
    !reachingOut.test(withoutStrings) &&
    !otherWorkbook.test(withoutStrings) &&
    !withoutStrings.includes("|")
  );
}
