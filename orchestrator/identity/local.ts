/**
 * Accounts that live in Hanare itself: checking a password, making accounts, resetting and changing
 * passwords. Callers decide who may; audit records are theirs as well.
 */
import { AppError } from "../base/errors.ts";
import { newUserId, type UserId } from "../base/ids.ts";
import type { Accounts } from "./accounts.ts";
import { normaliseName } from "./names.ts";
import { newOneTimePassword } from "./one-time-password.ts";
import type { PasswordHasher } from "./password-hash.ts";
import { judgePassword, type PasswordRefusal } from "./password-rules.ts";
import type { IdentityProvider } from "./provider.ts";
import type { Account, HandedOver, NewAccount } from "./types.ts";

export interface LocalProvider extends IdentityProvider {
  /** Throws USER_EXISTS. */
  create(wanted: NewAccount): Promise<HandedOver>;
  /** Throws NOT_FOUND. */
  reset(id: UserId): Promise<HandedOver>;
  /** Is this the password in force? Says nothing about throttling. */
  proves(id: UserId, password: string): Promise<boolean>;
  changePassword(id: UserId, current: string, next: string): Promise<LocalPasswordChange>;
}

export type LocalPasswordChange =
  | {
      readonly outcome: "refused";
      readonly reason: "unknown-user" | "wrong-password" | "changed-meanwhile";
    }
  | { readonly outcome: "too-weak"; readonly reason: PasswordRefusal }
  | { readonly outcome: "changed"; readonly user: Account };

export interface LocalSettings {
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** How long a password that was handed over is good. */
  readonly oneTimeHours: number;
}

export function createLocalProvider(
  accounts: Accounts,
  hasher: PasswordHasher,
  { now, oneTimeHours }: LocalSettings,
): LocalProvider {
  const oneTimeEnd = () => now() + oneTimeHours * 3_600_000;
  return {
    kind: "local",

    async check(untrustedName, password) {
      const stored = accounts.byName(normaliseName(untrustedName));
      const equal = await hasher.matches(stored?.passwordHash, password);
      if (!stored) return { outcome: "refused", reason: "unknown-user" };
      // Read again: a reset that happened while the hash was computed must win.
      const unchanged = accounts.byId(stored.user.id)?.passwordHash === stored.passwordHash;
      const { user, oneTimeUntilMs } = stored;
      if (!equal || !unchanged) return { outcome: "refused", reason: "wrong-password", user };
      if (user.disabled) return { outcome: "refused", reason: "disabled", user };
      if (oneTimeUntilMs !== null && oneTimeUntilMs <= now())
        return { outcome: "refused", reason: "one-time-expired", user };
      return { outcome: "accepted", user };
    },

    async create(wanted) {
      const oneTimePassword = newOneTimePassword();
      const passwordHash = await hasher.hash(oneTimePassword);
      const user: Account = {
        id: newUserId(),
        name: normaliseName(wanted.name),
        displayName: wanted.displayName,
        roles: [...new Set(wanted.roles)],
        groups: [...new Set(wanted.groups)],
        mustChangePassword: true,
        disabled: false,
        createdAt: new Date(now()).toISOString(),
        lastSignInAt: null,
      };
      accounts.insert({ user, passwordHash, oneTimeUntilMs: oneTimeEnd() });
      return { user, oneTimePassword };
    },

    async reset(id) {
      const oneTimePassword = newOneTimePassword();
      const passwordHash = await hasher.hash(oneTimePassword);
      const stored = accounts.byId(id);
      if (!stored) throw new AppError("NOT_FOUND", { what: "user" });
      accounts.replacePassword(id, stored.passwordHash, passwordHash, oneTimeEnd());
      return { user: { ...stored.user, mustChangePassword: true }, oneTimePassword };
    },

    async proves(id, password) {
      const stored = accounts.byId(id);
      return hasher.matches(stored?.passwordHash, password);
    },

    async changePassword(id, current, next) {
      const stored = accounts.byId(id);
      if (!stored) return { outcome: "refused", reason: "unknown-user" };
      if (!(await hasher.matches(stored.passwordHash, current)))
        return { outcome: "refused", reason: "wrong-password" };
      // `current` was just proved to be the old password: comparing the two texts is enough.
      const isOld = next.normalize("NFC") === current.normalize("NFC");
      const judgement = judgePassword(next, stored.user.name, isOld);
      if (judgement.outcome === "refused") return { outcome: "too-weak", reason: judgement.reason };
      const passwordHash = await hasher.hash(next);
      if (!accounts.replacePassword(id, stored.passwordHash, passwordHash))
        return { outcome: "refused", reason: "changed-meanwhile" };
      return { outcome: "changed", user: { ...stored.user, mustChangePassword: false } };
    },
  };
}
