/** What is answered inside a refused https connection: the page that says why, for whatever shows one. */
import { blockPage, pageHeaders } from "../block-page.ts";
import type { Answer, RefusedTunnel } from "../context.ts";
import { valuesOf } from "../hop-by-hop.ts";
import type { RequestInside } from "./answer-in-tls.ts";

const shown = new Set(["document", "iframe", "frame", "embed", "object"]);

export function pageAnswer({ refusal, record }: RefusedTunnel): Answer {
  const page = blockPage({ refusal, host: record.host, at: record.at, requestId: record.id });
  return { status: refusal.status, headers: pageHeaders, body: Buffer.from(page) };
}

/** For isolated browsers: pictures and scripts get the status alone. */
export function sessionAnswer({ rawHeaders, refused }: RequestInside): Answer {
  const [destination] = valuesOf(rawHeaders, "sec-fetch-dest");
  return destination !== undefined && shown.has(destination)
    ? pageAnswer(refused)
    : { status: refused.refusal.status, headers: pageHeaders, body: Buffer.alloc(0) };
}
