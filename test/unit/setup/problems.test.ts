import { describe, expect, it } from "vitest";
import {
  describeProblem,
  mendLines,
  problems,
  type ProblemCode,
  type ProblemText,
} from "../../../setup/problems.ts";

const codes = Object.keys(problems) as ProblemCode[];
const names = (text: string): string[] =>
  [...text.matchAll(/\{([a-z]+)\}/g)].map((match) => match[1] ?? "").sort();

describe("what can stop the set-up", () => {
  it.each(codes)("%s says the same facts in both languages and a mend", (code) => {
    const { mend, instead, besides, ...what }: ProblemText = problems[code];
    for (const { ja, en } of besides ? [what, besides] : [what]) {
      expect(ja).toMatch(/[ぁ-ん]/);
      expect(en).not.toMatch(/[ぁ-んァ-ン一-龠]/);
      expect(names(ja)).toEqual(names(en));
    }
    // What is typed is read by people of both languages.
    for (const typed of [mend, instead ?? mend]) expect(typed).toMatch(/^[\x20-\x7e→…]+$/);
  });

  it("fills facts in, in the mend too, and leaves shell braces alone", () => {
    const facts = { port: 8443, holder: "nginx, pid 7", config: "/srv/hanare.yaml" };
    const text = describeProblem("PORT_TAKEN", facts);
    expect(text.ja).toContain("ポート 8443 は別のプログラムが使用中です (nginx, pid 7)");
    expect(text.mend).toBe("ss -ltnp 'sport = :8443'");
    expect(text.instead).toBe("/srv/hanare.yaml → listen: { port: 8444 }");
    expect(describeProblem("NO_SECCOMP", {}).mend).toContain("{{.SecurityOptions}}");
  });

  it("fills a fact of words in by the language, and says every way in it", () => {
    const reason = { ja: "動いていません", en: "not running" };
    const text = describeProblem("ENGINE_REFUSED", { socket: "/run/docker.sock", reason });
    expect([text.ja, text.en]).toEqual([
      "Docker Engine に接続できません (/run/docker.sock: 動いていません)。",
      "Docker Engine cannot be reached (/run/docker.sock: not running).",
    ]);
    expect(mendLines("ja", describeProblem("ENGINE_RELOAD_FAILED", {}))).toEqual([
      "→ systemctl reload docker",
      "または: kill -HUP $(pidof dockerd)",
      "その後、npm run setup -- --gvisor をやり直してください。",
    ]);
    expect(mendLines("en", describeProblem("CERTIFICATE_RENEW", { days: 3 }))).toEqual([
      "→ npm run setup",
      "Then restart Hanare.",
    ]);
  });

  it("shows a fact that was forgotten instead of an empty place", () => {
    expect(describeProblem("PORT_TAKEN", {}).en).toContain("{port}");
  });
});
