import { describe, expect, test } from "vitest";
import { base32, matchTotp, otpauthUri, totpCode } from "../../../orchestrator/identity/totp.ts";

const secret = Buffer.from("12345678901234567890");

describe("codes of authenticator apps", () => {
  // RFC 6238 appendix B, SHA-1, the last six of its eight digits.
  test.each([
    [59, "287082"],
    [1_111_111_109, "081804"],
    [1_111_111_111, "050471"],
    [1_234_567_890, "005924"],
    [2_000_000_000, "279037"],
    [20_000_000_000, "353130"],
  ])("at %d s the RFC has %s", (seconds, code) => {
    expect(totpCode(secret, Math.floor(seconds / 30))).toBe(code);
  });

  const nowMs = 1_234_567_890_000;
  const step = Math.floor(nowMs / 30_000);
  const at = (offset: number) => totpCode(secret, step + offset);

  test.each([
    ["the current one", at(0), 0, step],
    ["the one before", at(-1), 0, step - 1],
    ["the one after", at(1), 0, step + 1],
    ["two before: too old", at(-2), 0, undefined],
    ["two after: too early", at(2), 0, undefined],
    ["the current one, spent", at(0), step, undefined],
    ["an older one than was spent", at(-1), step, undefined],
    ["full-width digits with a space", "００５ ９２４", 0, step],
    ["seven digits", `${at(0)}0`, 0, undefined],
    ["nothing", "", 0, undefined],
  ])("%s", (_sentence, code, lastStep, expected) => {
    expect(matchTotp(secret, code, nowMs, lastStep)).toBe(expected);
  });

  // RFC 4648 §10.
  test.each([
    ["", ""],
    ["f", "MY"],
    ["fo", "MZXQ"],
    ["foo", "MZXW6"],
    ["foob", "MZXW6YQ"],
    ["fooba", "MZXW6YTB"],
    ["foobar", "MZXW6YTBOI"],
  ])("base32 of %j", (text, expected) => {
    expect(base32(Buffer.from(text))).toBe(expected);
  });

  test("the link names issuer, account and secret", () => {
    const link = new URL(otpauthUri("Hanare", "hanako", secret));
    expect(link.protocol).toBe("otpauth:");
    expect(link.searchParams.get("secret")).toBe("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ");
    expect(link.searchParams.get("issuer")).toBe("Hanare");
    expect(link.pathname).toContain("Hanare:hanako");
  });
});
