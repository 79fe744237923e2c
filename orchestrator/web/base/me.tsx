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

/** Where a sign-in that is not complete goes on. */
const nextStep: Readonly<Partial<Record<string, string>>> = {
  PASSWORD_CHANGE_REQUIRED: "/password",
  FACTOR_SETUP_REQUIRED: "/security",
  SECOND_FACTOR_REQUIRED: "/sign-in",
};

/** True when the error means "complete your sign-in first" and the page is being left for it. */
export function leaveIfSignedOut(error: unknown): boolean {
  if (!(error instanceof ApiError)) return false;
  if (error.status === 401 && error.body.code === "SIGN_IN_REQUIRED") {
    const here = `${location.pathname}${location.search}`;
    navigate(`/sign-in?next=${encodeURIComponent(here)}`, "replace");
    return true;
  }
  const page = nextStep[error.body.code];
  if (page !== undefined) {
    navigate(page, "replace");
    return true;
  }
  return false;
}
