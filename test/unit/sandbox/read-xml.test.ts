/** The reader of XML parts: what it makes of a text, what it refuses, and that saxes, a parser of others, agrees. */
import * as fc from "fast-check";
import { SaxesParser } from "saxes";
import { describe, expect, test } from "vitest";
import { Refusal } from "../../../images/sandbox/context.ts";
import { readXml } from "../../../images/sandbox/ooxml/read-xml.ts";

const depthLimit = 8;

interface Said {
  readonly name: string;
  readonly uri: string;
  readonly local: string;
  readonly attributes: readonly (readonly [string, string, string])[];
}
/** A string is text inside the root, null the end of an element. */
type Trace = (Said | string | null)[];

function addText(trace: Trace, text: string): void {
  const last = trace.at(-1);
  if (typeof last === "string") trace[trace.length - 1] = last + text;
  else if (text !== "") trace.push(text);
}

function read(xml: string): Trace | undefined {
  const trace: Trace = [];
  try {
    readXml(xml, depthLimit, {
      open: ({ name, uri, local, attributes }) =>
        trace.push({
          ...{ name, uri, local },
          attributes: attributes.map((each) => [each.name, each.uri, each.value] as const),
        }),
      text: (text) => addText(trace, text),
      close: () => trace.push(null),
    });
    return trace;
  } catch (error) {
    expect(error).toBeInstanceOf(Refusal);
    return undefined;
  }
}

function readBySaxes(xml: string): Trace | undefined {
  const trace: Trace = [];
  let depth = 0;
  const parser = new SaxesParser({ xmlns: true });
  const refuse = (): never => {
    throw new RangeError("refused");
  };
  parser.on("error", refuse);
  parser.on("doctype", (text) => {
    if (text.includes("[")) refuse();
  });
  parser.on("opentag", ({ name, uri, local, attributes }) => {
    if (depth >= depthLimit) refuse();
    depth += 1;
    const all = Object.values(attributes).map((each) => [each.name, each.uri, each.value] as const);
    trace.push({ name, uri, local, attributes: all });
  });
  const text = (each: string): void => {
    if (depth > 0) addText(trace, each);
  };
  parser.on("text", text);
  parser.on("cdata", text);
  parser.on("closetag", () => {
    depth -= 1;
    trace.push(null);
  });
  try {
    parser.write(xml).close();
    return trace;
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

describe("what is no XML part is refused:", () => {
  test.each([
    ["nothing", ""],
    ["a DTD", '<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'],
    ["a DTD after the root", "<a/><!DOCTYPE a>"],
    ["a DTD in the root", "<a><!DOCTYPE a></a>"],
    ["a DTD from elsewhere, used", '<!DOCTYPE a SYSTEM "b"><a>&c;</a>'],
    ["an entity of its own", "<a>&b;</a>"],
    ["an ampersand alone", '<a b="c & d"/>'],
    ["a reference to no character", "<a>&#0;</a>"],
    ["a reference to half a character", "<a>&#xd800;</a>"],
    ["a reference beyond Unicode", "<a>&#1114112;</a>"],
    ["a control character", "<a>\u0001</a>"],
    ["an element without its end", "<a><b></b>"],
    ["elements that cross", "<a><b></a></b>"],
    ["an end that goes on", "<a></ab>"],
    ["a second root", "<a/><b/>"],
    ["text outside", "<a/>b"],
    ["CDATA outside", "<![CDATA[a]]><b/>"],
    ["an attribute twice", '<a b="1" b="2"/>'],
    ["an attribute twice by two prefixes", '<a xmlns:p="u" xmlns:q="u" p:b="1" q:b="2"/>'],
    [
      "an attribute twice among many",
      `<a ${Array.from({ length: 20 }, (_, index) => `b${index % 19}=""`).join(" ")}/>`,
    ],
    ["an attribute without quotes", "<a b=c/>"],
    ["an attribute without a value", "<a b/>"],
    ["attributes without a space", '<a b="1"c="2"/>'],
    ["a tag in an attribute", '<a b="<c/>"/>'],
    ["a name that is none", "<1/>"],
    ["a name with two colons", '<a:b:c xmlns:a="u"/>'],
    ["a prefix that is not bound", "<p:a/>"],
    ["the prefix of a sibling", '<a><b xmlns:p="u"/><p:c/></a>'],
    ["another meaning for xml", '<a xmlns:xml="u"/>'],
    ["a declaration in the middle", '<a/><?xml version="1.0"?>'],
    ["an end of CDATA in text", "<a>]]></a>"],
    ["a comment that is two", "<a><!-- -- --></a>"],
    ["more depth than allowed", `${"<a>".repeat(9)}${"</a>".repeat(9)}`],
  ])("%s", (_what, xml) => {
    expect(read(xml)).toBeUndefined();
  });
});

test("names, namespaces, references, ends of lines, CDATA and comments are what XML says they are", () => {
  const xml =
    '<?xml version="1.0"?>\r\n<!-- a --><p:a xmlns:p="u" xmlns="v" p:b=\'x&#10;\ty\' c="&quot;&#x3042;">' +
    "一\r\n<b xmlns=''><![CDATA[<&]]>&lt;</b ><?pi?>二<!-- b --></p:a >\n";
  const xmlns = "http://www.w3.org/2000/xmlns/";
  expect(read(xml)).toEqual([
    {
      ...{ name: "p:a", uri: "u", local: "a" },
      attributes: [
        ["xmlns:p", xmlns, "u"],
        ["xmlns", xmlns, "v"],
        ["p:b", "u", "x\n y"],
        ["c", "", '"あ'],
      ],
    },
    "一\n",
    { name: "b", uri: "", local: "b", attributes: [["xmlns", xmlns, ""]] },
    "<&<",
    null,
    "二",
    null,
  ]);
});

test("a prefix means what the nearest binding says, also behind one that meant something else", () => {
  const xml =
    '<p:a xmlns:p="u"><b xmlns:q="v"><p:c/><b xmlns:p="w"><p:c/><q:c/></b><p:c/></b><p:c/></p:a>';
  const meant = read(xml)?.flatMap((each) =>
    each !== null && typeof each !== "string" && each.local === "c" ? [each.uri] : [],
  );
  expect(meant).toEqual(["u", "w", "v", "u", "u"]);
});

test("a document type that only names one is passed over", () => {
  const xml =
    '<?xml version="1.0"?>\n<!DOCTYPE m:a PUBLIC "-//OpenOffice.org//DTD" \'a.dtd\'>\n<m:a xmlns:m="u"/>';
  expect(read(xml)?.[0]).toMatchObject({ local: "a", uri: "u" });
});

const pieces = [
  ...["<a>", "</a>", "<a/>", "<p:a>", "</p:a>", "<b c='1' d=\"2\">", "</b>", "<b ", ">", "/>", "<"],
  ...[
    ' xmlns="u"',
    ' xmlns:p="v"',
    ' xmlns:p=""',
    " p:c='3'",
    ' c="&amp;"',
    " c=''",
    "=",
    '"',
    "'",
  ],
  ...[
    "<!--",
    "-->",
    "--",
    "<![CDATA[",
    "]]>",
    "<?xml version='1.0'?>",
    "<?a b?>",
    "<?",
    "?>",
    "<!",
    "<!DOCTYPE a>",
  ],
  ...[
    "&lt;",
    "&#65;",
    "&#x41;",
    "&#0;",
    "&b;",
    "&",
    ";",
    "text",
    "日本",
    "\r\n",
    "\t",
    " ",
    "\u0000",
  ],
  ...["\ud83d\ude00", "é", "1", ":", "-", "\ufffe", "xmlns", "xml:space='preserve'", "]", "[", "%"],
] as const;

test("whatever it accepts, saxes accepts, and says the same of it", () => {
  const soup = fc.array(fc.constantFrom(...pieces), { maxLength: 14 }).map((all) => all.join(""));
  const inside = soup.map((each) => `<a xmlns:p="v">${each}</a>`);
  fc.assert(
    fc.property(fc.oneof(soup, inside), (xml) => {
      const own = read(xml);
      if (own !== undefined) expect(own).toEqual(readBySaxes(xml));
    }),
    { numRuns: 20_000 },
  );
});

const leaf = fc.constantFrom(
  "a",
  "&amp;<![CDATA[<]]>",
  "<c/>",
  "<p:c p:d='&#9;\n'/>",
  "<!-- e -->",
);
const tree = fc.letrec<{ node: string }>((tie) => ({
  node: fc.oneof(
    { depthSize: "small", maxDepth: 5 },
    leaf,
    fc
      .tuple(
        fc.constantFrom("", ' xmlns="w"', " xmlns:p='x'", ' f="一" p:f="二"'),
        fc.array(tie("node")),
      )
      .map(([attributes, inner]) => `<p:b${attributes}>${inner.join("\r")}</p:b>`),
  ),
}));

test("what is well-formed it accepts, as saxes does", () => {
  fc.assert(
    fc.property(tree.node, (node) => {
      const xml = `<a xmlns:p="v">${node}</a>`;
      expect(read(xml)).toBeDefined();
      expect(read(xml)).toEqual(readBySaxes(xml));
    }),
    { numRuns: 1000 },
  );
});
