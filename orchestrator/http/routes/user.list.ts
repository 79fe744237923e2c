/** GET /api/admin/users. */
import type { User } from "../contract.ts";
import type { Route } from "../route.ts";
import { toUser } from "../views.ts";

export const userList: Route = {
  method: "GET",
  url: "/api/admin/users",
  access: "roles",
  roles: ["system-admin"],
  handle({ deps }): Promise<{ readonly users: readonly User[] }> {
    return Promise.resolve({
      users: deps.identity
        .list()
        .map((user) => toUser(user, deps.identity.secondFactor.has(user.id))),
    });
  },
};
