/** Documents of older formats, written by the LibreOffice of the office image: real ones, and no binary in the tree. */
import { execFileSync } from "node:child_process";
import { testImages } from "./images.ts";

export interface OlderSource {
  /** Name of what is converted; its extension tells LibreOffice what it is. */
  readonly name: string;
  readonly bytes: Buffer;
  /** `doc:MS Word 97`. */
  readonly to: string;
}

const program = `
const { execFileSync } = require("node:child_process");
const fs = require("node:fs");
const out = [];
for (const { name, data, to } of JSON.parse(fs.readFileSync(0, "utf8"))) {
  fs.writeFileSync("/work/" + name, Buffer.from(data, "base64"));
  execFileSync("soffice", ["-env:UserInstallation=file:///work/p", "--headless", "--convert-to", to,
    "--outdir", "/work/out", "/work/" + name], { stdio: "ignore" });
  const made = "/work/out/" + name.replace(/[^.]+$/, "") + to.split(":")[0];
  out.push(fs.readFileSync(made).toString("base64"));
}
process.stdout.write(JSON.stringify(out));`;

/** In the order of the sources. */
export function olderDocuments(sources: readonly OlderSource[]): Buffer[] {
  const input = JSON.stringify(
    sources.map(({ name, bytes, to }) => ({ name, to, data: bytes.toString("base64") })),
  );
  const tmpfs = ["/work", "/tmp"].flatMap((each) => ["--tmpfs", `${each}:uid=64904,gid=64904`]);
  const command = ["/usr/local/bin/node", testImages().office ?? "", "-e", program];
  const json = execFileSync(
    "docker",
    ["run", "--rm", "-i", "--network", "none", ...tmpfs, "--entrypoint", ...command],
    { input, maxBuffer: 64 * 1024 ** 2, stdio: ["pipe", "pipe", "ignore"] },
  );
  const made = JSON.parse(json.toString("utf8")) as string[];
  return made.map((each) => Buffer.from(each, "base64"));
}

/** One slide with one line of text, as a flat OpenDocument file. */
export const flatSlide = (text: string): Buffer =>
  Buffer.from(
    `<?xml version="1.0" encoding="UTF-8"?><office:document xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" xmlns:draw="urn:oasis:names:tc:opendocument:xmlns:drawing:1.0" xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" xmlns:svg="urn:oasis:names:tc:opendocument:xmlns:svg-compatible:1.0" office:mimetype="application/vnd.oasis.opendocument.presentation" office:version="1.3"><office:body><office:presentation><draw:page draw:name="p1"><draw:frame svg:width="20cm" svg:height="3cm" svg:x="2cm" svg:y="2cm"><draw:text-box><text:p>${text}</text:p></draw:text-box></draw:frame></draw:page></office:presentation></office:body></office:document>`,
  );
