/**
 * Runs while the image is built. LibreOffice fills a new profile for two seconds before it looks at a document: here it
 * does so once, with our settings already in, and a box starts from a copy.
 */
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { profileSettings } from "./profile.ts";
import { madeProfile, soffice, sofficeOptions } from "./soffice.ts";

const dir = mkdtempSync(join(tmpdir(), "profile-"));
const input = join(dir, "a.txt");
writeFileSync(input, "a");
mkdirSync(join(madeProfile, "user"), { recursive: true });
writeFileSync(join(madeProfile, "user", "registrymodifications.xcu"), profileSettings());
execFileSync(soffice, [
  ...sofficeOptions(madeProfile),
  ...["--convert-to", "docx", "--outdir", dir, input],
]);
if (!existsSync(join(dir, "a.docx"))) throw new Error("LibreOffice wrote nothing");
rmSync(dir, { recursive: true });
