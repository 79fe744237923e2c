/**
 * Second factors of people: setting them up, proving them, taking them away. Codes of an authenticator app,
 * passkeys, and recovery codes for the day the telephone is gone. Every outcome is a value with its reason.
 */
import { createHash, randomBytes } from "node:crypto";
import type { DatabaseSync } from "node:sqlite";
import { AppError } from "../base/errors.ts";
import type { UserId } from "../base/ids.ts";
import { inTransaction } from "../store/database.ts";
import type { Factors } from "./factors.ts";
import type { Attempt, Guard, PausedBy } from "./guard.ts";
import { newRecoveryCodes, recoveryCodeHash } from "./one-time-password.ts";
import type {
  AuthenticationAnswer,
  AuthenticationOptions,
  Passkeys,
  RegistrationAnswer,
  RegistrationOptions,
  RelyingParty,
} from "./passkeys.ts";
import type { Tickets } from "./tickets.ts";
import { base32, matchTotp, otpauthUri, totpSecretBytes } from "./totp.ts";
import type { Turns } from "./turns.ts";
import type { Account, Authenticated, Proof } from "./types.ts";

export interface FactorState {
  /** When codes of an app were set up; null: they are not. */
  readonly totpSince: string | null;
  readonly passkeys: readonly {
    /** Names it to its owner: short, while a credential's own id may have a thousand bytes. */
    readonly id: string;
    readonly name: string;
    readonly rpId: string;
    readonly createdAt: string;
    readonly lastUsedAt: string | null;
  }[];
  readonly recoveryCodesLeft: number;
  /** One of the person's roles asks for a factor. */
  readonly required: boolean;
}

type Refused = { readonly outcome: "refused"; readonly reason: string };
type Throttled = {
  readonly outcome: "throttled";
  readonly by: PausedBy;
  readonly retryAfterSeconds: number;
};

/** `recoveryCodes` is there with the first factor, shown once and kept as hashes. */
export type FactorAdded =
  | Refused
  | Throttled
  | { readonly outcome: "added"; readonly recoveryCodes: readonly string[] | null };

export type FactorProven =
  | Refused
  | Throttled
  | { readonly outcome: "proven"; readonly how: Proof; readonly token: string };

export interface SecondFactor {
  /** An app or a passkey. */
  has(userId: UserId): boolean;
  state(user: Account): FactorState;
  /** What this person can prove with at this host; empty when there is no factor. */
  offers(userId: UserId, host: string): readonly Proof[];
  beginTotp(user: Account): { readonly secret: string; readonly uri: string };
  confirmTotp(caller: Authenticated, untrustedCode: string): Promise<FactorAdded>;
  passkeyOptions(caller: Authenticated, rp: RelyingParty): Promise<RegistrationOptions>;
  addPasskey(
    caller: Authenticated,
    rp: RelyingParty,
    name: string,
    untrustedAnswer: RegistrationAnswer,
  ): Promise<FactorAdded>;
  /** Throws NOT_FOUND, or FACTOR_NEEDED for the last one of somebody who must have one. */
  removeTotp(user: Account): void;
  removePasskey(user: Account, untrustedId: string): void;
  /** The old ones are worth nothing from now on. Throws NOT_FOUND where there is no factor. */
  renewRecoveryCodes(user: Account): readonly string[];
  /** An app's code or a recovery code. On success the ticket is another one: `token`. */
  proveCode(caller: Authenticated, untrustedCode: string, from: Attempt): Promise<FactorProven>;
  proofOptions(caller: Authenticated, rp: RelyingParty): Promise<AuthenticationOptions>;
  provePasskey(
    caller: Authenticated,
    rp: RelyingParty,
    untrustedAnswer: AuthenticationAnswer,
    from: Attempt,
  ): Promise<FactorProven>;
  /** Takes all of them away, as an administrator does for somebody whose telephone is gone. */
  forget(userId: UserId): void;
}

export interface SecondFactorDeps {
  readonly database: DatabaseSync;
  readonly factors: Factors;
  readonly passkeys: Passkeys;
  readonly tickets: Tickets;
  readonly guard: Guard;
  readonly turns: Turns;
  readonly requiredOf: (user: Account) => boolean;
  readonly now: () => number;
}

const mostPasskeys = 20;
const appCode = /^\s*\d{3}\s*\d{3}\s*$/;

export function createSecondFactor(deps: SecondFactorDeps): SecondFactor {
  const { database, factors, passkeys, tickets, guard, turns, now } = deps;

  /** One attempt at a time per key, counted before the next is heard. */
  function guarded<T extends { readonly outcome: string }>(
    attempt: Attempt,
    work: () => Promise<Refused | T>,
  ): Promise<Refused | T | Throttled> {
    return turns.runAll(guard.lanes(attempt), async () => {
      const paused = guard.paused(attempt);
      if (paused) return { outcome: "throttled", ...paused };
      const result = await work();
      if (result.outcome === "refused") guard.failed(attempt);
      else guard.succeeded(attempt);
      return result;
    });
  }

  function added({ user, ticketId }: Authenticated, isFirst: boolean): FactorAdded {
    const recoveryCodes = isFirst ? renew(user.id) : null;
    tickets.factorProven(ticketId);
    return { outcome: "added", recoveryCodes };
  }

  function renew(userId: UserId): readonly string[] {
    const codes = newRecoveryCodes();
    factors.replaceRecoveryCodes(
      userId,
      codes.map((code) => recoveryCodeHash(userId, code)),
    );
    return codes;
  }

  /** Another token from here on: one that was caught before the factor was proved is worth nothing. */
  function proven({ user, ticketId }: Authenticated, how: Proof): FactorProven {
    return inTransaction(database, () => {
      const before = tickets.byId(ticketId);
      if (!before) return { outcome: "refused", reason: "signed-out" };
      tickets.revoke(ticketId);
      const token = tickets.issue(user.id, { ...before, factorProven: true });
      return { outcome: "proven", how, token };
    });
  }

  function spendTotp(userId: UserId, untrustedCode: string, wantsConfirmed: boolean): boolean {
    const totp = factors.totp(userId);
    if (!totp || (totp.confirmedMs !== null) !== wantsConfirmed) return false;
    const step = matchTotp(totp.secret, untrustedCode, now(), totp.lastStep);
    return step !== undefined && factors.spendTotpStep(userId, step);
  }

  function remove(user: Account, take: () => boolean): void {
    inTransaction(database, () => {
      if (!take()) throw new AppError("NOT_FOUND", { what: "factor" });
      if (factors.hasAny(user.id)) return;
      if (deps.requiredOf(user)) throw new AppError("FACTOR_NEEDED", { user: user.name });
      factors.replaceRecoveryCodes(user.id, []);
    });
  }

  return {
    has: (userId) => factors.hasAny(userId),

    state(user) {
      const totp = factors.totp(user.id);
      return {
        totpSince: totp && totp.confirmedMs !== null ? iso(totp.confirmedMs) : null,
        passkeys: factors.passkeys(user.id).map(({ id, name, rpId, createdMs, usedMs }) => ({
          ...{ id: shortId(id), name, rpId, createdAt: iso(createdMs) },
          lastUsedAt: usedMs === null ? null : iso(usedMs),
        })),
        recoveryCodesLeft: factors.recoveryCodesLeft(user.id),
        required: deps.requiredOf(user),
      };
    },

    offers(userId, host) {
      const totp = factors.totp(userId);
      const hasTotp = totp !== undefined && totp.confirmedMs !== null;
      const hasKeys = factors.passkeys(userId).some(({ rpId }) => rpId === host);
      const hasCodes = factors.recoveryCodesLeft(userId) > 0;
      return [
        ...(hasKeys ? (["passkey"] as const) : []),
        ...(hasTotp ? (["totp"] as const) : []),
        ...(hasCodes ? (["recovery"] as const) : []),
      ];
    },

    beginTotp(user) {
      const existing = factors.totp(user.id);
      if (existing && existing.confirmedMs !== null) throw new AppError("FACTOR_EXISTS");
      const secret = randomBytes(totpSecretBytes);
      factors.putTotp(user.id, secret);
      return { secret: base32(secret), uri: otpauthUri("Hanare", user.name, secret) };
    },

    confirmTotp(caller, untrustedCode) {
      const { user } = caller;
      return guarded(ownAttempt(`totp set-up ${user.id}`), () =>
        Promise.resolve(
          inTransaction(database, () => {
            const isFirst = !factors.hasAny(user.id);
            if (!spendTotp(user.id, untrustedCode, false))
              return { outcome: "refused", reason: "wrong-code" } as const;
            factors.confirmTotp(user.id, now());
            return added(caller, isFirst);
          }),
        ),
      );
    },

    passkeyOptions: ({ user, ticketId }, rp) => passkeys.registrationOptions(user, ticketId, rp),

    async addPasskey(caller, rp, name, untrustedAnswer) {
      const { user, ticketId } = caller;
      if (factors.passkeys(user.id).length >= mostPasskeys)
        throw new AppError("FACTOR_EXISTS", { most: mostPasskeys });
      const verdict = await passkeys.register(user, ticketId, rp, name, untrustedAnswer);
      if (verdict.outcome === "refused") return verdict;
      return inTransaction(database, () => {
        const isFirst = !factors.hasAny(user.id);
        if (!factors.addPasskey(verdict.passkey))
          return { outcome: "refused", reason: "not-valid" } as const;
        return added(caller, isFirst);
      });
    },

    removeTotp: (user) => remove(user, () => factors.removeTotp(user.id)),
    removePasskey: (user, untrustedId) =>
      remove(user, () => {
        const found = factors.passkeys(user.id).find(({ id }) => shortId(id) === untrustedId);
        return found !== undefined && factors.removePasskey(user.id, found.id);
      }),

    renewRecoveryCodes(user) {
      if (!factors.hasAny(user.id)) throw new AppError("NOT_FOUND", { what: "factor" });
      return inTransaction(database, () => renew(user.id));
    },

    proveCode(caller, untrustedCode, from) {
      const { user } = caller;
      return guarded({ ...from, account: `factor ${user.id}` }, () => {
        const how = appCode.test(untrustedCode.normalize("NFKC")) ? "totp" : "recovery";
        const isRight =
          how === "totp"
            ? spendTotp(user.id, untrustedCode, true)
            : factors.spendRecoveryCode(user.id, recoveryCodeHash(user.id, untrustedCode));
        return Promise.resolve(
          isRight ? proven(caller, how) : { outcome: "refused", reason: `wrong-${how}` },
        );
      });
    },

    proofOptions: ({ user, ticketId }, rp) => passkeys.authenticationOptions(user.id, ticketId, rp),

    provePasskey(caller, rp, untrustedAnswer, from) {
      const { user, ticketId } = caller;
      return guarded({ ...from, account: `factor ${user.id}` }, async () => {
        const verdict = await passkeys.authenticate(user.id, ticketId, rp, untrustedAnswer);
        return verdict.outcome === "accepted" ? proven(caller, "passkey") : verdict;
      });
    },

    forget(userId) {
      factors.removeTotp(userId);
      for (const { id } of factors.passkeys(userId)) factors.removePasskey(userId, id);
      factors.replaceRecoveryCodes(userId, []);
    },
  };
}

/** Somebody who is signed in and tries at what is theirs: one count, wherever they sit. */
function ownAttempt(account: string): Attempt {
  return { account, terminal: "own", device: "own" };
}

function shortId(credentialId: string): string {
  return createHash("sha256").update(credentialId).digest("hex").slice(0, 32);
}

function iso(ms: number): string {
  return new Date(ms).toISOString();
}
