/** A rebuild keeps what a document says, and the comparison sees it when one does not. */
import { expect, test } from "vitest";
import { cleanWorkbook, macroDocument } from "../../../practice/samples/office.ts";
import { kept } from "../../bench/sanitize/kept.ts";
import { run } from "./run.ts";

test.each([
  ["見積.xlsx", cleanWorkbook(), "xlsx"],
  ["申請書.docm", macroDocument(), "docx"],
] as const)("%s says the same after its rebuild", async (name, bytes, extension) => {
  const { output } = await run(name, bytes);
  if (output === undefined) throw new Error("not rebuilt");
  expect(await kept(bytes, output, extension)).toBe("same");
});

test("another document is seen to differ", async () => {
  const { output } = await run("申請書.docm", macroDocument());
  if (output === undefined) throw new Error("not rebuilt");
  expect(await kept(cleanWorkbook(), output, "docx")).toBe("differs");
  expect(await kept(cleanWorkbook(), output, "pdf")).toBeUndefined();
});
