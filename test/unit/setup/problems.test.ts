import { describe, expect, it } from "vitest";
import { describeProblem, problems, type ProblemCode } from "../../../setup/problems.ts";

const codes = Object.keys(problems) as ProblemCode[];
const names = (text: string): string[] =>
  [...text.matchAll(/\{([a-z]+)\}/g)].map((match) => match[1] ?? "").sort();

describe("what can stop the set-up", () => {
  it.each(codes)("%s says the same facts in both languages and a mend", (code) => {
    const { ja, en, mend } = problems[code];
    expect(ja).toMatch(/[ぁ-ん]/);
    expect(en).not.toMatch(/[ぁ-んァ-ン一-龠]/);
    expect(names(ja)).toEqual(names(en));
    expect(mend.trim()).not.toBe("");
  });

  it("fills facts in, in the mend too, and leaves shell braces alone", () => {
    const facts = { port: 8443, holder: "nginx, pid 7", config: "/srv/hanare.yaml" };
    const text = describeProblem("PORT_TAKEN", facts);
    expect(text.ja).toContain("ポート 8443 は別のプログラムが使用中です (nginx, pid 7)");
    expect(text.mend).toBe(
      "ss -ltnp 'sport = :8443'   (/srv/hanare.yaml → listen: { port: 8444 })",
    );
    expect(describeProblem("NO_SECCOMP", {}).mend).toContain("{{.SecurityOptions}}");
  });

  it("shows a fact that was forgotten instead of an empty place", () => {
    expect(describeProblem("PORT_TAKEN", {}).en).toContain("{port}");
  });
});
