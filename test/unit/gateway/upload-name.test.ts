import { describe, expect, it } from "vitest";
import { toAgent } from "../../../images/wire/control.ts";
import { nameForPage } from "../../../orchestrator/gateway/upload.ts";

describe("the name of an upload", () => {
  const cases: Record<string, [string, string]> = {
    "stays in Japanese": ["申請書（案）.docx", "申請書（案）.docx"],
    "is no path": ["../../etc/passwd", "_.._etc_passwd"],
    "is no Windows path": ["C:\\a\\b.txt", "C:_a_b.txt"],
    "is not hidden": [".profile", "profile"],
    "is never empty": ["...", "file"],
    "has no control characters": ["a\u0000b\nc", "a_b_c"],
    "is not endless": ["x".repeat(255), "x".repeat(200)],
  };
  for (const [sentence, [name, shown]] of Object.entries(cases)) {
    it(sentence, () => {
      expect(nameForPage(name)).toBe(shown);
      const message = { type: "open-upload", stream: "abcdefgh", chooser: 1, name: shown };
      expect(toAgent.safeParse(message).success).toBe(true);
    });
  }
});
