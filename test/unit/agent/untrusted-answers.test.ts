/** What a page or the browser says of itself, made small before it crosses to the host. */
import { describe, expect, it } from "vitest";
import { readCaret } from "../../../images/browser/agent/caret.ts";
import { readConnection } from "../../../images/browser/agent/connection.ts";
import { readClicked } from "../../../images/browser/agent/context-menu.ts";

describe("a caret", () => {
  it("is cut to the picture and to whole pixels", () => {
    expect(readCaret({ x: 10.6, y: -5, height: 1e9 })).toEqual({ x: 11, y: 0, height: 1440 });
    expect(readCaret({ x: Number.NaN, y: "5", height: {} })).toEqual({ x: 0, y: 0, height: 0 });
    expect(readCaret(null)).toBeUndefined();
    expect(readCaret("10")).toBeUndefined();
  });
});

describe("a connection", () => {
  const certificate = { subjectName: "www.example.jp", issuer: "CA", validTo: 1_900_000_000.5 };
  it.each([
    ["secure", "secure"],
    ["insecure-broken", "broken"],
    ["neutral", "plain"],
    ["a word from the future", "plain"],
  ])("said to be %s is %s", (securityState, state) => {
    expect(readConnection({ securityState }).state).toBe(state);
  });
  it("brings the certificate's names, cut", () => {
    expect(
      readConnection({ securityState: "secure", certificateSecurityState: certificate }),
    ).toEqual({
      state: "secure",
      subject: "www.example.jp",
      issuer: "CA",
      validTo: 1_900_000_001,
    });
    const long = { subjectName: "x".repeat(9999) };
    expect(
      readConnection({ securityState: "secure", certificateSecurityState: long }).subject,
    ).toHaveLength(256);
  });
});

describe("what the right button hit", () => {
  const said = (more: object) => readClicked({ x: 5, y: 6, ...more });
  it.each<[string, unknown, string]>([
    [
      "https://www.example.jp/a?b#c",
      "https://www.example.jp/a?b#c",
      "https://www.example.jp/a?b#c",
    ],
    ["a script", "javascript:alert(1)", ""],
    ["a file", "file:///etc/passwd", ""],
    ["a page of the browser's own", "chrome://settings", ""],
    ["no address", "http://", ""],
    ["longer than an address may be", `https://www.example.jp/${"x".repeat(9000)}`, ""],
    ["an object", { href: "https://www.example.jp/" }, ""],
  ])("is a link only if a tab may be opened with it: %s", (_what, link, expected) => {
    expect(said({ link })?.link).toBe(expected);
    expect(said({ image: link })?.image).toBe(expected);
  });
  it("is cut to the picture, and yes only when it says so itself", () => {
    expect(said({ x: 1e9, y: -1, selection: "yes", editable: 1 })).toEqual({
      ...{ x: 2560, y: 0, link: "", image: "", selection: false, editable: false },
    });
  });
  it("is nothing when it is not what our own script says", () => {
    expect(readClicked(null)).toBeUndefined();
    expect(readClicked("https://www.example.jp/")).toBeUndefined();
  });
});
