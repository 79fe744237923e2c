/** What others see of notices: kinds, shapes, the service. Shapes only. */
import type { Account } from "../identity/types.ts";
import type { UserId } from "../base/ids.ts";

export const noticeKinds = [
  "request-asked",
  "request-decided",
  "approval-asked",
  "approval-decided",
  "signatures-old",
  "capacity",
  "disk-low",
  "memory-low",
  "audit-broken",
  "audit-unchecked",
  "forward-behind",
  "part-down",
  "part-restarted",
] as const;
export type NoticeKind = (typeof noticeKinds)[number];

/** Text from outside (names, hosts, reasons) is in `facts` as it came, cut to a length; it is text and nothing else. */
export type Facts = Readonly<Record<string, string | number>>;

export interface NewNotice {
  readonly kind: NoticeKind;
  readonly facts: Facts;
}

export interface Notice extends NewNotice {
  /** Rises with time. */
  readonly id: number;
  readonly atMs: number;
  readonly isRead: boolean;
}

export const languages = ["en", "ja"] as const;
export type Language = (typeof languages)[number];

/** What somebody wants by mail. An empty address: nothing. */
export interface MailSettings {
  readonly address: string;
  readonly language: Language;
  readonly kinds: readonly NoticeKind[];
}

export interface OfferedSettings extends MailSettings {
  /** Whether the installation sends mail at all. */
  readonly offered: boolean;
  /** What may stand behind the @ of an address. */
  readonly domains: readonly string[];
  /** Kinds that somebody with these roles can hear of. */
  readonly available: readonly NoticeKind[];
}

export interface NoticeQuery {
  readonly q?: string;
  readonly before?: number;
  readonly limit: number;
}

/** Where it leads is a path of ours. */
export interface WordedNotice extends Notice {
  readonly words: { readonly ja: string; readonly en: string; readonly href: string };
}

/** A person's own notices; nobody else's are ever shown or changed. */
export interface NoticeService {
  /** Newest first. */
  list(userId: UserId, query: NoticeQuery): readonly WordedNotice[];
  unread(userId: UserId): number;
  /** "all", or those of these numbers that are the person's. */
  markRead(userId: UserId, which: "all" | readonly number[]): void;
  settings(user: Pick<Account, "id" | "roles">): OfferedSettings;
  /** Throws MAIL_ADDRESS for an address outside of the site's own. */
  setSettings(userId: UserId, settings: MailSettings): void;
}
