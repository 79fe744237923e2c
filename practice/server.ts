/**
 * The practice site's HTTP server: pages, assets, samples, a WebSocket that answers with what it got.
 * Visitors come from the isolated browser and are as untrusted as any: bodies are bounded, everything
 * typed is escaped, nothing is kept.
 */
import { createHash } from "node:crypto";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { WebSocketServer } from "ws";
import type { Content, StaticFile } from "./content.ts";
import type { Language } from "./html.ts";
import { layout } from "./layout.ts";
import type { Page } from "./page.ts";

const bodyLimitBytes = 64 * 1024;
const messageLimitBytes = 16 * 1024;
const arrivalLimitBytes = 64 * 1024 * 1024;

const securityHeaders = {
  "content-security-policy":
    "default-src 'self'; connect-src 'self'; frame-ancestors 'none'; base-uri 'none'",
  "x-content-type-options": "nosniff",
  "referrer-policy": "same-origin",
  "cache-control": "no-store",
} as const;

type Answer = (
  status: number,
  headers: Readonly<Record<string, string | number>>,
  body: Buffer | string,
) => void;

/** `?lang=` goes before the cookie it left earlier; Japanese where neither says. */
export function chooseLanguage(query: URLSearchParams, cookie: string | undefined): Language {
  const asked = query.get("lang") ?? /(?:^|;\s*)lang=(\w+)/.exec(cookie ?? "")?.[1];
  return asked === "en" ? "en" : "ja";
}

async function readFields(
  request: IncomingMessage,
  query: URLSearchParams,
): Promise<URLSearchParams | undefined> {
  if (request.method !== "POST") return query;
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > bodyLimitBytes) return undefined;
    chunks.push(chunk);
  }
  return new URLSearchParams(Buffer.concat(chunks).toString("utf8"));
}

/** One range, as players ask for it; anything else gets the whole file. */
export function parseRange(
  header: string | undefined,
  size: number,
): { from: number; to: number } | undefined {
  const match = /^bytes=(\d+)-(\d*)$/.exec(header ?? "");
  if (match === null) return undefined;
  const from = Number(match[1]);
  const to = match[2] === "" ? size - 1 : Math.min(Number(match[2]), size - 1);
  return from <= to ? { from, to } : undefined;
}

function sendFile(file: StaticFile, range: string | undefined, answer: Answer): void {
  const headers = { "content-type": file.mediaType, "accept-ranges": "bytes" };
  const part = parseRange(range, file.bytes.length);
  if (part === undefined) {
    answer(200, headers, file.bytes);
    return;
  }
  const bytes = file.bytes.subarray(part.from, part.to + 1);
  answer(
    206,
    { ...headers, "content-range": `bytes ${part.from}-${part.to}/${file.bytes.length}` },
    bytes,
  );
}

/** RFC 6266 with both forms: the plain one for whatever ignores the encoded one. */
export function attachment(name: string): string {
  const encoded = encodeURIComponent(name).replace(
    /['()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
  return `attachment; filename="${name.replace(/[^\x20-\x7e]|["\\%]/g, "_")}"; filename*=UTF-8''${encoded}`;
}

function decodePath(path: string): string | undefined {
  try {
    return decodeURIComponent(path);
  } catch {
    // Not UTF-8: no name of ours.
    return undefined;
  }
}

const missing: Page = {
  path: "/404",
  title: { ja: "ページがありません", en: "No such page" },
  summary: { ja: "", en: "" },
  body: ({ language }) =>
    `<p><a href="/">${language === "ja" ? "はじめのページへ" : "To the first page"}</a></p>`,
};

/** What arrived at the upload page, hashed as it comes and never held. Undefined: too much. */
async function weigh(
  request: IncomingMessage,
): Promise<{ readonly bytes: number; readonly sha256: string } | undefined> {
  const hash = createHash("sha256");
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > arrivalLimitBytes) return undefined;
    hash.update(chunk);
  }
  return { bytes, sha256: hash.digest("hex") };
}

async function answerArrival(request: IncomingMessage, answer: Answer): Promise<void> {
  const arrived = await weigh(request);
  if (arrived === undefined) answer(413, { connection: "close" }, "");
  else answer(200, { "content-type": "application/json" }, JSON.stringify(arrived));
}

async function handle(content: Content, request: IncomingMessage, answer: Answer): Promise<void> {
  const url = new URL(request.url ?? "/", `http://${content.site.host}`);
  const method = request.method ?? "GET";
  if (method === "POST" && url.pathname === "/send/arrived") return answerArrival(request, answer);
  if (
    method !== "GET" &&
    method !== "HEAD" &&
    !(method === "POST" && url.pathname === "/forms/echo")
  ) {
    answer(405, { allow: "GET, HEAD" }, "");
    return;
  }
  const file = content.files.get(url.pathname);
  if (file !== undefined) {
    sendFile(file, request.headers.range, answer);
    return;
  }
  const name = url.pathname.startsWith("/files/")
    ? decodePath(url.pathname.slice("/files/".length))
    : undefined;
  const sample = content.site.samples.find((each) => each.name === name);
  if (sample !== undefined) {
    answer(
      200,
      { "content-type": sample.mediaType, "content-disposition": attachment(sample.name) },
      sample.bytes,
    );
    return;
  }
  const untrustedFields = await readFields(request, url.searchParams);
  if (untrustedFields === undefined) {
    answer(413, { connection: "close" }, "");
    return;
  }
  const language = chooseLanguage(url.searchParams, request.headers.cookie);
  const found = content.site.pages.find((page) => page.path === url.pathname);
  const html = layout(found ?? missing, { language, untrustedFields, site: content.site });
  const cookie = url.searchParams.has("lang")
    ? { "set-cookie": `lang=${language}; Path=/; SameSite=Lax` }
    : {};
  answer(
    found === undefined ? 404 : 200,
    { "content-type": "text/html; charset=utf-8", ...cookie },
    html,
  );
}

function answerWith(response: ServerResponse): Answer {
  return (status, headers, body) => {
    response.writeHead(status, {
      ...securityHeaders,
      ...headers,
      "content-length": Buffer.byteLength(body),
    });
    // Node leaves the body out for HEAD by itself.
    response.end(body);
  };
}

export function createPracticeServer(content: Content): Server {
  const server = createServer(
    { requestTimeout: 30_000, headersTimeout: 10_000 },
    (request, response) => {
      handle(content, request, answerWith(response)).catch(() => {
        // The visitor went away, or sent what cannot be read: there is nobody to answer.
        response.destroy();
      });
    },
  );
  const sockets = new WebSocketServer({
    noServer: true,
    maxPayload: messageLimitBytes,
    perMessageDeflate: false,
  });
  server.on("upgrade", (request, socket, head) => {
    if (request.url !== "/ws") {
      socket.end("HTTP/1.1 404 Not Found\r\nconnection: close\r\n\r\n");
      return;
    }
    sockets.handleUpgrade(request, socket, head, (client) => {
      client.on("error", () => client.terminate());
      client.on("message", (data, isBinary) => client.send(data as Buffer, { binary: isBinary }));
    });
  });
  return server;
}
