/** Shared folders: whose files go where, names that Windows takes, what a mount is. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseConfig } from "../../../orchestrator/config/load.ts";
import { cleanName } from "../../../orchestrator/downloads/release/clean-name.ts";
import {
  fitName,
  folded,
  isSafeName,
  numbered,
} from "../../../orchestrator/shared-folders/file-name.ts";
import { mountIdOf, parseMounts } from "../../../orchestrator/shared-folders/mount-info.ts";
import { partsFor, shownPath } from "../../../orchestrator/shared-folders/place.ts";

const hanako = { name: "hanako", groups: ["zeimu", "soumu"] };

describe("the place of a person", () => {
  it.each([
    ["a folder of their own", "{user}", hanako, ["hanako"]],
    [
      "a folder of the section, which is the first group",
      "{section}/受信",
      hanako,
      ["zeimu", "受信"],
    ],
    ["one for everybody", "", hanako, []],
    ["a person of no section has none there", "{section}", { ...hanako, groups: [] }, undefined],
    ["a name that leads out", "{user}", { ...hanako, name: ".." }, undefined],
    ["a name with a separator", "{user}", { ...hanako, name: "a/b" }, undefined],
    ["a name with Windows' separator", "{user}", { ...hanako, name: "a\\b" }, undefined],
    ["a name that is a device", "{user}", { ...hanako, name: "con" }, undefined],
    ["a name that Windows would cut", "{user}", { ...hanako, name: "sato." }, undefined],
    [
      "a name that means another folder in the template",
      "{user}",
      { ...hanako, name: "$&" },
      ["$&"],
    ],
  ])("%s", (_what, path, owner, expected) => {
    expect(partsFor({ path }, owner)).toEqual(expected);
  });

  it("is told as Explorer shows it", () => {
    const folder = { shownAs: "\\\\fs01\\hanare" };
    expect(shownPath(folder, ["zeimu", "受信"], "表.xlsx")).toBe(
      "\\\\fs01\\hanare\\zeimu\\受信\\表.xlsx",
    );
  });
});

describe("a name", () => {
  it.each([
    ["report.docx", 3, "report (3).docx"],
    ["report", 2, "report (2)"],
    ["report.docx", 1, "report.docx"],
  ])("%s numbered %i", (name, n, expected) => expect(numbered(name, n)).toBe(expected));

  it("is compared as Windows does", () => {
    expect(folded("か\u3099.TXT")).toBe(folded("が.txt"));
  });

  it("whatever a page called the file, fits the server's disk and Explorer, keeps its kind, and is safe", () => {
    fc.assert(
      fc.property(
        fc.string({ unit: "grapheme", maxLength: 400 }),
        fc.nat(200),
        (untrusted, above) => {
          const name = numbered(fitName(cleanName(untrusted, "pdf"), above), 100);
          expect(Buffer.byteLength(name)).toBeLessThanOrEqual(255);
          expect(name.length + above + 1).toBeLessThanOrEqual(259);
          expect(name.toLowerCase()).toMatch(/\.pdf$/);
          expect(isSafeName(name)).toBe(true);
        },
      ),
    );
  });

  it("of very many Japanese characters is cut between characters", () => {
    const name = fitName(`${"𠮷野家".repeat(60)}.xlsx`, 30);
    expect(name.isWellFormed()).toBe(true);
    expect(Buffer.byteLength(name)).toBeLessThanOrEqual(240);
    expect(name).toMatch(/\.xlsx$/);
  });
});

describe("what is mounted", () => {
  const text = [
    "22 1 0:20 / / rw,relatime shared:1 - overlay overlay rw",
    "31 22 0:44 / /mnt/\\345\\205\\261\\346\\234\\211 rw - cifs //fs01/x rw",
    "32 22 0:45 / /mnt/a\\040b rw,nosuid shared:3 master:1 - smb3 //fs01/hanare rw,vers=3.1.1",
    "not a line",
  ].join("\n");

  it("is read with optional fields and escaped blanks", () => {
    expect(parseMounts(text)).toContainEqual({ id: 32, point: "/mnt/a b", fileSystem: "smb3" });
    expect(parseMounts(text)).toHaveLength(3);
  });

  it("is told of an open file", () => {
    expect(mountIdOf("pos:\t0\nflags:\t0100000\nmnt_id:\t32\nino:\t5\n")).toBe(32);
    expect(mountIdOf("pos:\t0\n")).toBeUndefined();
  });
});

describe("the configuration", () => {
  const of = (folder: object) =>
    parseConfig("hanare.yaml", JSON.stringify({ files: { sharedFolders: [folder] } }));
  const good = { id: "kojin", name: "個人", mount: "/mnt/share", shownAs: "\\\\fs01\\hanare" };

  it("takes the least that is needed", () => {
    expect(of(good)).toMatchObject({
      config: {
        files: { sharedFolders: [{ path: "{user}", makeFolders: false, originals: false }] },
      },
    });
  });

  it.each([
    ["a path that leads out", { path: "../{user}" }],
    ["an absolute path", { path: "/{user}" }],
    ["a word in braces that nobody knows", { path: "{group}" }],
    ["a share in another notation", { shownAs: "smb://fs01/hanare" }],
    ["a mount that is none", { mount: "/" }],
    ["a mount that is relative", { mount: "mnt/share" }],
  ])("refuses %s", (_what, change) => {
    expect(of({ ...good, ...change })).toHaveProperty("faults");
  });

  it("refuses two of one id", () => {
    const text = JSON.stringify({ files: { sharedFolders: [good, good] } });
    expect(parseConfig("hanare.yaml", text)).toHaveProperty("faults");
  });
});
