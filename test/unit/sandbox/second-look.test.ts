/** The second look, alone: it must find what a rebuild that failed to remove it would have left. */
import { describe, expect, test } from "vitest";
import { forbiddenIn, type PackageFamily } from "../../../images/sandbox/second-look/forbidden.ts";
import { NotPlainXml, readPlainXml } from "../../../images/sandbox/second-look/plain-xml.ts";

const declaration = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n';
const look = (family: PackageFamily, name: string, content: Buffer | string) =>
  forbiddenIn(family, [
    { name, bytes: typeof content === "string" ? Buffer.from(declaration + content) : content },
  ]);

const relationship = (type: string, target: string, external = false): string =>
  `<Relationships xmlns="a"><Relationship Id="r1" Type="http://x/${type}" Target="${target}"${external ? ' TargetMode="External"' : ""}/></Relationships>`;
const field = (...pieces: string[]): string =>
  `<w:p><w:fldChar w:fldCharType="begin"/>${pieces.map((each) => `<w:instrText>${each}</w:instrText>`).join("")}<w:fldChar w:fldCharType="separate"/><w:t>1</w:t><w:fldChar w:fldCharType="end"/></w:p>`;

describe("an OOXML package that still has", () => {
  test.each<readonly [string, string, Buffer | string]>([
    ["a macro project", "word/vbaProject.bin", Buffer.from("x")],
    [
      "a macro project under the name of a picture",
      "word/media/a.png",
      Buffer.from("\xd0\xcf\x11\xe0", "latin1"),
    ],
    ["an embedded program", "xl/embeddings/a.xml", "<a/>"],
    ["an OLE object", "word/document.xml", '<w:p><o:OLEObject ProgID="x"/></w:p>'],
    ["a chunk of another format", "word/document.xml", '<w:altChunk r:id="r1"/>'],
    ["a DDE link", "xl/a.xml", '<ddeLink ddeService="cmd"/>'],
    ["a DDE formula", "xl/worksheets/sheet1.xml", "<c><f>cmd|&#39;/c calc&#39;!A1</f></c>"],
    ["a web formula", "xl/worksheets/sheet1.xml", "<f>WEBSERVICE(&quot;http://x&quot;)</f>"],
    ["a DDE field split over runs", "word/document.xml", field(" D", "DEAUTO cmd")],
    [
      "a field in a field",
      "word/document.xml",
      `<w:p><w:fldChar w:fldCharType="begin"/><w:instrText>PAGE</w:instrText>${field("INCLUDETEXT x")}<w:fldChar w:fldCharType="end"/></w:p>`,
    ],
    ["a simple field", "word/document.xml", '<w:fldSimple w:instr=" DDE cmd"/>'],
    [
      "a template from elsewhere",
      "word/_rels/settings.xml.rels",
      relationship("attachedTemplate", "http://x/a.dotm", true),
    ],
    [
      "a picture from elsewhere",
      "word/_rels/document.xml.rels",
      relationship("image", "http://x/a.png", true),
    ],
    [
      "a picture from elsewhere that is not said to be",
      "word/_rels/document.xml.rels",
      relationship("image", "\\\\host\\a.png"),
    ],
    [
      "a link to a file",
      "word/_rels/document.xml.rels",
      relationship("hyperlink", "file:///c:/a.exe", true),
    ],
    [
      "a slide that runs a program",
      "ppt/slides/slide1.xml",
      '<a:hlinkClick action="ppaction://program"/>',
    ],
    [
      "a content type of macros",
      "[Content_Types].xml",
      '<Types><Override PartName="/a" ContentType="application/vnd.ms-word.document.macroEnabled.main+xml"/></Types>',
    ],
    ["a DTD", "word/document.xml", "<!DOCTYPE a><a/>"],
    ["a processing instruction", "word/document.xml", '<?xml-stylesheet href="a"?><a/>'],
    ["elements that overlap", "word/document.xml", "<a><b></a></b>"],
  ])("%s is found", (_what, name, content) => {
    expect(look("ooxml", name, content)).toBeDefined();
  });

  test.each<readonly [string, string, Buffer | string]>([
    [
      "text, entities and namespaces",
      "word/document.xml",
      '<w:document xmlns:w="urn:w"><w:t xml:space="preserve">a &#60;b&#62; 髙</w:t></w:document>',
    ],
    [
      "a link to the web",
      "word/_rels/document.xml.rels",
      relationship("hyperlink", "https://example.com/?a=1&#38;b=2", true),
    ],
    ["a page number", "word/document.xml", field(" PAGE ")],
    [
      "a link whose address says LINK",
      "word/document.xml",
      field("HYPERLINK &#34;https://example.com/LINK/DDE&#34;"),
    ],
    ["a formula with a bar in a string", "xl/worksheets/sheet1.xml", "<f>A1&amp;&quot;|&quot;</f>"],
    ["a picture", "word/media/a.png", Buffer.from("\x89PNG\r\n\x1a\n....", "latin1")],
  ])("%s is fine", (_what, name, content) => {
    expect(look("ooxml", name, content)).toBeUndefined();
  });
});

describe("an ODF package that still has", () => {
  test.each<readonly [string, string, Buffer | string]>([
    ["a Basic library", "Basic/Standard/a.xml", "<a/>"],
    ["an event", "content.xml", '<script:event-listener script:event-name="dom:load"/>'],
    ["a DDE source", "content.xml", "<office:dde-source/>"],
    ["a frame of another page", "content.xml", "<draw:floating-frame/>"],
    ["a picture from the web", "content.xml", '<draw:image xlink:href="https://x/a.png"/>'],
    ["a macro behind a link", "content.xml", '<text:a xlink:href="vnd.sun.star.script:a"/>'],
    ["a file beside it", "content.xml", '<draw:image xlink:href="../a.png"/>'],
    ["bytes in its XML", "content.xml", "<office:binary-data>TVo=</office:binary-data>"],
  ])("%s is found", (_what, name, content) => {
    expect(look("odf", name, content)).toBeDefined();
  });

  test("a link to the web and a picture of its own are fine", () => {
    const xml =
      '<a><text:a xlink:href="https://example.com/"/><draw:image xlink:href="Pictures/a.png"/></a>';
    expect(look("odf", "content.xml", xml)).toBeUndefined();
    expect(
      look("odf", "mimetype", Buffer.from("application/vnd.oasis.opendocument.text")),
    ).toBeUndefined();
  });
});

test.each([
  "",
  "<a/>",
  `${declaration}<a`,
  `${declaration}<a>`,
  `${declaration}&b;`,
  `${declaration}<a b='c'/>`,
])("%j is no plain XML", (xml) => {
  const nothing = { open: () => undefined, text: () => undefined, close: () => undefined };
  expect(() => readPlainXml(xml, nothing)).toThrow(NotPlainXml);
});
