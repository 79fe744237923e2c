/**
 * Builds the pages to `<data>/web`. The data directory is the caller's: `--outDir` on the command line
 * overrides the default, which is the development one. Nothing is inlined, so that the strict CSP of
 * the server (no inline script, no inline style) holds for what comes out.
 */
import { resolve } from "node:path";
import tailwindcss from "@tailwindcss/vite";
import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

export default defineConfig({
  root: import.meta.dirname,
  base: "/",
  plugins: [react(), tailwindcss()],
  // Replaced in every answer: keep equal to orchestrator/http/page.ts.
  html: { cspNonce: "HANARE-NONCE" },
  build: {
    outDir: resolve(import.meta.dirname, "../../var/web"),
    emptyOutDir: true,
    // noVNC awaits at module level; Edge and Chromium of the last years take it as it is.
    target: "es2023",
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    sourcemap: false,
    chunkSizeWarningLimit: 700,
  },
});
