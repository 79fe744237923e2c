/** Outlook's own mail file (.msg): the properties we show, the attachments as bytes. MS-OXMSG, MS-OXPROPS. */
import { type CompoundFile, openCfb } from "../cfb/read.ts";
import type { JobContext } from "../context.ts";
import { htmlToText } from "../html/clean.ts";
import type { MailAttachment, MailMessage } from "./message.ts";

/** Property ids. */
const ids = {
  subject: "0037",
  senderName: "0C1A",
  senderAddress: "0C1F",
  senderSmtp: "5D01",
  to: "0E04",
  cc: "0E03",
  body: "1000",
  html: "1013",
  submitted: "0039",
  attachData: "3701",
  attachLongName: "3707",
  attachName: "3704",
} as const;

function textOf(file: CompoundFile, prefix: string, id: string): string {
  const unicode = file.read(`${prefix}__substg1.0_${id}001F`);
  if (unicode !== undefined) return unicode.toString("utf16le").replace(/\0+$/, "");
  const bytes = file.read(`${prefix}__substg1.0_${id}001E`);
  return bytes === undefined ? "" : new TextDecoder("shift_jis").decode(bytes).replace(/\0+$/, "");
}

/** FILETIME of a fixed property in the message's own property stream: a header of 32 bytes, then 16 each. */
function timeOf(file: CompoundFile, id: string): string {
  const properties = file.read("__properties_version1.0");
  const tag = Number.parseInt(`${id}0040`, 16);
  for (let at = 32; properties !== undefined && at + 16 <= properties.length; at += 16) {
    if (properties.readUInt32LE(at) !== tag) continue;
    const ms = Number(properties.readBigUInt64LE(at + 8) / 10_000n) - 11_644_473_600_000;
    return Math.abs(ms) < 8.64e15 ? new Date(ms).toISOString() : "";
  }
  return "";
}

function attachmentsOf(file: CompoundFile, context: Pick<JobContext, "tally">): MailAttachment[] {
  const storages = new Set(
    file.streams.flatMap((path) => /^__attach_version1\.0_#[0-9A-F]{8}\//i.exec(path)?.[0] ?? []),
  );
  return [...storages].sort().flatMap((prefix, index) => {
    const bytes = file.read(`${prefix}__substg1.0_${ids.attachData}0102`);
    if (bytes === undefined) {
      // A mail or an object inside the mail, as a storage of its own.
      context.tally.add("embedded-object");
      return [];
    }
    const name = textOf(file, prefix, ids.attachLongName) || textOf(file, prefix, ids.attachName);
    return [{ name: name === "" ? `part-${index + 1}` : name, bytes }];
  });
}

function bodyOf(file: CompoundFile): string {
  const text = textOf(file, "", ids.body);
  const html = file.read(`__substg1.0_${ids.html}0102`);
  if (text !== "" || html === undefined) return text;
  const head = html.toString("latin1", 0, 2048);
  const charset = /charset=["']?([A-Za-z0-9_-]+)/i.exec(head)?.[1] ?? "utf-8";
  try {
    return htmlToText(new TextDecoder(charset).decode(html));
  } catch (error) {
    if (error instanceof RangeError) return htmlToText(html.toString("utf8"));
    throw error;
  }
}

export function readMsg(bytes: Buffer, context: Pick<JobContext, "tally">): MailMessage {
  const file = openCfb(bytes);
  const name = textOf(file, "", ids.senderName);
  const address = textOf(file, "", ids.senderSmtp) || textOf(file, "", ids.senderAddress);
  return {
    from: address === "" || address === name ? name : `${name} <${address}>`.trim(),
    to: textOf(file, "", ids.to),
    cc: textOf(file, "", ids.cc),
    subject: textOf(file, "", ids.subject),
    date: timeOf(file, ids.submitted),
    text: bodyOf(file),
    attachments: attachmentsOf(file, context),
  };
}
