import { describe, expect, test } from "vitest";
import { judgePassword } from "../../../orchestrator/identity/password-rules.ts";

describe("a new password", () => {
  test.each([
    ["of eleven characters is too short", "elevenchar1", false, "too-short"],
    ["counts characters, not UTF-16 units", "𠮷𠮷𠮷𠮷𠮷𠮷野", false, "too-short"],
    ["may not be the user name", "yamada.hanako", false, "is-user-name"],
    ["may not be the user name in capitals", "YAMADA.Hanako", false, "is-user-name"],
    ["may not be the user name in full width", "ｙａｍａｄａ．ｈａｎａｋｏ", false, "is-user-name"],
    ["may not be the old one", "correct horse battery", true, "is-old-password"],
    ["may not be one character again and again", "aaaaaaaaaaaaaaaa", false, "one-character-only"],
  ])("%s", (_sentence, next, isOld, reason) => {
    expect(judgePassword(next, "yamada.hanako", isOld)).toEqual({ outcome: "refused", reason });
  });

  test.each([
    ["of twelve characters passes", "twelvechars1"],
    ["in Japanese passes", "離れの庭に来る客はそこに留まる"],
  ])("%s", (_sentence, next) => {
    expect(judgePassword(next, "yamada.hanako", false)).toEqual({ outcome: "accepted" });
  });
});
