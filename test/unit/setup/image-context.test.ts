import { execFileSync } from "node:child_process";
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { createWriteStream } from "node:fs";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { ImageRecipe } from "../../../images/manifest.ts";
import { baseRecipe, baseTag } from "../../../setup/images/base-image.ts";
import { followBuild } from "../../../setup/images/build-image.ts";
import {
  createFileHasher,
  hashContext,
  listContext,
  listSources,
} from "../../../setup/images/context-files.ts";
import { tarStream } from "../../../setup/images/tar-stream.ts";

const recipe: ImageRecipe = {
  suite: "trixie",
  dockerfile: "Dockerfile",
  context: [{ from: "tree", to: "opt/tree" }],
};
const long = `${"deep/".repeat(30)}長い名前.txt`;
let root: string;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "hanare-context-"));
  mkdirSync(join(root, "tree", "deep/".repeat(30)), { recursive: true });
  writeFileSync(join(root, "Dockerfile"), "ARG BASE\nFROM ${BASE}\n");
  writeFileSync(join(root, "tree", "a.txt"), "a");
  writeFileSync(join(root, "tree", "big.bin"), Buffer.alloc(1_500_000, 7));
  writeFileSync(join(root, "tree", long), "deep");
  writeFileSync(join(root, "tree", "run"), "#!/bin/sh\n", { mode: 0o755 });
});
afterEach(() => {
  rmSync(root, { recursive: true, force: true });
});

const hash = async (base = "hanare/base:x"): Promise<string> =>
  hashContext(await listContext(root, recipe), base, createFileHasher());

describe("an image's hash", () => {
  it.each([
    ["a byte of a file", () => writeFileSync(join(root, "tree", "a.txt"), "b"), true],
    ["a new file", () => writeFileSync(join(root, "tree", "b.txt"), ""), true],
    ["a file that became executable", () => chmodSync(join(root, "tree", "a.txt"), 0o755), true],
    [
      "the Dockerfile",
      () => writeFileSync(join(root, "Dockerfile"), "ARG BASE\nFROM ${BASE}\nUSER 1\n"),
      true,
    ],
    ["a README", () => writeFileSync(join(root, "tree", "README.md"), "words"), false],
    ["a time stamp", () => utimesSync(join(root, "tree", "a.txt"), 1, 1), false],
  ])("%s: changes it or not", async (_, change, changes) => {
    const before = await hash();
    change();
    expect((await hash()) !== before).toBe(changes);
  });

  it("depends on the sources of a bundle, which are not sent themselves", async () => {
    mkdirSync(join(root, "program"));
    mkdirSync(join(root, "node_modules/vite"), { recursive: true });
    writeFileSync(join(root, "node_modules/vite/package.json"), "{}");
    writeFileSync(join(root, "program", "main.ts"), "1");
    const bundle = { entry: "program/main.ts", to: "program.mjs", sources: ["program"] };
    const names = async () => (await listSources(root, { ...recipe, bundle })).map(({ to }) => to);
    expect(await names()).toEqual(["node_modules/vite/package.json", "program/main.ts"]);
    const sent = await listContext(root, { ...recipe, bundle });
    expect(sent.some(({ to }) => to.startsWith("program"))).toBe(false);
  });

  it("depends on the base", async () => {
    expect(await hash("hanare/base:x")).not.toBe(await hash("hanare/base:y"));
  });

  it("refuses links, whose target would not be hashed", async () => {
    symlinkSync("/etc/passwd", join(root, "tree", "link"));
    await expect(listContext(root, recipe)).rejects.toThrow(/neither a file nor a folder/);
  });
});

describe("the build context as tar", () => {
  it("is what tar unpacks: contents, modes, long names", async () => {
    const file = join(root, "context.tar");
    const out = join(root, "out");
    mkdirSync(out);
    await pipeline(tarStream(await listContext(root, recipe)), createWriteStream(file));
    execFileSync("tar", ["-xf", file, "-C", out]);
    expect(readFileSync(join(out, "opt/tree", long), "utf8")).toBe("deep");
    expect(readFileSync(join(out, "opt/tree/big.bin")).equals(Buffer.alloc(1_500_000, 7))).toBe(
      true,
    );
    expect(statSync(join(out, "opt/tree/run")).mode & 0o111).toBe(0o111);
    expect(statSync(join(out, "opt/tree/a.txt")).mode & 0o111).toBe(0);
  });

  it("breaks off when a file shrinks under it", async () => {
    const files = await listContext(root, recipe);
    writeFileSync(join(root, "tree", "big.bin"), "short");
    await expect(pipeline(tarStream(files), createWriteStream("/dev/null"))).rejects.toThrow(
      /became shorter/,
    );
  });
});

describe("the base", () => {
  const mirrors = { main: "http://m.example/debian", security: "http://m.example/debian-security" };
  it("has updates and security beside the release", () => {
    expect(baseRecipe("trixie", mirrors).sources).toEqual([
      "deb http://m.example/debian trixie main",
      "deb http://m.example/debian trixie-updates main",
      "deb http://m.example/debian-security trixie-security main",
    ]);
  });
  it("gets another tag for another mirror or suite", () => {
    const tags = [
      baseRecipe("trixie", mirrors),
      baseRecipe("bookworm", mirrors),
      baseRecipe("trixie", { ...mirrors, main: "http://n.example/debian" }),
    ].map(baseTag);
    expect(new Set(tags).size).toBe(3);
    expect(tags[0]).toMatch(/^hanare\/base:trixie-[0-9a-f]{16}$/);
  });
});

describe("the builder's words", () => {
  it.each([
    ["Step 3/9 : RUN x", { share: 2 / 9 }],
    [" ---> 0123456789ab\n", { layer: "0123456789ab" }],
    [" ---> Running in 0123456789ab\n", {}],
    ["anything else", {}],
  ])("%j", (text, expected) => {
    const seen: { share?: number; layer?: string } = {};
    followBuild(text, seen);
    expect(seen).toEqual(expected);
  });
});
