/**
 * The part of the contract that is about notices (通知). All of it under /api, signed in, one's own.
 *
 *   GET  /api/notices        NoticePageQuery → NoticePage
 *   POST /api/notices/read   NoticesRead → { unread }
 *   GET  /api/notices/settings   → NoticeSettingsView
 *   POST /api/notices/settings   MailSettings → NoticeSettingsView   (422 MAIL_ADDRESS)
 */
import { z } from "zod";
import { languages, noticeKinds } from "../notices/types.ts";

export const noticePageQuery = z.strictObject({
  q: z.string().max(200).optional(),
  before: z.coerce.number().int().min(1).optional(),
  limit: z.coerce.number().int().min(1).max(100).default(30),
});

export const noticeView = z.strictObject({
  id: z.int(),
  kind: z.enum(noticeKinds),
  ja: z.string(),
  en: z.string(),
  /** A page of ours that it leads to. */
  href: z.string(),
  at: z.string(),
  isRead: z.boolean(),
});
export type NoticeView = z.infer<typeof noticeView>;

export const noticePage = z.strictObject({
  notices: z.array(noticeView),
  nextBefore: z.int().nullable(),
  unread: z.int(),
});
export type NoticePage = z.infer<typeof noticePage>;

export const noticesRead = z.union([
  z.strictObject({ all: z.literal(true) }),
  z.strictObject({ ids: z.array(z.int().min(1)).min(1).max(100) }),
]);
export type NoticesRead = z.infer<typeof noticesRead>;

export const noticesUnread = z.strictObject({ unread: z.int() });
export type NoticesUnread = z.infer<typeof noticesUnread>;

export const mailSettings = z.strictObject({
  /** Empty: no mail. */
  address: z.string().max(254),
  language: z.enum(languages),
  kinds: z.array(z.enum(noticeKinds)).max(noticeKinds.length).readonly(),
});

export const noticeSettingsView = z.strictObject({
  ...mailSettings.shape,
  offered: z.boolean(),
  domains: z.array(z.string()).readonly(),
  available: z.array(z.enum(noticeKinds)).readonly(),
});
export type NoticeSettingsView = z.infer<typeof noticeSettingsView>;
