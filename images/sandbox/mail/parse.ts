/** Internet mail (.eml), read by postal-mime with bounds of its own. */
import PostalMime, { type Address, type Email } from "postal-mime";
import { Refusal } from "../context.ts";
import { htmlToText } from "../html/clean.ts";
import type { MailMessage } from "./message.ts";

export async function parseMail(bytes: Buffer): Promise<Email> {
  try {
    return await PostalMime.parse(bytes, { maxNestingDepth: 32, forceRfc822Attachments: true });
  } catch (error) {
    throw new Refusal("blocked", "damaged", error instanceof Error ? error.message : "mail");
  }
}

const addressText = (address: Address): string =>
  address.group === undefined
    ? address.name === ""
      ? address.address
      : `${address.name} <${address.address}>`
    : `${address.name}: ${address.group.map(addressText).join(", ")};`;

const list = (addresses: readonly Address[] | undefined): string =>
  (addresses ?? []).map(addressText).join(", ");

export async function readEml(bytes: Buffer): Promise<MailMessage> {
  const mail = await parseMail(bytes);
  const text = mail.text?.trim() ?? "";
  return {
    from: mail.from === undefined ? "" : addressText(mail.from),
    to: list(mail.to),
    cc: list(mail.cc),
    subject: mail.subject ?? "",
    date: mail.date ?? "",
    text: text === "" && mail.html !== undefined ? htmlToText(mail.html) : text,
    attachments: mail.attachments.map(({ filename, mimeType, content }, index) => ({
      name:
        filename ?? (mimeType === "message/rfc822" ? `mail-${index + 1}.eml` : `part-${index + 1}`),
      bytes: Buffer.from(content as ArrayBuffer),
    })),
  };
}
