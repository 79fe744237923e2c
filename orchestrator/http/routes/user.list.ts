/** GET /api/admin/users. */
import { z } from "zod";
import { type User, user } from "../contract.ts";
import type { Route } from "../route.ts";
import { toUser } from "../views.ts";

export const userList: Route = {
  method: "GET",
  url: "/api/admin/users",
  summary: "All accounts",
  gives: z.strictObject({ users: z.array(user) }),
  scope: "users:read",
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
