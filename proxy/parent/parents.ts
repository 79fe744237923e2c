/**
 * Parent proxies, ready to be dialled: what the policy says of each, with the password that came beside it.
 * Pure. A parent whose password is missing stays in the table: its traffic is refused, never sent without.
 */
import type { CompiledParent } from "../../policies/compiled.ts";

export interface Parent {
  readonly id: string;
  readonly host: string;
  readonly port: number;
  readonly resolve: CompiledParent["resolve"];
  /** Absent: plain TCP. Without `ca` the public authorities count. */
  readonly tls?: { readonly ca?: string };
  readonly login: Login;
}

type Login =
  | { readonly kind: "missing" }
  | { readonly kind: "none" }
  /** Value of Proxy-Authorization. Never printed. */
  | { readonly kind: "basic"; readonly field: string };

export type Parents = ReadonlyMap<string, Parent>;

/** @param secrets password by parent id */
export function prepareParents(
  parents: readonly CompiledParent[],
  secrets: Readonly<Record<string, string>>,
): Parents {
  return new Map(
    parents.map(({ id, host, port, resolve, tls, ca, auth }) => [
      id,
      {
        ...{ id, host, port, resolve },
        ...(tls && { tls: ca === undefined ? {} : { ca } }),
        login: loginOf(auth?.user, secrets[id]),
      },
    ]),
  );
}

function loginOf(user: string | undefined, password: string | undefined): Login {
  if (user === undefined) return { kind: "none" };
  if (password === undefined) return { kind: "missing" };
  const field = `Basic ${Buffer.from(`${user}:${password}`).toString("base64")}`;
  return { kind: "basic", field };
}

/** What a request to this parent says about who asks. */
export function loginFields({ login }: Parent): string[] {
  return login.kind === "basic" ? ["Proxy-Authorization", login.field] : [];
}
