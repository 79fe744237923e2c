/**
 * The folder of list snapshots: builds one for every big list that changed, remembers which file it was
 * made from, and removes what no policy refers to. Everything in it can be made again from the lists.
 */
import { createHash, randomBytes } from "node:crypto";
import { mkdir, mkdtemp, readdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Worker } from "node:worker_threads";
import { z } from "zod";
import type { LineFormat } from "../compiled.ts";
import { type BuildRequest, type BuiltIndex, buildIndex } from "./build.ts";
import type { ListIndex } from "./list-index.ts";
import { openIndex, snapshotFile } from "./open.ts";

/** Below this a worker would take longer to start than the build itself. */
const inPlaceBytes = 2 * 1024 * 1024;

export class IndexStore implements AsyncDisposable {
  readonly folder: string;
  readonly #key: Uint8Array;
  readonly #temporary: boolean;
  readonly #built = new Map<string, BuiltIndex>();
  readonly #open = new Map<string, ListIndex>();

  private constructor(folder: string, key: Uint8Array, temporary: boolean) {
    this.folder = folder;
    this.#key = key;
    this.#temporary = temporary;
  }

  /** A folder that stays: what was built before is found again after a restart. */
  static async open(folder: string): Promise<IndexStore> {
    await mkdir(folder, { recursive: true, mode: 0o711 });
    for (const name of await readdir(folder))
      if (name.startsWith(".draft-")) await rm(join(folder, name));
    return new IndexStore(folder, await keyOf(folder), false);
  }

  /** For a command that loads one policy and ends. */
  static async temporary(): Promise<IndexStore> {
    const folder = await mkdtemp(join(tmpdir(), "hanare-lists-"));
    return new IndexStore(folder, randomBytes(16), true);
  }

  /** Throws when the file cannot be read. A mistake in the list is part of the result. */
  async build(
    source: string,
    name: string,
    tz: string,
    formats: readonly LineFormat[],
  ): Promise<BuiltIndex> {
    const mark = await markOf(source, tz, formats);
    const known = this.#built.get(mark) ?? (await this.#remembered(mark));
    if (known) return known;
    const request = { source, name, tz, formats, folder: this.folder, key: this.#key };
    const { size } = await stat(source);
    const built = size < inPlaceBytes ? buildIndex(request) : await buildInWorker(request);
    if (built.problems.length > 0) return built;
    // Written only if the file did not change under the reading.
    if (mark === (await markOf(source, tz, formats))) await this.#remember(mark, built);
    return built;
  }

  async get(sha256: string): Promise<ListIndex> {
    const known = this.#open.get(sha256);
    if (known) return known;
    const opened = await openIndex(this.folder, sha256);
    this.#open.set(sha256, opened);
    return opened;
  }

  /** Everything but these snapshots goes. */
  async keepOnly(wanted: ReadonlySet<string>): Promise<void> {
    for (const [mark, { sha256 }] of this.#built) if (!wanted.has(sha256)) this.#built.delete(mark);
    for (const sha256 of this.#open.keys()) if (!wanted.has(sha256)) this.#open.delete(sha256);
    for (const name of await readdir(this.folder)) {
      const sha256 = /^([0-9a-f]{64})\.list$/.exec(name)?.[1];
      if (sha256 !== undefined && !wanted.has(sha256)) await rm(join(this.folder, name));
      if (name.endsWith(".json") && !(await this.#isWanted(name, wanted)))
        await rm(join(this.folder, name));
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    // Open snapshots stay readable: their descriptors outlive their names.
    if (this.#temporary) await rm(this.folder, { recursive: true, force: true });
  }

  async #isWanted(name: string, wanted: ReadonlySet<string>): Promise<boolean> {
    const built = parseBuilt(await readFile(join(this.folder, name), "utf8"));
    return built !== undefined && wanted.has(built.sha256);
  }

  async #remembered(mark: string): Promise<BuiltIndex | undefined> {
    const text = await readFile(this.#memo(mark), "utf8").catch(() => undefined);
    const built = text === undefined ? undefined : parseBuilt(text);
    const there =
      built && (await stat(snapshotFile(this.folder, built.sha256)).catch(() => undefined));
    if (!built || !there) return undefined;
    this.#built.set(mark, built);
    return built;
  }

  async #remember(mark: string, built: BuiltIndex): Promise<void> {
    this.#built.set(mark, built);
    if (this.#temporary) return;
    const path = this.#memo(mark);
    await writeFile(`${path}.new`, JSON.stringify(built), { mode: 0o600 });
    await rename(`${path}.new`, path);
  }

  #memo(mark: string): string {
    return join(
      this.folder,
      `${createHash("sha256").update(mark).digest("hex").slice(0, 32)}.json`,
    );
  }
}

async function keyOf(folder: string): Promise<Uint8Array> {
  const path = join(folder, "key");
  const known = await readFile(path).catch(() => undefined);
  if (known?.length === 16) return known;
  const key = randomBytes(16);
  await writeFile(path, key, { mode: 0o600 });
  return key;
}

/** Who the file is, without reading it; what is made from it depends on zone and formats too. */
async function markOf(source: string, tz: string, formats: readonly string[]): Promise<string> {
  const { ino, size, mtimeNs, ctimeNs } = await stat(source, { bigint: true });
  return [source, ino, size, mtimeNs, ctimeNs, tz, ...formats].join("\n");
}

/** A memo is kept for good lists alone. */
const memo = z.strictObject({
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  entries: z.int().min(0),
  extras: z.array(
    z.strictObject({ entry: z.string(), line: z.int(), expiresAt: z.int().exactOptional() }),
  ),
  problems: z.array(z.never()),
  wide: z.array(z.strictObject({ entry: z.string(), line: z.int() })),
});

/** What does not look like a memo (half-written, of another release) is built again. */
function parseBuilt(text: string): BuiltIndex | undefined {
  try {
    return memo.safeParse(JSON.parse(text)).data;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

function buildInWorker(request: BuildRequest): Promise<BuiltIndex> {
  const { promise, resolve, reject } = Promise.withResolvers<BuiltIndex>();
  const worker = new Worker(new URL("build-worker.ts", import.meta.url), { workerData: request });
  worker.once("message", resolve);
  worker.once("error", reject);
  worker.once("exit", (code) => reject(new Error(`list build ended with ${code}`)));
  return promise;
}
