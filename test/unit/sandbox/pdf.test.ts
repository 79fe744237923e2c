import { describe, expect, test } from "vitest";
import { cleanPdf as clean } from "../../../images/sandbox/pdf/clean.ts";
import type { PdfDict, PdfObject } from "../../../images/sandbox/pdf/model.ts";
import { scanNames } from "../../../images/sandbox/pdf/scan-names.ts";
import { cleanPdf, scriptedPdf } from "../../../practice/samples/pdf.ts";

interface Built {
  readonly catalog?: PdfDict;
  readonly page?: PdfDict;
  readonly more?: Record<string, PdfObject>;
}

const source = ({ catalog = {}, page = {}, more = {} }: Built): Record<string, PdfObject> => ({
  "obj:1 0 R": { value: { "/Type": "/Catalog", "/Pages": "2 0 R", ...catalog } },
  "obj:2 0 R": { value: { "/Type": "/Pages", "/Kids": ["3 0 R"], "/Count": 1 } },
  "obj:3 0 R": { value: { "/Type": "/Page", "/Parent": "2 0 R", ...page } },
  trailer: { value: { "/Root": "1 0 R", "/Size": 4 } },
  ...more,
});

function cleaned(built: Built): { text: string; removed: string[]; keys: string[] } {
  const removed: string[] = [];
  const { objects } = clean(source(built), {
    add: (each) => void removed.push(each),
    enter: () => () => undefined,
  });
  return { text: JSON.stringify(objects), removed, keys: Object.keys(objects) };
}

const script = { "/S": "/JavaScript", "/JS": "u:app.alert(1)" };
const link = (action: PdfDict): PdfDict => ({
  "/Annots": [{ "/Type": "/Annot", "/Subtype": "/Link", "/Rect": [0, 0, 1, 1], "/A": action }],
});

describe("gone from a PDF", () => {
  test.each<readonly [string, Built, string]>([
    ["a script on opening", { catalog: { "/OpenAction": script } }, "script"],
    [
      "a script behind a reference",
      { catalog: { "/OpenAction": "9 0 R" }, more: { "obj:9 0 R": { value: script } } },
      "script",
    ],
    [
      "a script whose type stands behind a reference",
      {
        catalog: { "/OpenAction": { "/S": "9 0 R", "/JS": "u:x" } },
        more: { "obj:9 0 R": { value: "/JavaScript" } },
      },
      "action",
    ],
    [
      "scripts in the name tree",
      { catalog: { "/Names": { "/JavaScript": { "/Names": ["u:a", script] } } } },
      "script",
    ],
    [
      "additional actions of a page without annotations",
      { page: { "/AA": { "/O": script } } },
      "action",
    ],
    ["a program to launch", { page: link({ "/S": "/Launch", "/F": "u:calc.exe" }) }, "action"],
    [
      "a script in the second place",
      { page: link({ "/S": "/GoTo", "/D": "u:a", "/Next": script }) },
      "script",
    ],
    [
      "a script in a list of second places",
      { page: link({ "/S": "/GoTo", "/D": "u:a", "/Next": [script] }) },
      "script",
    ],
    [
      "a form that is sent",
      { page: link({ "/S": "/SubmitForm", "/F": "u:http://evil" }) },
      "action",
    ],
    ["another document", { page: link({ "/S": "/GoToR", "/F": "u:x.pdf" }) }, "action"],
    ["an action nobody knows", { page: link({ "/S": "/Brew" }) }, "action"],
    ["a link to a file", { page: link({ "/S": "/URI", "/URI": "u:file:///c:/x" }) }, "hyperlink"],
    [
      "a script as a link",
      { page: link({ "/S": "/URI", "/URI": "u:javascript:alert(1)" }) },
      "hyperlink",
    ],
    [
      "attached files",
      {
        catalog: { "/Names": { "/EmbeddedFiles": { "/Names": ["u:a", "9 0 R"] } } },
        more: { "obj:9 0 R": { value: { "/EF": { "/F": "8 0 R" } } } },
      },
      "embedded-file",
    ],
    [
      "an attached file of an annotation",
      {
        page: {
          "/Annots": [{ "/Type": "/Annot", "/Subtype": "/FileAttachment", "/Rect": [0, 0, 1, 1] }],
        },
      },
      "annotation",
    ],
    [
      "films and 3D",
      { page: { "/Annots": [{ "/Subtype": "/RichMedia", "/Rect": [0, 0, 1, 1] }] } },
      "annotation",
    ],
    ...["/RichMedia", "/Screen", "/Movie", "/Sound", "/3D"].map(
      (subtype): readonly [string, Built, string] => [
        `what ${subtype} plays, but for its picture`,
        {
          page: { "/Annots": ["9 0 R"] },
          more: {
            "obj:9 0 R": {
              value: {
                ...{ "/Type": "/Annot", "/Subtype": subtype, "/Rect": [0, 0, 1, 1] },
                ...{ "/AP": { "/N": "8 0 R" }, "/RichMediaContent": "7 0 R", "/MK": {} },
                ...{ "/A": script, "/AA": { "/PO": script }, "/Movie": { "/F": "u:evil" } },
              },
            },
          },
        },
        "media",
      ],
    ),
    ["XFA forms", { catalog: { "/AcroForm": { "/Fields": [], "/XFA": "9 0 R" } } }, "form-xfa"],
    [
      "signatures",
      {
        catalog: {
          "/AcroForm": { "/Fields": [{ "/FT": "/Sig", "/T": "u:s", "/V": { "/Type": "/Sig" } }] },
        },
      },
      "signature",
    ],
    ["hidden information", { catalog: { "/Metadata": "9 0 R" } }, "metadata"],
    [
      "data from another file",
      {
        page: { "/Contents": "9 0 R" },
        more: { "obj:9 0 R": { stream: { dict: { "/F": "u:http://evil/x" } } } },
      },
      "external-reference",
    ],
    [
      "PostScript",
      {
        page: { "/Resources": { "/XObject": { "/X": "9 0 R" } } },
        more: { "obj:9 0 R": { stream: { dict: { "/Type": "/XObject", "/Subtype": "/PS" } } } },
      },
      "script",
    ],
  ])("%s", (_what, built, removed) => {
    const { text, removed: all } = cleaned(built);
    expect(all).toContain(removed);
    expect(text).not.toMatch(
      /JavaScript|alert|Launch|SubmitForm|GoToR|Brew|file:|javascript:|\/EF|RichMedia|FileAttachment|XFA|"\/Type":"\/Sig"|Metadata|evil|\/PS/,
    );
  });

  test("an annotation that played something is a stamp with the same picture from then on", () => {
    const film: PdfDict = {
      ...{ "/Type": "/Annot", "/Subtype": "4 0 R", "/Rect": [0, 0, 1, 1], "/F": 4 },
      ...{ "/AP": { "/N": "9 0 R" }, "/A": script, "/T": "u:film" },
    };
    const { text } = cleaned({
      page: { "/Annots": [film] },
      more: {
        "obj:4 0 R": { value: "/Screen" },
        "obj:9 0 R": { stream: { dict: { "/Type": "/XObject", "/Subtype": "/Form" } } },
      },
    });
    const stamp = {
      ...{ "/Subtype": "/Stamp", "/Type": "/Annot", "/Rect": [0, 0, 1, 1], "/F": 4 },
      "/AP": { "/N": "9 0 R" },
    };
    expect(text).toContain(`"/Annots":[${JSON.stringify(stamp)}]`);
    expect(text).toContain('"/Subtype":"/Form"');
  });

  test("objects that nothing allowed points at are not carried over", () => {
    const { keys } = cleaned({ more: { "obj:9 0 R": { value: script } } });
    expect(keys).toEqual(["obj:1 0 R", "obj:2 0 R", "obj:3 0 R", "trailer"]);
  });
});

describe("kept in a PDF", () => {
  test.each<readonly [string, Built, string]>([
    [
      "a link to the web",
      { page: link({ "/S": "/URI", "/URI": "u:https://example.com/" }) },
      "https://example.com/",
    ],
    ["a link inside", { page: link({ "/S": "/GoTo", "/D": "u:chapter" }) }, "chapter"],
    ["the place to open at", { catalog: { "/OpenAction": ["3 0 R", "/Fit"] } }, "/OpenAction"],
    ["the next page button", { page: link({ "/S": "/Named", "/N": "/NextPage" }) }, "/NextPage"],
    [
      "outline items after each other",
      {
        catalog: { "/Outlines": { "/First": { "/Title": "u:1", "/Next": { "/Title": "u:二" } } } },
      },
      "u:二",
    ],
    [
      "form values",
      {
        catalog: { "/AcroForm": { "/Fields": [{ "/FT": "/Tx", "/T": "u:氏名", "/V": "u:離れ" }] } },
      },
      "u:離れ",
    ],
    [
      "a structure element called Sound",
      {
        catalog: {
          "/StructTreeRoot": {
            "/K": [
              {
                "/Type": "/StructElem",
                "/S": "/Sound",
                "/P": "2 0 R",
                "/K": 0,
                "/A": { "/O": "/Layout" },
              },
            ],
          },
        },
      },
      "/Sound",
    ],
    [
      "a font under any name",
      { page: { "/Resources": { "/Font": { "/F1": { "/Type": "/Font" } } } } },
      "/F1",
    ],
  ])("%s", (_what, built, kept) => {
    expect(cleaned(built).text).toContain(kept);
  });
});

test("our lexer finds names in dictionaries and not in strings, comments or streams", () => {
  expect([...scanNames(scriptedPdf())]).toEqual(
    expect.arrayContaining(["JavaScript", "JS", "Launch", "AA", "OpenAction"]),
  );
  expect([...scanNames(cleanPdf())]).not.toContain("JavaScript");
  const names = scanNames(
    Buffer.from(
      "<< /A (text /JS \\) /AA) /B <2f4a53> % /Launch\n /J#53X /Length 9 >> stream\n/XFA here\nendstream /End",
    ),
  );
  expect([...names]).toEqual(["A", "B", "JSX", "Length", "End"]);
});

test("what is taken out is counted in its object", () => {
  const places: string[] = [];
  const path: string[] = [];
  clean(source({ page: { "/AA": { "/O": script } } }), {
    add: (each) => void places.push(`${each} in ${path.join()}`),
    enter: (place) => {
      path.push(place);
      return () => void path.pop();
    },
  });
  expect(places).toEqual(["action in object 3"]);
});
