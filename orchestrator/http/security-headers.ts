/** Headers that every answer carries, whatever it is. Pure. */

export const contentSecurityPolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data: blob:",
  "font-src 'self'",
  "connect-src 'self'",
  // A printed page, cleaned and released, on its way to the terminal's printer.
  "frame-src blob:",
  "form-action 'self'",
  "frame-ancestors 'none'",
  "base-uri 'none'",
].join("; ");

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
