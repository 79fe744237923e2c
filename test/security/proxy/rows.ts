/** Cases over plain requests as rows of a table, and the words they are written in. */
import { type AbuseCase, crlf, type Site, url } from "./case.ts";

export type Send = (site: Site) => readonly (string | Buffer)[];
export type Row = readonly [
  sentence: string,
  source: string,
  expect: AbuseCase["expect"],
  send: Send,
  logged?: RegExp | undefined,
  check?: AbuseCase["check"] | undefined,
];

export const host = ({ host: name, port }: Site) => `Host: ${name}:${port}`;
export const head = (site: Site, line: string, ...fields: readonly string[]) =>
  [line, host(site), ...fields, "Connection: close", "", ""].join(crlf);
export const post = (site: Site, fields: readonly string[], body: string) =>
  head(site, `POST ${url(site)} HTTP/1.1`, ...fields) + body;
export const planted = (site: Site) =>
  `GET ${url(site, "/planted")} HTTP/1.1\r\n${host(site)}\r\n\r\n`;
export const parse = /^guard\.parse /;
export const limit = /^guard\.limit /;

export const keeps =
  (needle: RegExp, what: string): AbuseCase["check"] =>
  ({ text }) =>
    needle.test(text) ? undefined : `${what} was lost`;
export const drops =
  (needle: RegExp, what: string): AbuseCase["check"] =>
  ({ text }) =>
    needle.test(text) ? `${what} was forwarded` : undefined;

export const table = (group: string, rows: readonly Row[]): AbuseCase[] =>
  rows.map(([sentence, source, expect, send, logged, check], index) => ({
    id: `${group}-${index + 1}`,
    group,
    sentence,
    source,
    expect,
    send,
    ...(logged && { logged }),
    ...(check && { check }),
  }));
