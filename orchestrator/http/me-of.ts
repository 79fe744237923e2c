/** What a page hears of the person who looks at it, and of what their sign-in still lacks. */
import { AppError } from "../base/errors.ts";
import { cookieFor } from "../identity/cookie.ts";
import type { Identity } from "../identity/identity.ts";
import type { Account, Stage } from "../identity/types.ts";
import type { Me } from "./contract.ts";
import { hostNameOf } from "./relying-party.ts";

export function meOf(
  identity: Identity,
  { user, stage }: { readonly user: Account; readonly stage: Stage },
  untrustedHost: string | undefined,
): Me {
  const { id, name, displayName, roles, mustChangePassword } = user;
  const offers =
    stage === "second-factor" ? identity.secondFactor.offers(id, hostNameOf(untrustedHost)) : [];
  return {
    ...{ id, name, displayName, mustChangePassword, stage },
    roles: [...roles],
    offers: [...offers],
  };
}

/** For a ticket that was issued just now. */
export function meOfToken(
  identity: Identity,
  token: string,
  untrustedHost: string | undefined,
): Me {
  const caller = identity.authenticate(cookieFor(token));
  if (!caller) throw new AppError("SIGN_IN_REQUIRED");
  return meOf(identity, caller, untrustedHost);
}
