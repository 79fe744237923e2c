/** The names that the session plane's tests ask for, and requests as text. */
export const site = "www.allowed.test";

/** What the test's name server says to them. */
export const names = {
  "private.allowed.test": ["10.1.2.3"],
  "metadata.allowed.test": ["169.254.169.254"],
  "rebind.allowed.test": ["127.0.0.1", "192.168.1.1"],
  "mapped.allowed.test": ["::ffff:10.0.0.1"],
  "nat64.allowed.test": ["64:ff9b::a00:1"],
  "silent.allowed.test": "silent",
  "failing.allowed.test": "fail",
  "bad.allowed.test": ["127.0.0.1"],
  "nobody.allowed.test": ["127.0.0.2"],
} as const;

export const http = (target: string, headers = "", method = "GET") =>
  `${method} ${target} HTTP/1.1\r\nHost: ${/^http:\/\/([^/]*)/.exec(target)?.[1] ?? site}\r\n${headers}Connection: close\r\n\r\n`;

export const connectTo = (target: string, headers = "") =>
  `CONNECT ${target} HTTP/1.1\r\nHost: ${target}\r\n${headers}\r\n`;
