/** How a program of an image becomes one file: everything in it, nothing of the tree's paths. */
import { defineConfig } from "vite";

export default defineConfig({
  publicDir: false,
  ssr: { noExternal: true, target: "node" },
  build: {
    target: "node24",
    emptyOutDir: true,
    minify: false,
    sourcemap: false,
    rolldownOptions: {
      // Native code, which no bundle holds.
      external: ["sharp"],
      output: { entryFileNames: "bundle.mjs" },
    },
  },
});
