import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { ListFormat } from "../../../policies/compiled.ts";
import { encodeCp932 } from "../../../policies/exchange/decode.ts";
import { exportList, type ExportFormat } from "../../../policies/exchange/export.ts";
import { importList } from "../../../policies/exchange/import.ts";
import { formatListLine, type ListLine, parseListLine } from "../../../policies/list-line.ts";

const read = (text: string | Buffer, ...formats: ListFormat[]) => {
  const result = importList(Buffer.from(text), { formats });
  if (!result.ok) throw new Error(result.en);
  return result;
};
const entries = (text: string | Buffer, ...formats: ListFormat[]) =>
  read(text, ...formats).lines.map(({ entry }) => entry);

describe("import", () => {
  it("takes hosts files, without the machine's own names", () => {
    const text =
      "127.0.0.1 localhost\n::1 ip6-localhost\n0.0.0.0 Ads.Example. tracker.example # 広告\n0.0.0.0 0.0.0.0\n10.0.0.1 intra.example\n";
    expect(entries(text, "hosts")).toEqual(["ads.example", "tracker.example"]);
    expect(read(text, "hosts").skipped.map(({ line }) => line)).toEqual([1, 2, 4, 5]);
  });
  it("takes Squid's dstdomain", () => {
    expect(entries(".a.example # なぜ\nb.example\nbad;line\n", "squid")).toEqual([
      ".a.example",
      "b.example",
    ]);
  });
  it("takes the part of AdBlock syntax that speaks of hosts, and counts the rest", () => {
    const text =
      "[Adblock Plus 2.0]\n! title\n||ads.example^\n@@||ok.ads.example^\n||x.example/path^\n||y.example^$third-party\nsite.example##.ad\n/banner/*\n";
    expect(entries(text, "adblock-basic")).toEqual([".ads.example", "!.ok.ads.example"]);
    expect(read(text, "adblock-basic").skipped).toHaveLength(4);
  });
  it("takes a mixture, each line by the first format that reads it", () => {
    const text = "a.example\n0.0.0.0 b.example\n||c.example^\n";
    expect(entries(text, "domains", "hosts", "adblock-basic")).toEqual([
      "a.example",
      "b.example",
      ".c.example",
    ]);
  });
  const table =
    'ホスト,理由,担当,有効期限\r\nwww.a.example,"出張, 宿泊",総務課,2027/3/1\r\n.b.example,,,\r\nhttp://x/,,,\r\nc.example,,,いつか\r\n';
  const rows = [
    { entry: "www.a.example", comment: "出張, 宿泊", owner: "総務課", expires: "2027-03-01" },
    { entry: ".b.example", comment: "" },
  ];
  it("takes CSV as Excel saves it, in UTF-8 and in CP932, and never makes a bad date endless", () => {
    for (const bytes of [Buffer.from(`\ufeff${table}`), encodeCp932(table).bytes]) {
      const result = read(bytes, "csv");
      expect(result.lines).toEqual(rows);
      expect(result.skipped.map(({ line }) => line)).toEqual([4, 5]);
    }
    expect(read(encodeCp932(table).bytes, "csv").encoding).toBe("cp932");
  });
  it("takes Microsoft 365 endpoints by category", () => {
    const json = JSON.stringify([
      {
        id: 1,
        serviceArea: "Exchange",
        category: "Optimize",
        urls: ["outlook.office365.com", "*.office.com"],
        ips: ["13.107.6.152/31"],
      },
      { id: 2, serviceArea: "Common", category: "Default", urls: ["default.example"] },
      {
        id: 3,
        serviceArea: "Exchange",
        category: "Allow",
        urls: ["autodiscover.*.onmicrosoft.com"],
        tcpPorts: "443",
      },
    ]);
    const result = read(json, "m365-json");
    expect(result.lines.map(({ entry }) => entry)).toEqual([
      "outlook.office365.com",
      "*.office.com",
    ]);
    expect(result.skipped.map(({ text }) => text)).toEqual(["autodiscover.*.onmicrosoft.com"]);
    expect(importList(Buffer.from("{}"), { formats: ["m365-json"] }).ok).toBe(false);
  });
  it("refuses what is neither UTF-8 nor CP932", () => {
    expect(importList(Buffer.from([0xff, 0xfe, 0x00, 0xfd]), { formats: ["domains"] }).ok).toBe(
      false,
    );
  });
});

const label = fc.stringMatching(/^[a-z]([a-z0-9]{0,8}[a-z])?$/);
const name = fc
  .tuple(label, label, fc.constantFrom("jp", "example", "lg.jp"))
  .map((labels) => labels.join("."));
const entry = fc.oneof(
  {
    weight: 6,
    arbitrary: fc
      .tuple(fc.constantFrom("", ".", "*.", "!", "!."), name)
      .map(([prefix, text]) => `${prefix}${text}`),
  },
  {
    weight: 1,
    arbitrary: fc
      .tuple(name, fc.constantFrom("/Koho/", "/a/B.html", "/%2F"))
      .map((parts) => parts.join("")),
  },
  { weight: 1, arbitrary: fc.constantFrom("192.0.2.1", "192.0.2.0/24", "2001:db8::/32") },
);
const word = fc.stringMatching(/^[一-龠ぁ-んァ-ヶa-z0-9]{1,12}$/);
const line: fc.Arbitrary<ListLine> = fc.record(
  {
    entry,
    comment: fc
      .tuple(fc.constantFrom("", "", "=", "+", "-"), fc.array(word, { maxLength: 3 }))
      .map(([first, words]) => `${first}${words.join(" ")}`),
    owner: word,
    expires: fc.constantFrom("2027-03-31", "2028-02-29"),
    request: fc.stringMatching(/^R[0-9]{1,6}$/),
  },
  { requiredKeys: ["entry", "comment"] },
);
const list = fc.uniqueArray(line, { selector: (each) => each.entry, maxLength: 30 });

describe("what is exported and imported again is the same", () => {
  it("a line of our own", () => {
    fc.assert(
      fc.property(line, (each) => {
        expect(parseListLine(formatListLine(each))).toEqual({ kind: "entry", ...each });
      }),
    );
  });
  it.each(["domains", "csv"] as const)(
    "%s, with everything that is known of an entry",
    (format) => {
      fc.assert(
        fc.property(list, (lines) => {
          const { text, lost } = exportList(lines, format);
          expect(lost).toEqual([]);
          expect(read(text, format).lines).toEqual(lines);
        }),
      );
    },
  );
  it("csv in CP932, where all characters exist", () => {
    fc.assert(
      fc.property(list, (lines) => {
        const { bytes, missing } = encodeCp932(exportList(lines, "csv").text.slice(1));
        fc.pre(missing.length === 0);
        expect(read(bytes, "csv").lines).toEqual(lines);
      }),
    );
  });
  it.each(["hosts", "squid", "adblock-basic"] as const)(
    "%s, entries alone, and says what it cannot carry",
    (format: ExportFormat) => {
      fc.assert(
        fc.property(list, (lines) => {
          const { text, lost } = exportList(lines, format);
          expect([...entries(text, format), ...lost.map((each) => each.entry)].toSorted()).toEqual(
            lines.map((each) => each.entry).toSorted(),
          );
        }),
      );
    },
  );
});

it.each([
  [
    "a.example # なぜ @owner=総務課 @expires=2027-03-31 @request=R12",
    { comment: "なぜ", owner: "総務課", expires: "2027-03-31", request: "R12" },
  ],
  ["a.example # info@b.example に確認", { comment: "info@b.example に確認" }],
  ["a.example", { comment: "" }],
])("the comment of %s is read", (text, notes) => {
  expect(parseListLine(text)).toEqual({ kind: "entry", entry: "a.example", ...notes });
});
