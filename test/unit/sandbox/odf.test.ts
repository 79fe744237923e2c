import { describe, expect, test } from "vitest";
import { isAllowedOdfFormula } from "../../../images/sandbox/odf/rules.ts";
import { readZipDirectory } from "../../../images/sandbox/zip/directory.ts";
import { readEntry } from "../../../images/sandbox/zip/read-entry.ts";
import { plainPicture } from "../../../practice/samples/pictures.ts";
import { plainZip } from "../../../practice/samples/plain-zip.ts";
import { lockedText } from "../../support/locked-odf.ts";
import { run } from "./run.ts";

const namespaces = ["office", "text", "table", "draw", "script", "presentation", "form", "config"]
  .map((name) => `xmlns:${name}="urn:oasis:names:tc:opendocument:xmlns:${name}:1.0"`)
  .join(" ");
const content = (body: string): string =>
  `<?xml version="1.0"?><office:document-content ${namespaces} xmlns:xlink="http://www.w3.org/1999/xlink"><office:body><office:text>${body}</office:text></office:body></office:document-content>`;

function odf(mimetype: string, body: string, more: Record<string, Buffer | string> = {}): Buffer {
  const parts = {
    mimetype: `application/vnd.oasis.opendocument.${mimetype}`,
    "content.xml": content(body),
    "META-INF/manifest.xml": `<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"><manifest:file-entry manifest:full-path="Object 1/" manifest:media-type="application/vnd.oasis.opendocument.chart"/></manifest:manifest>`,
    ...more,
  };
  return plainZip(Object.entries(parts).map(([name, data]) => ({ name, data: Buffer.from(data) })));
}

const contentOf = (output: Buffer | undefined): string => {
  const bytes = output ?? Buffer.alloc(0);
  const entry = readZipDirectory(bytes).entries.find((each) => each.name === "content.xml");
  return entry === undefined ? "" : readEntry(bytes, entry, 1_000_000).toString("utf8");
};

test("an ODF text keeps text, pictures, charts and web links", async () => {
  const { result, output } = await run(
    "a.odt",
    odf(
      "text",
      `<text:p>文<text:a xlink:href="https://example.jp/">良</text:a></text:p><draw:frame><draw:image xlink:href="Pictures/a.png"/></draw:frame><draw:frame><draw:object xlink:href="./Object 1"/></draw:frame>`,
      {
        "Pictures/a.png": await plainPicture(),
        "Object 1/content.xml": content("<text:p>図</text:p>"),
      },
    ),
  );
  expect([result.verdict, result.output?.type]).toEqual(["sanitized", "odt"]);
  const xml = contentOf(output);
  for (const kept of ["文", "https://example.jp/", "Pictures/a.png", "./Object 1"])
    expect(xml).toContain(kept);
  expect(readZipDirectory(output ?? Buffer.alloc(0)).entries[0]).toMatchObject({
    name: "mimetype",
    method: 0,
  });
});

describe("an ODF document loses", () => {
  test.each<readonly [string, string, string, Record<string, string>]>([
    ["macros", "<text:p>文</text:p>", "macro", { "Basic/Standard/a.xml": "<x/>" }],
    [
      "event scripts",
      `<office:event-listeners><script:event-listener script:language="ooo:script" xlink:href="vnd.sun.star.script:x"/></office:event-listeners>`,
      "action",
      {},
    ],
    ["plug-ins", `<draw:plugin xlink:href="x"/>`, "embedded-object", {}],
    ["frames", `<draw:floating-frame xlink:href="http://x/"/>`, "external-reference", {}],
    ["remote pictures", `<draw:image xlink:href="http://track/a.png"/>`, "external-reference", {}],
    ["links to scripts", `<text:a xlink:href="vnd.sun.star.script:x">t</text:a>`, "hyperlink", {}],
    [
      "DDE",
      `<table:table table:name="a"><office:dde-source office:dde-application="x"/></table:table>`,
      "external-reference",
      {},
    ],
    [
      "formulas that reach out",
      `<table:table-cell table:formula="of:=WEBSERVICE(&quot;http://x&quot;)"/>`,
      "formula",
      {},
    ],
  ])("%s", async (_what, body, removed, more) => {
    const { result, output } = await run("a.odt", odf("text", body, more));
    expect(result.verdict).toBe("sanitized");
    expect(result.removed.map((each) => each.class)).toContain(removed);
    expect(contentOf(output)).not.toMatch(/vnd\.sun|http:\/\/(?!www\.w3)|plugin|dde-|WEBSERVICE/);
  });
});

test.each<readonly [string, boolean]>([
  ["of:=SUM([.A1:.A9])", true],
  ["of:=IF([.A1]>0;1;2)", true],
  ['of:=DDE("a";"b";"c")', false],
  ["of:='file:///c:/x.ods'#$Sheet1.A1", false],
])("%s may stay: %s", (formula, allowed) => {
  expect(isAllowedOdfFormula(formula)).toBe(allowed);
});

test("a text behind a password is asked for it, opened with one of several, and leaves without", async () => {
  const bytes = lockedText(content("<text:p>起案書</text:p>"), "離れ-2026");
  const said = async (file: Buffer, ...passwords: readonly string[]) => {
    const { result, output } = await run("a.odt", file, {}, ...passwords);
    return { says: [result.verdict, result.reason], removed: result.removed, output };
  };
  expect((await said(bytes)).says).toEqual(["needs_password", "password-required"]);
  expect((await said(bytes, "a", "b")).says).toEqual(["needs_password", "password-wrong"]);
  const { says, removed, output } = await said(bytes, "a", "離れ-2026");
  expect(says[0]).toBe("sanitized");
  expect(removed).toContainEqual({ class: "encryption", count: 1 });
  expect(contentOf(output)).toContain("起案書");
  const blowfish = lockedText(content(""), "a", "Blowfish CFB");
  expect((await said(blowfish, "a")).says).toEqual(["needs_approval", "password-unsupported"]);
});
