import { describe, expect, it } from "vitest";
import { ApiTokens } from "../../../orchestrator/identity/api-tokens.ts";
import { openDatabase } from "../../../orchestrator/store/database.ts";

const dayMs = 24 * 3_600_000;

function scene() {
  const database = openDatabase(":memory:");
  let now = Date.parse("2026-04-01T00:00:00Z");
  const tokens = new ApiTokens(database, () => now);
  const make = () =>
    tokens.create(
      { name: "mail-gateway", scopes: ["sanitize"], expiresAt: now + 30 * dayMs },
      "admin",
    );
  const pass = (ms: number) => {
    now += ms;
  };
  return { database, tokens, make, pass };
}

describe("a token of another system", () => {
  it("is known by its secret, with its scopes, and by nothing else", () => {
    const { tokens, make } = scene();
    const { token, secret } = make();
    expect(tokens.authenticate(secret, "192.0.2.9")).toMatchObject({
      id: token.id,
      scopes: ["sanitize"],
    });
    const other = make().secret;
    const mixed = `${secret.slice(0, 29)}${other.slice(29)}`;
    for (const wrong of ["", "hanare_", secret.slice(0, -1), `${secret}x`, mixed, token.id])
      expect(tokens.authenticate(wrong, "192.0.2.9")).toBeUndefined();
  });

  it("leaves no secret in the database", () => {
    const { database, make } = scene();
    const { secret } = make();
    const rows = JSON.stringify(database.prepare("SELECT * FROM api_tokens").all());
    const stored = database.prepare("SELECT hash FROM api_tokens").get()?.["hash"] as Uint8Array;
    expect(rows).not.toContain(secret.slice(30));
    expect(Buffer.from(stored).toString("base64url")).not.toContain(secret.slice(30));
  });

  it("opens nothing once it has expired", () => {
    const { tokens, make, pass } = scene();
    const { secret } = make();
    pass(30 * dayMs - 1);
    expect(tokens.authenticate(secret, "192.0.2.9")).toBeDefined();
    pass(1);
    expect(tokens.authenticate(secret, "192.0.2.9")).toBeUndefined();
  });

  it("opens nothing once it is revoked, which works once and stays on the list", () => {
    const { tokens, make } = scene();
    const { token, secret } = make();
    expect(tokens.revoke(token.id, "admin2")).toMatchObject({ revokedBy: "admin2" });
    expect(tokens.authenticate(secret, "192.0.2.9")).toBeUndefined();
    expect(() => tokens.revoke(token.id, "admin2")).toThrow("NOT_FOUND");
    expect(tokens.list().map(({ id }) => id)).toEqual([token.id]);
  });

  it("says when and from where it was used last", () => {
    const { tokens, make, pass } = scene();
    const { secret } = make();
    pass(5000);
    tokens.authenticate(secret, "192.0.2.9");
    expect(tokens.list()[0]).toMatchObject({
      usedFrom: "192.0.2.9",
      usedAt: Date.parse("2026-04-01T00:00:05Z"),
    });
  });

  it("is refused where there are too many", () => {
    const { make } = scene();
    for (let n = 0; n < 200; n += 1) make();
    expect(make).toThrow("TOKEN_LIMIT");
  });
});
