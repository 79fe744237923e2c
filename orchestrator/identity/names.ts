/** The one form in which account names are stored and compared. Pure. */

/** NFKC so that full-width and half-width input are one name; lower case so that case never makes two people. */
export function normaliseName(untrustedName: string): string {
  return untrustedName.normalize("NFKC").trim().toLowerCase().normalize("NFKC");
}
