/**
 * Passkeys (WebAuthn Level 3): what a browser is asked, and whether its answer holds. The answers are read
 * and checked by @simplewebauthn/server; which credentials belong to whom is decided here. Attestation is
 * not asked for: which make of authenticator people carry is theirs.
 */
import {
  generateAuthenticationOptions,
  generateRegistrationOptions,
  verifyAuthenticationResponse,
  verifyRegistrationResponse,
} from "@simplewebauthn/server";
import type { UserId } from "../base/ids.ts";
import { Challenges } from "./challenges.ts";
import { type Factors, type Passkey, passkeyTransports } from "./factors.ts";
import type { Account } from "./types.ts";

/** Who asks: the host name that credentials are bound to, and the origin of the page. */
export interface RelyingParty {
  readonly id: string;
  readonly origin: string;
}

export type RegistrationOptions = Awaited<ReturnType<typeof generateRegistrationOptions>>;
export type AuthenticationOptions = Awaited<ReturnType<typeof generateAuthenticationOptions>>;
export type RegistrationAnswer = Parameters<typeof verifyRegistrationResponse>[0]["response"];
export type AuthenticationAnswer = Parameters<typeof verifyAuthenticationResponse>[0]["response"];

export type PasskeyVerdict =
  | { readonly outcome: "refused"; readonly reason: "no-challenge" | "unknown-key" | "not-valid" }
  | { readonly outcome: "accepted"; readonly passkey: Passkey };

export interface Passkeys {
  registrationOptions(user: Account, key: string, rp: RelyingParty): Promise<RegistrationOptions>;
  /** Keeps nothing: the accepted passkey is the caller's to store. */
  register(
    user: Account,
    key: string,
    rp: RelyingParty,
    name: string,
    untrustedAnswer: RegistrationAnswer,
  ): Promise<PasskeyVerdict>;
  /** For the passkeys of one account, or, where no account is named, for whichever the browser holds. */
  authenticationOptions(
    userId: UserId | undefined,
    key: string,
    rp: RelyingParty,
  ): Promise<AuthenticationOptions>;
  /** Without an account the authenticator must have verified the person itself (PIN, finger). */
  authenticate(
    userId: UserId | undefined,
    key: string,
    rp: RelyingParty,
    untrustedAnswer: AuthenticationAnswer,
  ): Promise<PasskeyVerdict>;
}

export function createPasskeys(factors: Factors, now: () => number): Passkeys {
  const challenges = new Challenges(now);
  const refused = (reason: "no-challenge" | "unknown-key" | "not-valid") =>
    ({ outcome: "refused", reason }) as const;

  return {
    async registrationOptions(user, key, rp) {
      const options = await generateRegistrationOptions({
        rpName: "Hanare",
        rpID: rp.id,
        userName: user.name,
        userDisplayName: user.displayName,
        userID: new TextEncoder().encode(user.id),
        attestationType: "none",
        excludeCredentials: factors.passkeys(user.id).map(described),
        authenticatorSelection: { residentKey: "preferred", userVerification: "preferred" },
      });
      challenges.put(`register ${key}`, options.challenge);
      return options;
    },

    async register(user, key, rp, name, untrustedAnswer) {
      const expectedChallenge = challenges.take(`register ${key}`);
      if (expectedChallenge === undefined) return refused("no-challenge");
      const verified = await held(() =>
        verifyRegistrationResponse({
          response: untrustedAnswer,
          expectedChallenge,
          expectedOrigin: rp.origin,
          expectedRPID: rp.id,
          requireUserVerification: false,
        }),
      );
      if (!verified?.verified) return refused("not-valid");
      const { credential } = verified.registrationInfo;
      const passkey: Passkey = {
        id: credential.id,
        userId: user.id,
        name,
        rpId: rp.id,
        publicKey: new Uint8Array(credential.publicKey),
        counter: credential.counter,
        transports: passkeyTransports.filter((each) => credential.transports?.includes(each)),
        createdMs: now(),
        usedMs: null,
      };
      return { outcome: "accepted", passkey };
    },

    async authenticationOptions(userId, key, rp) {
      const own = userId === undefined ? [] : factors.passkeys(userId);
      const options = await generateAuthenticationOptions({
        rpID: rp.id,
        allowCredentials: own.filter(({ rpId }) => rpId === rp.id).map(described),
        userVerification: userId === undefined ? "required" : "preferred",
      });
      challenges.put(`authenticate ${key}`, options.challenge);
      return options;
    },

    async authenticate(userId, key, rp, untrustedAnswer) {
      const expectedChallenge = challenges.take(`authenticate ${key}`);
      if (expectedChallenge === undefined) return refused("no-challenge");
      const passkey = factors.passkey(untrustedAnswer.id);
      const isOwn = userId === undefined || passkey?.userId === userId;
      if (!passkey || !isOwn || passkey.rpId !== rp.id) return refused("unknown-key");
      const { id, publicKey, counter } = passkey;
      const verified = await held(() =>
        verifyAuthenticationResponse({
          response: untrustedAnswer,
          expectedChallenge,
          expectedOrigin: rp.origin,
          expectedRPID: rp.id,
          credential: { id, publicKey, counter },
          requireUserVerification: userId === undefined,
        }),
      );
      if (!verified?.verified) return refused("not-valid");
      factors.passkeyUsed(id, verified.authenticationInfo.newCounter, now());
      return { outcome: "accepted", passkey };
    },
  };
}

function described({ id, transports }: Passkey) {
  return { id, transports: [...transports] };
}

/** The library throws for answers that do not hold, whatever the reason; they are from outside. */
async function held<T>(verify: () => Promise<T>): Promise<T | undefined> {
  try {
    return await verify();
  } catch {
    return undefined;
  }
}
