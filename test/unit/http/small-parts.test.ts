import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import { AppError } from "../../../orchestrator/base/errors.ts";
import { attachment } from "../../../orchestrator/http/content-disposition.ts";
import { errorBodyOf, retryAfter, toAppError } from "../../../orchestrator/http/error-map.ts";
import { terminalOf } from "../../../orchestrator/http/terminal.ts";
import { validate } from "../../../orchestrator/http/validate.ts";

describe("Content-Disposition", () => {
  test.each([
    ["a plain name", "a.docx", "attachment; filename=\"a.docx\"; filename*=UTF-8''a.docx"],
    [
      "a Japanese name",
      "議事録.pdf",
      "attachment; filename=\"___.pdf\"; filename*=UTF-8''%E8%AD%B0%E4%BA%8B%E9%8C%B2.pdf",
    ],
    [
      "quotes and backslashes",
      'a"b\\c.txt',
      "attachment; filename=\"a_b_c.txt\"; filename*=UTF-8''a%22b%5Cc.txt",
    ],
    [
      "what RFC 8187 does not allow bare",
      "a'(1)*.txt",
      "attachment; filename=\"a'(1)*.txt\"; filename*=UTF-8''a%27%281%29%2A.txt",
    ],
    [
      "line breaks",
      "a\r\nSet-Cookie: x=1",
      "attachment; filename=\"aSet-Cookie: x=1\"; filename*=UTF-8''aSet-Cookie%3A%20x%3D1",
    ],
    ["nothing", "", "attachment; filename=\"download\"; filename*=UTF-8''download"],
  ])("carries %s", (_sentence, name, header) => {
    expect(attachment(name)).toBe(header);
  });

  test("is one clean header line for any name, and gives the name back", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", minLength: 1 }), (name) => {
        const header = attachment(name);
        expect(header).toMatch(
          /^attachment; filename="[^"\\]+"; filename\*=UTF-8''[\w!#$&+.^`|~%-]+$/,
        );
        const back = decodeURIComponent(header.slice(header.lastIndexOf("''") + 2));
        expect(back).toBe(name.toWellFormed().replace(/\p{Cc}/gu, "") || "download");
      }),
    );
  });
});

describe("the terminal's address", () => {
  test.each([
    ["an IPv4 address", "192.0.2.1", "192.0.2.1"],
    ["an IPv4 address seen through IPv6", "::ffff:192.0.2.1", "192.0.2.1"],
    ["an IPv6 address", "2001:db8::1", "2001:db8::1"],
    ["a unix socket", undefined, "local"],
  ])("of %s", (_sentence, remoteAddress, terminal) => {
    expect(terminalOf({ remoteAddress })).toBe(terminal);
  });
});

describe("what is thrown", () => {
  test.each([
    ["our own error stays", new AppError("CAPACITY"), "CAPACITY"],
    ["a stranger is INTERNAL", new Error("secret path /x"), "INTERNAL"],
    ["a thrown string is INTERNAL", "oops", "INTERNAL"],
    [
      "a framework error about the request",
      Object.assign(new Error("x"), { statusCode: 415 }),
      "BAD_REQUEST",
    ],
    [
      "a framework error about the server",
      Object.assign(new Error("x"), { statusCode: 503 }),
      "INTERNAL",
    ],
  ])("%s", (_sentence, thrown, code) => {
    expect(toAppError(thrown).code).toBe(code);
  });

  test("the body has the texts of the code and the request id, nothing of the occurrence", () => {
    const body = errorBodyOf(toAppError(new Error("secret path /x")).code, "r1");
    expect(body).toMatchObject({ code: "INTERNAL", requestId: "r1" });
    expect(body.ja).not.toBe("");
    expect(JSON.stringify(body)).not.toContain("secret");
  });

  test("Retry-After comes from the error's facts", () => {
    expect(retryAfter(new AppError("SIGN_IN_THROTTLED", { retryAfterSeconds: 7 }))).toBe(7);
    expect(retryAfter(new AppError("SIGN_IN_THROTTLED"))).toBeUndefined();
  });
});

describe("validation", () => {
  const schema = z.strictObject({ name: z.string() });
  test("returns what the schema returned", () => {
    expect(validate(schema, { name: "a" }, "body")).toEqual({ name: "a" });
  });
  test.each([
    ["nothing", undefined, ""],
    ["a field too many", { name: "a", admin: true }, ""],
    ["a field of another type", { name: 1 }, "name"],
  ])("of %s is BAD_REQUEST and names the field", (_sentence, value, field) => {
    expect(() => validate(schema, value, "body")).toThrow(
      expect.objectContaining({
        code: "BAD_REQUEST",
        context: expect.objectContaining({ where: "body", field }) as object,
      }) as Error,
    );
  });
});
