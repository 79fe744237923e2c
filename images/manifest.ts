/**
 * What each image is made from: a Debian suite, a Dockerfile (ARG BASE, FROM ${BASE}) and files of this
 * tree that go into its build context. The set-up hashes all of it; an image is rebuilt only when the
 * hash changes. Pure data.
 */
export interface ImageRecipe {
  readonly suite: "bookworm" | "trixie";
  readonly dockerfile: string;
  /** Path in this tree → path in the build context. Folders are taken whole. */
  readonly context: readonly { readonly from: string; readonly to: string }[];
  /**
   * A program that goes in as one file of plain JavaScript instead of as its sources: a container starts
   * it for every session or file, and stripping types and reading a hundred modules costs 150 to 450 ms of CPU.
   */
  readonly bundle?: {
    readonly entry: string;
    readonly to: string;
    /** What it is made from; hashed, and not sent. */
    readonly sources: readonly string[];
  };
}

/** The Node binary the host itself runs: one runtime is tested everywhere. */
const node = { from: "node_modules/node/bin/node", to: "node" };
const zod = { from: "node_modules/zod", to: "node_modules/zod" };
const wire = { from: "images/wire", to: "images/wire" };

/** The engine of pictures, and what it loads: native code stays beside the bundle. */
const pictureModules = "sharp @img detect-libc semver".split(" ");
/** The rest of what the sandbox uses goes into its bundle; a change of version is a change of the image. */
const bundledModules = "zod @zip.js/zip.js parse5 entities postal-mime".split(" ");

export const imageRecipes: Readonly<
  Record<"browser" | "clamd" | "office" | "sandbox", ImageRecipe>
> = {
  browser: {
    suite: "trixie",
    dockerfile: "images/browser/Dockerfile",
    context: [
      node,
      ...["chromium-policy.json", "openbox.xml"].map((name) => ({
        from: `images/browser/${name}`,
        to: name,
      })),
      ...["encoder", "sound"].map((name) => ({ from: `images/browser/${name}`, to: name })),
    ],
    bundle: {
      entry: "images/browser/agent/main.ts",
      to: "agent.mjs",
      sources: ["images/browser/agent", "images/wire", "node_modules/zod/package.json"],
    },
  },
  sandbox: {
    suite: "trixie",
    dockerfile: "images/sandbox/Dockerfile",
    context: [
      node,
      ...pictureModules.map((name) => ({
        from: `node_modules/${name}`,
        to: `node_modules/${name}`,
      })),
      { from: "images/sandbox/rules/hanare.yar", to: "hanare.yar" },
    ],
    bundle: {
      entry: "images/sandbox/main.ts",
      to: "sandbox.mjs",
      sources: [
        ...["images/sandbox", "images/wire"],
        ...bundledModules.map((name) => `node_modules/${name}/package.json`),
      ],
    },
  },
  office: {
    suite: "trixie",
    dockerfile: "images/office/Dockerfile",
    context: [node, zod, wire, { from: "images/office", to: "images/office" }],
  },
  clamd: {
    // ClamAV in bookworm gets security updates that trixie's does not (1.4.6 against 1.4.3).
    suite: "bookworm",
    dockerfile: "images/clamd/Dockerfile",
    context: [node, wire, { from: "images/clamd", to: "images/clamd" }],
  },
};
