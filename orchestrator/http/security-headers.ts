/** Headers that every answer carries, whatever it is. Pure. */

/** For whatever is no page of ours: nothing in it runs, loads or is framed. */
const contentSecurityPolicy =
  "default-src 'none'; form-action 'none'; frame-ancestors 'none'; base-uri 'none'";

/**
 * For a page: its own scripts and what those import, nothing that was written into it later, and no text that
 * becomes a script (https://www.w3.org/TR/trusted-types/).
 * @param nonce new for each answer
 */
export function pageSecurityPolicy(nonce: string): string {
  return [
    "default-src 'none'",
    `script-src 'nonce-${nonce}'`,
    "style-src 'self'",
    "img-src 'self' data: blob:",
    "font-src 'self'",
    "connect-src 'self'",
    // A printed page, cleaned and released, on its way to the terminal's printer.
    "frame-src blob:",
    "form-action 'self'",
    "frame-ancestors 'none'",
    "base-uri 'none'",
    "require-trusted-types-for 'script'",
    "trusted-types 'none'",
  ].join("; ");
}

/** For bytes from outside: even opened in a tab they get no script, no origin and no network. */
export const sandboxedContentPolicy = "default-src 'none'; frame-ancestors 'none'; sandbox";

export const securityHeaders: Readonly<Record<string, string>> = {
  "content-security-policy": contentSecurityPolicy,
  "strict-transport-security": "max-age=31536000",
  "x-content-type-options": "nosniff",
  "referrer-policy": "no-referrer",
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin",
  // The viewer reads and writes the clipboard on the person's click; nothing else is ever asked for.
  "permissions-policy":
    "camera=(), microphone=(), geolocation=(), payment=(), usb=(), serial=(), hid=(), midi=(), display-capture=(), clipboard-read=(self), clipboard-write=(self), fullscreen=(self)",
};
