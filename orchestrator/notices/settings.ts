/** What each person wants by mail: nothing until they say so. */
import type { DatabaseSync } from "node:sqlite";
import { z } from "zod";
import { AppError } from "../base/errors.ts";
import type { UserId } from "../base/ids.ts";
import { migrate } from "../store/database.ts";
import { isPlainAddress } from "./mail/address.ts";
import { type MailSettings, noticeKinds } from "./types.ts";

export const noticeSettingsSteps = [
  `CREATE TABLE notice_settings (
     user_id TEXT PRIMARY KEY,
     address TEXT NOT NULL, language TEXT NOT NULL, kinds TEXT NOT NULL
   ) STRICT`,
];

const row = z.object({ address: z.string(), language: z.enum(["ja", "en"]), kinds: z.string() });

export class NoticeSettings {
  readonly #database: DatabaseSync;
  readonly #domains: readonly string[];

  /** @param domains what may stand behind the @ */
  constructor(database: DatabaseSync, domains: readonly string[]) {
    migrate(database, "notice-settings", noticeSettingsSteps);
    this.#database = database;
    this.#domains = domains.map((each) => each.toLowerCase());
  }

  of(userId: UserId): MailSettings {
    const found = this.#database
      .prepare("SELECT address, language, kinds FROM notice_settings WHERE user_id = ?")
      .get(userId);
    if (found === undefined) return { address: "", language: "ja", kinds: [] };
    const { address, language, kinds } = row.parse(found);
    const known = z.array(z.string()).parse(JSON.parse(kinds));
    return { address, language, kinds: noticeKinds.filter((kind) => known.includes(kind)) };
  }

  /** Throws MAIL_ADDRESS for an address outside of the site's own. */
  set(userId: UserId, { address, language, kinds }: MailSettings): void {
    if (address !== "" && !this.isOurs(address)) throw new AppError("MAIL_ADDRESS");
    this.#database
      .prepare("INSERT OR REPLACE INTO notice_settings VALUES (?, ?, ?, ?)")
      .run(userId, address, language, JSON.stringify(kinds));
  }

  /** Also asked before something is sent: the configuration may have changed since. */
  isOurs(address: string): boolean {
    const domain = address.slice(address.lastIndexOf("@") + 1).toLowerCase();
    return isPlainAddress(address) && this.#domains.includes(domain);
  }
}
