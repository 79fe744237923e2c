import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { pageUrls } from "../../../orchestrator/http/static-pages.ts";

it("the server answers exactly the addresses that the application knows", () => {
  const app = readFileSync(join(import.meta.dirname, "../../../orchestrator/web/app.tsx"), "utf8");
  const shown = app.matchAll(/case "(\/[^"]*)":|path === "(\/[^"]*)"/g);
  const known = new Set([...shown].map(([, page, other]) => page ?? other));
  expect([...known, "/view/*"].sort()).toEqual([...pageUrls].sort());
});
