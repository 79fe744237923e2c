/**
 * Hosts that Chromium asks by itself: for accounts, updates, lists of bad sites, hints and crash reports. Nobody's
 * page wants them, so they are not offered to ask for, unless a tab went there. Pure.
 *
 * What Chromium was seen to ask although flags and policies turn the services off (accounts, update, the dictionary of
 * its spelling check), and what else Google lists for the browser itself: "Set up a hostname allowlist",
 * support.google.com/chrome/a/answer/6334001.
 */
const own: ReadonlySet<string> = new Set([
  "accounts.google.com",
  "android.clients.google.com",
  "chromewebstore.googleapis.com",
  "clients.google.com",
  "clients1.google.com",
  "clients2.google.com",
  "clients3.google.com",
  "clients4.google.com",
  "clientservices.googleapis.com",
  "content-autofill.googleapis.com",
  "dl.google.com",
  "mtalk.google.com",
  "oauthaccountmanager.googleapis.com",
  "optimizationguide-pa.googleapis.com",
  "passwordsleakcheck-pa.googleapis.com",
  "safebrowsing.google.com",
  "safebrowsing.googleapis.com",
  "sb-ssl.google.com",
  "tools.google.com",
  "update.googleapis.com",
]);
const ownBelow = [".gvt1.com", ".gvt2.com", ".gvt3.com"] as const;

/** @param host lower case, without port */
export function isOfBrowser(host: string): boolean {
  return own.has(host) || ownBelow.some((end) => host.endsWith(end));
}
