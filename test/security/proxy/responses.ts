/** Row 18: origins that answer in a way that two readers part differently, or plant a second answer. */
import { type AbuseCase, get, url } from "./case.ts";

const whole = "HTTP/1.1 200 OK\r\n";
const second = "HTTP/1.1 200 OK\r\nContent-Length: 8\r\n\r\nSMUGGLED";

const rows: readonly (readonly [sentence: string, source: string, answer: string])[] = [
  [
    "length and encoding",
    "RFC 9112 6.3",
    `${whole}Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n${second}`,
  ],
  [
    "two lengths",
    "RFC 9112 6.3",
    `${whole}Content-Length: 2\r\nContent-Length: 90\r\n\r\nok${second}`,
  ],
  ["a list of lengths", "RFC 9112 6.3", `${whole}Content-Length: 2, 90\r\n\r\nok${second}`],
  ["a length with a sign", "RFC 9110 8.6", `${whole}Content-Length: +2\r\n\r\nok${second}`],
  ["an odd encoding", "RFC 9112 6.1", `${whole}Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n`],
  [
    "a second answer behind the first",
    "RFC 9112 9.2",
    `${whole}Content-Length: 2\r\n\r\nok${second}`,
  ],
  ["an answer behind 204", "RFC 9112 6.3", `HTTP/1.1 204 No Content\r\n\r\n${second}`],
  ["an answer behind 304", "RFC 9112 6.3", `HTTP/1.1 304 Not Modified\r\n\r\n${second}`],
  [
    "a switch that nobody asked for",
    "RFC 9110 15.2.2",
    `HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n${second}`,
  ],
  [
    "a thousand interim answers",
    "RFC 9110 15.2",
    `${"HTTP/1.1 103 Early Hints\r\nX: 1\r\n\r\n".repeat(1000)}${second.replace("SMUGGLED", "toolate!")}`,
  ],
  [
    "LF in a field",
    "RFC 9110 5.5",
    `${whole}X-A: a\nSet-Cookie: planted=1\r\nContent-Length: 2\r\n\r\nok`,
  ],
  [
    "CR in a field",
    "RFC 9110 5.5",
    `${whole}X-A: a\rSet-Cookie: planted=1\r\nContent-Length: 2\r\n\r\nok`,
  ],
  ["NUL in a field", "RFC 9110 5.5", `${whole}X-A: a\0b\r\nContent-Length: 2\r\n\r\nok`],
  ["a folded field", "RFC 9112 5.2", `${whole}X-A: a\r\n b\r\nContent-Length: 2\r\n\r\nok`],
  ["a space before the colon", "RFC 9112 5.1", `${whole}Content-Length : 2\r\n\r\nok${second}`],
  [
    "a head of 1 MB",
    "resource limits",
    `${whole}X-A: ${"a".repeat(1_000_000)}\r\nContent-Length: 2\r\n\r\nok`,
  ],
  ["a status of four digits", "RFC 9112 4", `HTTP/1.1 2000 OK\r\nContent-Length: 2\r\n\r\nok`],
  ["no status", "RFC 9112 4", `HTTP/1.1 OK\r\nContent-Length: 2\r\n\r\nok`],
  ["no HTTP at all", "RFC 9112 4", "SSH-2.0-OpenSSH_9.2\r\n"],
  ["HTTP/0.9", "RFC 9112 4", "<html>SMUGGLED</html>"],
  [
    "a bad chunk size",
    "RFC 9112 7.1",
    `${whole}Transfer-Encoding: chunked\r\n\r\n0x2\r\nok\r\n0\r\n\r\n`,
  ],
  [
    "a chunk longer than it says",
    "RFC 9112 7.1",
    `${whole}Transfer-Encoding: chunked\r\n\r\n1\r\nok\r\n0\r\n\r\n`,
  ],
  ["nothing", "RFC 9112 8", ""],
];

export const responseCases: readonly AbuseCase[] = rows.map(
  ([sentence, source, answer], index) => ({
    id: `answer-${index + 1}`,
    group: "answers",
    sentence: `an origin that answers with ${sentence}`,
    source,
    answer,
    expect: "safe",
    send: (site) => [get(site, url(site, "/answer"))],
    check: (_received, answered) =>
      /planted=1/.test(answered.split("\r\n").find((line) => /^set-cookie/i.test(line)) ?? "")
        ? "a field was planted"
        : undefined,
  }),
);
