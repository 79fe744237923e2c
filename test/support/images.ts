/** Image references of this tree, as the set-up wrote them; `npm test` runs the set-up first. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { imageRefs, type ImageRefs } from "../../orchestrator/config/installation.ts";
import { defaultDataDir } from "../../orchestrator/config/load.ts";

export function testImages(): ImageRefs {
  return imageRefs.parse(JSON.parse(readFileSync(join(defaultDataDir(), "images.json"), "utf8")));
}
