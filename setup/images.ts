/**
 * Makes sure that the engine has the images this source tree describes. A tag is the hash of everything
 * an image is made from: the same tree finds its images, a changed one builds the changed ones beside the
 * old, and the old go when no container uses them. Repeatable, and continues after a break.
 */
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { type ImageRecipe, imageRecipes } from "../images/manifest.ts";
import { type ImageRefs, imageTags } from "../orchestrator/config/installation.ts";
import { imageNames } from "../orchestrator/engine/labels.ts";
import { createEngineApi, type EngineApi } from "./engine/api.ts";
import { engineSocket } from "../orchestrator/config/engine-socket.ts";
import { ensureBase } from "./images/base-image.ts";
import { buildImage } from "./images/build-image.ts";
import { bundleProgram } from "./images/bundle-program.ts";
import { createFileHasher, hashContext, listContext, listSources } from "./images/context-files.ts";
import {
  type Leftovers,
  readImageRefs,
  readLeftovers,
  writeImageRefs,
  writeLeftovers,
} from "./images/refs.ts";

interface EnsureArgs {
  readonly dataDir: string;
  readonly onProgress: (text: string, share?: number) => void;
  readonly engine?: EngineApi;
  readonly logFile?: string;
  /**
   * Removes what newer images replaced. Only when nothing of this installation runs: between two of its
   * containers a running orchestrator holds on to an image by name alone.
   */
  readonly tidy: boolean;
  /** The tree the images are made from; this one unless told. */
  readonly root?: string;
}

const names = ["browser", "sandbox", "office", "clamd"] as const;
type Name = (typeof names)[number];

interface Work {
  readonly engine: EngineApi;
  readonly logFile: string;
  readonly dataDir: string;
  readonly onProgress: EnsureArgs["onProgress"];
}

async function remember(dataDir: string, add: Partial<Leftovers>): Promise<void> {
  const left = await readLeftovers(dataDir);
  await writeLeftovers(dataDir, {
    tags: [...new Set([...left.tags, ...(add.tags ?? [])])],
    layers: [...new Set([...left.layers, ...(add.layers ?? [])])],
  });
}

/** What a container still uses stays on the list for the next time. */
async function removeLeftovers(work: Work, current: ImageRefs, signal: AbortSignal): Promise<void> {
  const left = await readLeftovers(work.dataDir);
  const inUse = new Set(imageTags(current));
  const keep: string[] = [];
  for (const tag of left.tags.filter((each) => !inUse.has(each))) {
    if (!(await work.engine.removeImage(tag, signal))) keep.push(tag);
  }
  for (const layer of left.layers) {
    // What has a name by now (a base, a finished image) is no leftover. A layer that a finished image grew
    // from refuses to go and needs no further thought.
    const tags = await work.engine.findImage(layer, signal);
    if (tags?.length === 0) await work.engine.removeImage(layer, signal);
  }
  await writeLeftovers(work.dataDir, { tags: keep, layers: [] });
}

interface Plan {
  readonly recipe: ImageRecipe;
  readonly root: string;
  readonly base: string;
}

async function ensureOne(
  name: Name,
  plan: Plan,
  hashFile: (path: string) => Promise<string>,
  work: Work,
  signal: AbortSignal,
): Promise<string> {
  const { recipe, root } = plan;
  const files = await listContext(root, recipe);
  const sources = await listSources(root, recipe);
  const inputs = await hashContext([...files, ...sources], plan.base, hashFile);
  const tag = `${imageNames[name]}:${inputs.slice(0, 16)}`;
  if ((await work.engine.findImage(tag, signal)) !== undefined) return tag;
  await using bundled = await bundleProgram(root, recipe.bundle, work.logFile, signal);
  await buildImage(
    {
      name,
      tag,
      inputs,
      base: plan.base,
      files: [...files, ...bundled.files],
      engine: work.engine,
      logFile: work.logFile,
      onProgress: (text, share) => work.onProgress(`${name}: ${text}`, share),
      onBroken: (layer) => remember(work.dataDir, { layers: [layer] }),
    },
    signal,
  );
  return tag;
}

/** Throws SetupError: BASE_FAILED, BUILD_FAILED, NO_PACKAGE_MIRROR, NO_MMDEBSTRAP. */
export async function ensureImages(
  args: EnsureArgs,
  signal: AbortSignal = new AbortController().signal,
): Promise<ImageRefs> {
  const root = args.root ?? dirname(dirname(fileURLToPath(import.meta.url)));
  const work: Work = {
    engine: args.engine ?? createEngineApi(engineSocket()),
    logFile: args.logFile ?? join(args.dataDir, "log", "setup.log"),
    dataDir: args.dataDir,
    onProgress: args.onProgress,
  };
  const hashFile = createFileHasher();
  const made: Partial<Record<Name, string>> = {};
  for (const name of names) {
    const recipe = imageRecipes[name];
    const base = await ensureBase(
      {
        suite: recipe.suite,
        engine: work.engine,
        logFile: work.logFile,
        onText: (text) => work.onProgress(`${recipe.suite}: ${text}`),
      },
      signal,
    );
    made[name] = await ensureOne(name, { base, recipe, root }, hashFile, work, signal);
  }
  const refs = made as ImageRefs;
  const former = await readImageRefs(work.dataDir);
  await remember(work.dataDir, {
    tags: imageTags(former).filter((tag) => !imageTags(refs).includes(tag)),
  });
  await writeImageRefs(work.dataDir, refs);
  if (args.tidy) await removeLeftovers(work, refs, signal);
  return refs;
}
