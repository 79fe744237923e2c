/**
 * The extension as terminals get it: sources and this installation's addresses in one signed file, and the
 * update manifest that points to it. The version goes up by one whenever the content changes, because
 * browsers only ever take a higher one.
 */
import { createHash } from "node:crypto";
import { mkdir, readdir, readFile, rename, writeFile } from "node:fs/promises";
import { join, relative } from "node:path";
import { z } from "zod";
import { writeZip } from "../../images/sandbox/zip/write.ts";
import { extensionId, packCrx } from "./crx3.ts";
import { ensureExtensionKey } from "./key.ts";

const sources = join(import.meta.dirname, "..", "..", "extension");

export interface ExtensionPackage {
  readonly id: string;
  readonly version: string;
  readonly crx: Buffer;
  readonly updatesXml: string;
}

export interface ExtensionSettings {
  readonly keysDir: string;
  /** Where the last version is remembered. */
  readonly stateDir: string;
  readonly portal: string;
  /** "name:port" */
  readonly proxies: readonly string[];
}

const stateSchema = z.strictObject({ hash: z.string(), build: z.int().min(1) });

export async function makeExtension(settings: ExtensionSettings): Promise<ExtensionPackage> {
  const { keysDir, stateDir, portal, proxies } = settings;
  const config = Buffer.from(JSON.stringify({ portal, proxies }));
  const files = [...(await sourceFiles()), { name: "config.json", data: config }];
  const build = await nextBuild(stateDir, files);
  const version = `1.0.${build}`;
  const members = files.map(({ name, data }) => ({
    name,
    data: name === "manifest.json" ? withVersion(data, version) : data,
  }));
  const key = await ensureExtensionKey(keysDir);
  const id = extensionId(key);
  return {
    id,
    version,
    crx: packCrx(writeZip(members), key),
    updatesXml: updateManifest(id, version, `${portal}/extension/hanare.crx`),
  };
}

async function sourceFiles(): Promise<{ name: string; data: Buffer }[]> {
  const entries = await readdir(sources, { recursive: true, withFileTypes: true });
  const names = entries
    .filter((entry) => entry.isFile() && !entry.name.endsWith(".md"))
    .map((entry) => relative(sources, join(entry.parentPath, entry.name)))
    .sort();
  return Promise.all(
    names.map(async (name) => ({ name, data: await readFile(join(sources, name)) })),
  );
}

async function nextBuild(
  stateDir: string,
  files: readonly { readonly name: string; readonly data: Buffer }[],
): Promise<number> {
  const sum = createHash("sha256");
  for (const { name, data } of files) sum.update(`${name}\0${data.length}\0`).update(data);
  const hash = sum.digest("hex");
  const file = join(stateDir, "extension.json");
  const before = await readState(file);
  if (before?.hash === hash) return before.build;
  const build = (before?.build ?? 0) + 1;
  await mkdir(stateDir, { recursive: true });
  await writeFile(`${file}.new`, JSON.stringify({ hash, build }), { mode: 0o644 });
  await rename(`${file}.new`, file);
  return build;
}

async function readState(file: string): Promise<z.infer<typeof stateSchema> | undefined> {
  try {
    return stateSchema.parse(JSON.parse(await readFile(file, "utf8")));
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
    throw error;
  }
}

function withVersion(manifest: Buffer, version: string): Buffer {
  const parsed = JSON.parse(manifest.toString()) as Record<string, unknown>;
  return Buffer.from(JSON.stringify({ ...parsed, version }));
}

function updateManifest(id: string, version: string, codebase: string): string {
  return `<?xml version="1.0" encoding="UTF-8"?>
<gupdate xmlns="http://www.google.com/update2/response" protocol="2.0">
  <app appid="${id}">
    <updatecheck codebase="${codebase.replace(/[&<>"]/g, "")}" version="${version}"/>
  </app>
</gupdate>
`;
}
