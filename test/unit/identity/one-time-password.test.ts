import { expect, test } from "vitest";
import {
  newOneTimePassword,
  oneTimeAlphabet,
} from "../../../orchestrator/identity/one-time-password.ts";

test("has at least 80 bits", () => {
  const characters = newOneTimePassword().replaceAll("-", "").length;
  expect(characters * Math.log2(oneTimeAlphabet.length)).toBeGreaterThanOrEqual(80);
});

test("uses every character of its alphabet, none of the ambiguous ones, and never repeats itself", () => {
  const made = Array.from({ length: 200 }, newOneTimePassword);
  expect(new Set(made).size).toBe(200);
  const used = new Set(made.join("").replaceAll("-", ""));
  expect([...used].sort().join("")).toBe([...new Set(oneTimeAlphabet)].sort().join(""));
  for (const ambiguous of "01oil") expect(used.has(ambiguous)).toBe(false);
});
