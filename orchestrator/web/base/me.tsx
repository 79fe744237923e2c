/** Who is signed in, for all pages; and the way to the sign-in and password pages when nobody is. */
import { createContext, useContext } from "react";
import type { Me, Role } from "../../http/contract.ts";
import { ApiError } from "./api.ts";
import { navigate } from "./router.tsx";

export interface Account {
  readonly me: Me;
  readonly setMe: (me: Me | null) => void;
}

export const AccountContext = createContext<Account | null>(null);

export function useAccount(): Account {
  const account = useContext(AccountContext);
  if (!account) throw new Error("page needs a signed-in person");
  return account;
}

export function hasRole(me: Me, ...wanted: readonly Role[]): boolean {
  return wanted.some((role) => me.roles.includes(role));
}

/** True when the error means "sign in first" or "set a password first" and the page is being left for it. */
export function leaveIfSignedOut(error: unknown): boolean {
  if (!(error instanceof ApiError)) return false;
  if (error.status === 401 && error.body.code === "SIGN_IN_REQUIRED") {
    const here = `${location.pathname}${location.search}`;
    navigate(`/sign-in?next=${encodeURIComponent(here)}`, "replace");
    return true;
  }
  if (error.body.code === "PASSWORD_CHANGE_REQUIRED") {
    navigate("/password", "replace");
    return true;
  }
  return false;
}
