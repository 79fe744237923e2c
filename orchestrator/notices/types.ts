/** What others see of notices: kinds, shapes, the service. Shapes only. */
import type { UserId } from "../base/ids.ts";

export const noticeKinds = [
  "request-asked",
  "request-decided",
  "approval-asked",
  "approval-decided",
  "signatures-old",
  "capacity",
  "disk-low",
  "audit-broken",
  "forward-behind",
  "part-down",
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
}
