/** What the tests need besides Hanare itself: a Chromium to play the terminal, and Japanese fonts for it. */
import { access } from "node:fs/promises";
import type { Step } from "../context.ts";
import { installPackages } from "../packages/apt.ts";

const needed = [
  { path: "/usr/bin/chromium", name: "chromium" },
  { path: "/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc", name: "fonts-noto-cjk" },
] as const;

export const testTools: Step = {
  name: { ja: "テスト用のブラウザ", en: "Browser for the tests" },
  async run({ logFile, signal }, progress) {
    const missing: string[] = [];
    for (const { path, name } of needed) {
      await access(path).catch(() => missing.push(name));
    }
    if (missing.length > 0) {
      await installPackages(
        { packages: missing, withoutApt: "NO_APT", logFile, onText: (text) => progress(text) },
        signal,
      );
    }
    return undefined;
  },
};
