/** The Content-Disposition of a file handed to a terminal. Pure. */

/**
 * Always an attachment. `filename*` (RFC 8187) carries the name as it is; `filename` is what is left of it
 * in plain ASCII, for clients that know no better. Control characters never reach the header.
 */
export function attachment(name: string): string {
  const clean = name.toWellFormed().replace(/\p{Cc}/gu, "");
  const named = clean === "" ? "download" : clean;
  const ascii = named.replace(/[^\x20-\x7e]/g, "_").replace(/["\\%]/g, "_");
  // encodeURIComponent leaves these; of them RFC 8187's attr-char has only "!".
  const encoded = encodeURIComponent(named).replace(
    /['()*!]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
  return `attachment; filename="${ascii}"; filename*=UTF-8''${encoded}`;
}
