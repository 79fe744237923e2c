/** Writes a mail of plain text and attachments, nothing else: no HTML, no addresses that load. RFC 5322, 2045. Pure. */
import { createHash } from "node:crypto";
import type { MailMessage } from "./message.ts";

export interface CleanAttachment {
  readonly name: string;
  readonly mediaType: string;
  readonly bytes: Buffer;
}

/** Line ends and controls have no place in a header; whatever is not ASCII goes as encoded words. */
function headerText(text: string): string {
  const clean = text
    .toWellFormed()
    .replace(/[\u0000-\u001f\u007f]+/g, " ")
    .slice(0, 900);
  if (/^[\x20-\x7e]*$/.test(clean) && !clean.includes("=?")) return clean;
  const words: string[] = [];
  let word = "";
  for (const character of clean) {
    if (Buffer.byteLength(word + character) > 42) {
      words.push(word);
      word = "";
    }
    word += character;
  }
  words.push(word);
  return words.map((each) => `=?UTF-8?B?${Buffer.from(each).toString("base64")}?=`).join("\r\n ");
}

const wrapped = (bytes: Buffer): string =>
  (bytes.toString("base64").match(/.{1,76}/g) ?? []).join("\r\n");

const parameter = (name: string): string =>
  encodeURIComponent(name.toWellFormed().replace(/[\u0000-\u001f\u007f/\\]+/g, "_")).replace(
    /['()*]/g,
    (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`,
  );

/** Days and months are English words of the format, whatever the language. */
function dateText(iso: string): string {
  const date = new Date(iso);
  return Number.isNaN(date.getTime()) ? "" : date.toUTCString().replace("GMT", "+0000");
}

function headers(message: MailMessage, boundary: string): string[] {
  const date = dateText(message.date);
  return [
    // First, because a draft may have no other field that tells a mail from a text.
    "MIME-Version: 1.0",
    ...(message.from === "" ? [] : [`From: ${headerText(message.from)}`]),
    ...(message.to === "" ? [] : [`To: ${headerText(message.to)}`]),
    ...(message.cc === "" ? [] : [`Cc: ${headerText(message.cc)}`]),
    `Subject: ${headerText(message.subject)}`,
    ...(date === "" ? [] : [`Date: ${date}`]),
    `Content-Type: multipart/mixed; boundary="${boundary}"`,
  ];
}

export function writeEml(message: MailMessage, attachments: readonly CleanAttachment[]): Buffer {
  const text = message.text.toWellFormed();
  // From the content, so that the same mail gives the same file; never inside base64 or a header.
  const digest = createHash("sha256").update(text);
  for (const each of attachments) digest.update(each.bytes);
  const boundary = `=_hanare_${digest.digest("hex").slice(0, 24)}`;
  const part = (head: readonly string[], bytes: Buffer): string =>
    [`--${boundary}`, ...head, "Content-Transfer-Encoding: base64", "", wrapped(bytes)].join(
      "\r\n",
    );
  const lines = [
    headers(message, boundary).join("\r\n"),
    "",
    part(["Content-Type: text/plain; charset=utf-8"], Buffer.from(text.replace(/\r?\n/g, "\r\n"))),
    ...attachments.map(({ name, mediaType, bytes }) =>
      part(
        [
          `Content-Type: ${mediaType}`,
          `Content-Disposition: attachment; filename*=UTF-8''${parameter(name)}`,
        ],
        bytes,
      ),
    ),
    `--${boundary}--`,
    "",
  ];
  return Buffer.from(lines.join("\r\n"), "utf8");
}
