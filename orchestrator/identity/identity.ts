/**
 * The identity service the rest of Hanare talks to: signing in with throttling, tickets, accounts.
 * Every outcome of a sign-in is a value with its reason; only failures of the service itself throw.
 * Does not write audit records: the routes know terminal and wording.
 */
import type { DatabaseSync } from "node:sqlite";
import { AppError } from "../base/errors.ts";
import type { UserId } from "../base/ids.ts";
import { inTransaction } from "../store/database.ts";
import { judgeChange } from "./account-change.ts";
import { ApiTokens } from "./api-tokens.ts";
import { Accounts } from "./accounts.ts";
import { deviceCookieName, readCookie } from "./cookie.ts";
import { Devices } from "./devices.ts";
import { Factors } from "./factors.ts";
import { type Attempt, Guard, type PausedBy } from "./guard.ts";
import { createLocalProvider, type LocalPasswordChange } from "./local.ts";
import { normaliseName } from "./names.ts";
import { createPasskeys } from "./passkeys.ts";
import { createPasswordHasher, type HashParameters } from "./password-hash.ts";
import { createSecondFactor, type SecondFactor } from "./second-factor.ts";
import { Throttle, type ThrottleSettings } from "./throttle.ts";
import { type Ticket, Tickets } from "./tickets.ts";
import { Turns } from "./turns.ts";
import type {
  Account,
  AccountFacts,
  Authenticated,
  HandedOver,
  NewAccount,
  Role,
  Stage,
} from "./types.ts";

/** Where an attempt comes from, as the server sees it. */
export interface From {
  readonly terminal: string;
  readonly untrustedCookies?: string | undefined;
  /** User-Agent, for the person's own list of sign-ins. */
  readonly untrustedBrowser?: string | undefined;
}

export type SignInOutcome =
  | {
      readonly outcome: "throttled";
      readonly by: PausedBy;
      readonly retryAfterSeconds: number;
      /** Present when the name typed belongs to somebody. */
      readonly user?: Account;
    }
  | {
      readonly outcome: "refused";
      readonly reason: "unknown-user" | "wrong-password" | "one-time-expired" | "disabled";
      readonly user?: Account;
    }
  | {
      readonly outcome: "signed-in";
      readonly user: Account;
      readonly stage: Stage;
      readonly token: string;
      /** For the cookie that marks this browser as known; undefined until a second factor was proved. */
      readonly device?: string;
    };

export type PasswordChangeOutcome =
  | { readonly outcome: "throttled"; readonly retryAfterSeconds: number }
  | Exclude<LocalPasswordChange, { readonly outcome: "changed" }>
  | { readonly outcome: "changed"; readonly user: Account; readonly token: string };

export type ProofOutcome =
  | { readonly outcome: "throttled"; readonly retryAfterSeconds: number }
  | { readonly outcome: "refused" }
  | { readonly outcome: "proven" };

export interface Identity {
  readonly secondFactor: SecondFactor;
  /** Of other systems. */
  readonly tokens: ApiTokens;
  signIn(untrustedName: string, password: string, from: From): Promise<SignInOutcome>;
  /** Usable for requests and WebSocket upgrades alike. */
  authenticate(untrustedCookieHeader: string | undefined): Authenticated | undefined;
  /** Whose attempt this is, for the counts of failures. */
  attemptOf(user: Account, from: From): Attempt;
  /** The token that marks this browser as one the person has signed in with. */
  rememberDevice(user: Account, from: From): string;
  signOut(ticketId: string): void;
  /** Where the person is signed in, newest first. */
  signIns(userId: UserId): readonly Ticket[];
  /** Ends one of the person's own sign-ins; false when there is none of that id. */
  endSignIn(userId: UserId, untrustedTicketId: string): boolean;
  /** Ends all but this one and forgets every browser; how many there were. */
  endOtherSignIns(caller: Authenticated): number;
  /** Told of sign-ins that end before their time, whoever ends them. Returns the unsubscriber. */
  onSignInsEnded(listener: (ticketIds: readonly string[]) => void): () => void;
  /** The password once more, before something that cannot be undone. Wrong ones are counted. */
  prove(caller: Authenticated, password: string): Promise<ProofOutcome>;
  /**
   * On success every ticket of the person ends and `token` is a new one, with what the ticket `from` had
   * proved. Wrong guesses are counted.
   */
  changePassword(
    user: Account,
    current: string,
    next: string,
    fromTicketId?: string,
  ): Promise<PasswordChangeOutcome>;
  /** Thousands of accounts take a tenth of a second: for one of them, `find`. */
  list(): readonly Account[];
  find(userId: string): Account | undefined;
  /** None for somebody who is not known. */
  groupsOf(userId: string): readonly string[];
  /** Throws USER_EXISTS. */
  create(wanted: NewAccount): Promise<HandedOver>;
  /**
   * Throws NOT_FOUND, OWN_ACCOUNT or LAST_ADMINISTRATOR. Ends every ticket of somebody who is disabled; other
   * changes count from the person's next request on. A running session is the caller's affair.
   */
  update(id: UserId, wanted: AccountFacts, by: UserId): Account;
  /** The account as it was. Throws as `update`. */
  remove(id: UserId, by: UserId): Account;
  /** Ends every ticket of the person and forgets their browsers. Throws NOT_FOUND. */
  reset(id: UserId): Promise<HandedOver>;
  /** Takes the person's second factors away and ends every ticket. Throws NOT_FOUND. */
  resetFactors(id: UserId): Account;
}

export interface IdentitySettings extends ThrottleSettings {
  readonly signInHours: number;
  readonly oneTimeHours: number;
  readonly proofMinutes: number;
  readonly secondFactorRoles: readonly Role[];
}

export interface IdentityDeps {
  readonly database: DatabaseSync;
  readonly settings: IdentitySettings;
  /** Seals the secrets of authenticator apps (seal.ts). */
  readonly sealKey: Buffer;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** Left out: the standard parameters. */
  readonly hashing?: HashParameters;
}

/** Password right, second factor awaited: no longer than it takes to find the telephone. */
const halfSignedInMs = 10 * 60_000;

export function createIdentity(deps: IdentityDeps): Identity {
  const { database, settings, now } = deps;
  const accounts = new Accounts(database);
  const listeners = new Set<(ticketIds: readonly string[]) => void>();
  const tickets = new Tickets(database, settings.signInHours * 3_600_000, now, (ticketIds) => {
    for (const listener of listeners) listener(ticketIds);
  });
  const devices = new Devices(database, now);
  const factors = new Factors(database, deps.sealKey);
  const guard = new Guard(new Throttle(settings, now));
  const turns = new Turns();
  const local = createLocalProvider(accounts, createPasswordHasher(deps.hashing), {
    now,
    oneTimeHours: settings.oneTimeHours,
  });
  const requiredOf = (user: Account) =>
    settings.secondFactorRoles.some((role) => user.roles.includes(role));
  const secondFactor = createSecondFactor({
    ...{ database, factors, tickets, guard, turns, requiredOf, now },
    passkeys: createPasskeys(factors, now),
  });

  function existing(id: UserId): Account {
    const user = accounts.byId(id)?.user;
    if (!user) throw new AppError("NOT_FOUND", { what: "user" });
    return user;
  }

  function assertMayChange(user: Account, wanted: AccountFacts | undefined, by: UserId): void {
    const verdict = judgeChange(accounts.list(), user, wanted, by);
    if (verdict.outcome === "accepted") return;
    const codes = {
      "own-account": "OWN_ACCOUNT",
      "last-administrator": "LAST_ADMINISTRATOR",
    } as const;
    throw new AppError(codes[verdict.reason], { user: user.name });
  }

  /** Whoever is signed in as this person no longer is, anywhere. */
  function shutOut(id: UserId): void {
    tickets.revokeAllOf(id);
    devices.forgetAllOf(id);
  }

  const deviceToken = (from: From) => readCookie(from.untrustedCookies, deviceCookieName);

  function stageOf(user: Account, factorProven: boolean): Stage {
    const hasFactor = factors.hasAny(user.id);
    if (hasFactor && !factorProven) return "second-factor";
    if (user.mustChangePassword) return "password";
    return requiredOf(user) && !hasFactor ? "enrol" : "full";
  }

  function attemptAt(name: string, user: Account | undefined, from: From): Attempt {
    const device = user && devices.known(deviceToken(from), user.id);
    return { account: name, terminal: from.terminal, ...(device !== undefined && { device }) };
  }

  async function hear(attempt: Attempt, password: string, from: From): Promise<SignInOutcome> {
    const paused = guard.paused(attempt);
    if (paused) {
      const user = accounts.byName(attempt.account)?.user;
      return { outcome: "throttled", ...paused, ...(user && { user }) };
    }
    const verdict = await local.check(attempt.account, password);
    if (verdict.outcome === "refused") {
      // The right password that came too late is nobody's guess.
      if (verdict.reason !== "one-time-expired") guard.failed(attempt);
      return verdict;
    }
    guard.succeeded(attempt);
    return signedIn(verdict.user, from);
  }

  function signedIn(who: Account, from: From): SignInOutcome {
    const at = new Date(now()).toISOString();
    return inTransaction(database, () => {
      accounts.signedIn(who.id, at);
      const user = { ...who, lastSignInAt: at };
      const stage = stageOf(user, false);
      const token = tickets.issue(
        user.id,
        {
          terminal: from.terminal,
          browser: from.untrustedBrowser ?? "",
          factorProven: false,
        },
        stage === "second-factor" ? halfSignedInMs : undefined,
      );
      const device =
        stage === "second-factor" ? undefined : devices.remember(deviceToken(from), user.id);
      return { outcome: "signed-in", user, stage, token, ...(device !== undefined && { device }) };
    });
  }

  return {
    secondFactor,
    tokens: new ApiTokens(database, now),

    signIn(untrustedName, password, from) {
      const name = normaliseName(untrustedName);
      const attempt = attemptAt(name, accounts.byName(name)?.user, from);
      return turns.runAll(guard.lanes(attempt), () => hear(attempt, password, from));
    },

    authenticate(untrustedCookieHeader) {
      const token = readCookie(untrustedCookieHeader);
      const ticket = token === undefined ? undefined : tickets.find(token);
      const user = ticket && accounts.byId(ticket.userId)?.user;
      if (!user || user.disabled) return undefined;
      tickets.seen(ticket);
      return {
        user,
        ticketId: ticket.ticketId,
        stage: stageOf(user, ticket.factorProven),
        fresh: now() - ticket.provenMs <= settings.proofMinutes * 60_000,
      };
    },

    attemptOf: (user, from) => attemptAt(user.name, user, from),
    rememberDevice: (user, from) => devices.remember(deviceToken(from), user.id),
    signOut: (ticketId) => tickets.revoke(ticketId),
    signIns: (userId) => tickets.of(userId),

    endSignIn(userId, untrustedTicketId) {
      const found = tickets.of(userId).some(({ ticketId }) => ticketId === untrustedTicketId);
      if (found) tickets.revoke(untrustedTicketId);
      return found;
    },

    endOtherSignIns({ user, ticketId }) {
      devices.forgetAllOf(user.id);
      return tickets.revokeAllOf(user.id, ticketId);
    },

    onSignInsEnded(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },

    prove({ user, ticketId }, password) {
      const attempt = ownPassword(user);
      return turns.runAll(guard.lanes(attempt), async () => {
        const paused = guard.paused(attempt);
        if (paused) return { outcome: "throttled", ...paused };
        if (!(await local.proves(user.id, password))) {
          guard.failed(attempt);
          return { outcome: "refused" };
        }
        guard.succeeded(attempt);
        tickets.proven(ticketId);
        return { outcome: "proven" };
      });
    },

    changePassword(user, current, next, fromTicketId) {
      const attempt = ownPassword(user);
      return turns.runAll(guard.lanes(attempt), async () => {
        const paused = guard.paused(attempt);
        if (paused) return { outcome: "throttled", retryAfterSeconds: paused.retryAfterSeconds };
        const change = await local.changePassword(user.id, current, next);
        if (change.outcome === "refused") guard.failed(attempt);
        if (change.outcome !== "changed") return change;
        guard.succeeded(attempt);
        return inTransaction(database, () => {
          const before = fromTicketId === undefined ? undefined : tickets.byId(fromTicketId);
          tickets.revokeAllOf(user.id);
          return { ...change, token: tickets.issue(user.id, before ?? unknownPlace) };
        });
      });
    },

    list: () => accounts.list(),
    find: (userId) => accounts.byId(userId)?.user,
    groupsOf: (userId) => accounts.byId(userId)?.user.groups ?? [],
    create: (wanted) => local.create(wanted),

    update(id, wanted, by) {
      return inTransaction(database, () => {
        const user = existing(id);
        assertMayChange(user, wanted, by);
        accounts.update(id, wanted);
        if (wanted.disabled) shutOut(id);
        return existing(id);
      });
    },

    remove(id, by) {
      return inTransaction(database, () => {
        const user = existing(id);
        assertMayChange(user, undefined, by);
        shutOut(id);
        secondFactor.forget(id);
        accounts.remove(id);
        return user;
      });
    },

    async reset(id) {
      const handedOver = await local.reset(id);
      shutOut(id);
      guard.succeeded(ownPassword(handedOver.user));
      return handedOver;
    },

    resetFactors(id) {
      return inTransaction(database, () => {
        const user = existing(id);
        secondFactor.forget(id);
        shutOut(id);
        return user;
      });
    },
  };
}

const unknownPlace = { terminal: "", browser: "", factorProven: false };

/** Guesses of somebody who is signed in: one count for the person, apart from those of sign-ins. */
function ownPassword({ id }: Account): Attempt {
  return { account: `password of ${id}`, terminal: "own", device: "own" };
}
