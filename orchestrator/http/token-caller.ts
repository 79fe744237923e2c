/** How another system appears where people do: in records under the name of its token. Pure. */
import type { UserId } from "../base/ids.ts";
import type { ApiToken } from "../identity/types.ts";
import type { Caller } from "./route.ts";

export function callerOfToken({ id, name, scopes, createdAt }: ApiToken): Caller {
  const shown = `api:${name}`;
  return {
    user: {
      // Of another kind than any person's: nothing that belongs to a person is found by it.
      id: id as string as UserId,
      ...{ name: shown, displayName: shown, roles: [], groups: [] },
      ...{ mustChangePassword: false, disabled: false },
      createdAt: new Date(createdAt).toISOString(),
      lastSignInAt: null,
    },
    ticketId: null,
    stage: "full",
    fresh: true,
    scopes,
  };
}
