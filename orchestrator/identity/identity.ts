/**
 * The identity service the rest of Hanare talks to: signing in with throttling, tickets, accounts.
 * Every outcome of a sign-in is a value with its reason; only failures of the service itself throw.
 * Does not write audit records: the routes know terminal and wording.
 */
import type { DatabaseSync } from "node:sqlite";
import type { UserId } from "../base/ids.ts";
import { inTransaction } from "../store/database.ts";
import { Accounts } from "./accounts.ts";
import { readCookie } from "./cookie.ts";
import { createLocalProvider, type LocalPasswordChange } from "./local.ts";
import { normaliseName } from "./names.ts";
import { createPasswordHasher, type HashParameters } from "./password-hash.ts";
import { Throttle, type ThrottleSettings } from "./throttle.ts";
import { Tickets } from "./tickets.ts";
import { Turns } from "./turns.ts";
import type { Account, Authenticated, HandedOver, NewAccount } from "./types.ts";

export type SignInOutcome =
  | {
      readonly outcome: "throttled";
      readonly by: "account" | "terminal";
      readonly retryAfterSeconds: number;
      /** Present when the name typed belongs to somebody. */
      readonly user?: Account;
    }
  | {
      readonly outcome: "refused";
      readonly reason: "unknown-user" | "wrong-password";
      readonly user?: Account;
    }
  | { readonly outcome: "signed-in"; readonly user: Account; readonly token: string };

export type PasswordChangeOutcome =
  | { readonly outcome: "throttled"; readonly retryAfterSeconds: number }
  | Exclude<LocalPasswordChange, { readonly outcome: "changed" }>
  | { readonly outcome: "changed"; readonly user: Account; readonly token: string };

export interface Identity {
  signIn(untrustedName: string, password: string, terminal: string): Promise<SignInOutcome>;
  /** Usable for requests and WebSocket upgrades alike. */
  authenticate(untrustedCookieHeader: string | undefined): Authenticated | undefined;
  signOut(ticketId: string): void;
  /** On success every ticket of the person ends and `token` is a new one. Wrong guesses count as failed sign-ins. */
  changePassword(user: Account, current: string, next: string): Promise<PasswordChangeOutcome>;
  list(): readonly Account[];
  /** Throws USER_EXISTS. */
  create(wanted: NewAccount): Promise<HandedOver>;
  /** Ends every ticket of the person. Throws NOT_FOUND. */
  reset(id: UserId): Promise<HandedOver>;
}

export interface IdentitySettings extends ThrottleSettings {
  readonly signInHours: number;
}

export interface IdentityDeps {
  readonly database: DatabaseSync;
  readonly settings: IdentitySettings;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** Left out: the standard parameters. */
  readonly hashing?: HashParameters;
}

export function createIdentity({ database, settings, now, hashing }: IdentityDeps): Identity {
  const accounts = new Accounts(database);
  const tickets = new Tickets(database, settings.signInHours * 3_600_000, now);
  const throttle = new Throttle(settings, now);
  const turns = new Turns();
  const local = createLocalProvider(accounts, createPasswordHasher(hashing), now);

  async function hear(name: string, password: string, terminal: string): Promise<SignInOutcome> {
    const keys = { account: accountKey(name), terminal: `terminal ${terminal}` } as const;
    for (const by of ["account", "terminal"] as const) {
      const retryAfterSeconds = throttle.secondsLeft(keys[by]);
      if (retryAfterSeconds === 0) continue;
      const user = accounts.byName(name)?.user;
      return { outcome: "throttled", by, retryAfterSeconds, ...(user && { user }) };
    }
    const verdict = await local.check(name, password);
    if (verdict.outcome === "refused") {
      throttle.fail(keys.account);
      throttle.fail(keys.terminal);
      return verdict;
    }
    // The terminal's count stays: signing in as oneself must not buy more guesses at other people.
    throttle.forget(keys.account);
    const at = new Date(now()).toISOString();
    return inTransaction(database, () => {
      accounts.signedIn(verdict.user.id, at);
      const user = { ...verdict.user, lastSignInAt: at };
      return { outcome: "signed-in", user, token: tickets.issue(user.id) };
    });
  }

  return {
    signIn(untrustedName, password, terminal) {
      const name = normaliseName(untrustedName);
      // Always terminal first, then account: the same order everywhere, so that no two wait for each other.
      return turns.run(`terminal ${terminal}`, () =>
        turns.run(accountKey(name), () => hear(name, password, terminal)),
      );
    },

    authenticate(untrustedCookieHeader) {
      const token = readCookie(untrustedCookieHeader);
      const ticket = token === undefined ? undefined : tickets.find(token);
      const stored = ticket && accounts.byId(ticket.userId);
      return stored && { user: stored.user, ticketId: ticket.ticketId };
    },

    signOut: (ticketId) => tickets.revoke(ticketId),

    changePassword(user, current, next) {
      const key = accountKey(user.name);
      return turns.run(key, async () => {
        const retryAfterSeconds = throttle.secondsLeft(key);
        if (retryAfterSeconds > 0) return { outcome: "throttled", retryAfterSeconds };
        const change = await local.changePassword(user.id, current, next);
        if (change.outcome === "refused") throttle.fail(key);
        if (change.outcome !== "changed") return change;
        throttle.forget(key);
        return inTransaction(database, () => {
          tickets.revokeAllOf(user.id);
          return { ...change, token: tickets.issue(user.id) };
        });
      });
    },

    list: () => accounts.list(),
    create: (wanted) => local.create(wanted),

    async reset(id) {
      const handedOver = await local.reset(id);
      tickets.revokeAllOf(id);
      throttle.forget(accountKey(handedOver.user.name));
      return handedOver;
    },
  };
}

function accountKey(normalisedName: string): string {
  return `account ${normalisedName}`;
}
