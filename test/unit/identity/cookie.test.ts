import { describe, expect, test } from "vitest";
import { clearedCookie, cookieFor, readCookie } from "../../../orchestrator/identity/cookie.ts";

describe("reading the Cookie header", () => {
  test.each([
    ["there is no header", undefined, undefined],
    ["the header is empty", "", undefined],
    ["it is the only cookie", "__Host-hanare=abc", "abc"],
    ["it stands between others", "a=1; __Host-hanare=abc; b=2", "abc"],
    ["there is no space after the semicolon", "a=1;__Host-hanare=abc", "abc"],
    ["the value has an equals sign", "__Host-hanare=a=b", "a=b"],
    ["the value is empty", "__Host-hanare=", undefined],
    ["the name is only similar", "__Host-hanare2=abc; x__Host-hanare=abc", undefined],
    ["the name differs in case", "__host-hanare=abc", undefined],
    ["it comes twice", "__Host-hanare=abc; __Host-hanare=def", undefined],
    ["the header is absurdly long", `__Host-hanare=abc; x=${"y".repeat(9000)}`, undefined],
  ])("when %s", (_sentence, header, token) => {
    expect(readCookie(header)).toBe(token);
  });
});

test("the cookie has every attribute its prefix and we ask for, and no lifetime", () => {
  expect(cookieFor("abc")).toBe("__Host-hanare=abc; Path=/; Secure; HttpOnly; SameSite=Strict");
});

test("clearing it keeps the attributes and ends it at once", () => {
  expect(clearedCookie()).toBe(
    "__Host-hanare=; Path=/; Secure; HttpOnly; SameSite=Strict; Max-Age=0",
  );
});
