/**
 * Reads what a proxy has forwarded the way the most suspicious origin would, independently of any parser
 * of ours: one request, one reading. Returns what is wrong, or undefined.
 */
export function lintRequest(text: string): string | undefined {
  const end = text.indexOf("\r\n\r\n");
  if (end === -1) return "head without an end";
  const head = text.slice(0, end);
  if (/[^\r]\n|\r(?!\n)|\0/.test(head)) return "bare line break or NUL forwarded";
  const [first = "", ...lines] = head.split("\r\n");
  if (!/^[A-Z]+ \S+ HTTP\/1\.[01]$/.test(first)) return `request line forwarded as ${first}`;
  if (lines.some((line) => /^[ \t]/.test(line))) return "folded field forwarded";
  if (lines.some((line) => /^[^:]*[ \t]:/.test(line))) return "space before a colon forwarded";
  const values = (name: string) =>
    lines
      .filter((line) => line.toLowerCase().startsWith(`${name}:`))
      .map((line) => line.slice(name.length + 1).trim());
  if (values("host").length !== 1) return "not exactly one Host forwarded";
  const encodings = values("transfer-encoding");
  const lengths = values("content-length");
  if (encodings.length > 0 && lengths.length > 0) return "length and encoding forwarded";
  if (lengths.length > 1) return "two lengths forwarded";
  if (encodings.length > 0 && encodings.join() !== "chunked") return "odd encoding forwarded";
  if (lengths.length === 1 && !/^\d+$/.test(lengths[0] ?? "")) return "odd length forwarded";
  const body = text.slice(end + 4);
  const rest = encodings.length > 0 ? afterChunks(body) : body.slice(Number(lengths[0] ?? 0));
  if (rest === undefined) return "chunks forwarded that are not whole";
  return rest === "" ? undefined : `more than one request forwarded: ${rest.slice(0, 40)}`;
}

function afterChunks(body: string): string | undefined {
  for (let at = 0; ; ) {
    // A body that was broken off can only be waited for; nothing in it can be taken for a request.
    if (at >= body.length) return "";
    const line = /^([0-9a-fA-F]+)\r\n/.exec(body.slice(at));
    if (!line) return undefined;
    const size = Number.parseInt(line[1] ?? "", 16);
    at += line[0].length + size;
    if (body.slice(at, at + 2) !== "\r\n") return undefined;
    at += 2;
    if (size === 0) return body.slice(at);
  }
}

/** The same for what a proxy hands to its client: one answer, one reading. */
export function lintAnswer(text: string): string | undefined {
  const end = text.indexOf("\r\n\r\n");
  if (end === -1) return text === "" ? undefined : "answer head without an end";
  const head = text.slice(0, end);
  if (/[^\r]\n|\r(?!\n)|\0/.test(head)) return "bare line break or NUL answered";
  const lines = head.split("\r\n").slice(1);
  const has = (name: string) => lines.filter((line) => line.toLowerCase().startsWith(`${name}:`));
  if (has("transfer-encoding").length > 0 && has("content-length").length > 0) {
    return "length and encoding answered";
  }
  if (has("content-length").length > 1) return "two lengths answered";
  return text.includes("SMUGGLED") ? "planted bytes reached the client" : undefined;
}
