/** Documents of older formats, written by the LibreOffice of the office image: real ones, and no binary in the tree. */
import { execFileSync } from "node:child_process";
import { testImages } from "./images.ts";

export interface OlderSource {
  /** Name of what is converted; its extension tells LibreOffice what it is. */
  readonly name: string;
  readonly bytes: Buffer;
  /** `doc:MS Word 97`. */
  readonly to: string;
  /** It is locked with. */
  readonly password?: string;
}

/** The image's own profile has a library to put the macro in and, but for this, runs nothing. */
const program = `
const { execFileSync } = require("node:child_process");
const fs = require("node:fs");
const { sources, macro } = JSON.parse(fs.readFileSync(0, "utf8"));
const settings = "/work/p/user/registrymodifications.xcu";
fs.cpSync("/app/profile", "/work/p", { recursive: true });
fs.mkdirSync("/work/out");
fs.writeFileSync(settings, fs.readFileSync(settings, "utf8").replace(/(DisableMacrosExecution"[^>]*><value>)true/, "$1false"));
fs.writeFileSync("/work/p/user/basic/Standard/Module1.xba", macro);
for (const { name, data } of sources) fs.writeFileSync("/work/" + name, Buffer.from(data, "base64"));
execFileSync("soffice", ["-env:UserInstallation=file:///work/p", "--headless", "macro:///Standard.Module1.Main"], { stdio: "ignore" });
const made = sources.map(({ out }) => fs.readFileSync("/work/out/" + out).toString("base64"));
process.stdout.write(JSON.stringify(made));`;

/** One LibreOffice for all: it starts once, and its command line has no word for a password. In the order of the sources. */
export function olderDocuments(sources: readonly OlderSource[]): Buffer[] {
  const jobs = sources.map(({ name, bytes, to, password }, index) => {
    const [extension = "", filter = ""] = to.split(":");
    const [source, out] = [`${index}-${name}`, `${index}.${extension}`];
    const how = password === undefined ? '"Overwrite", True' : `"Password", "${password}"`;
    return {
      ...{ name: source, out, data: bytes.toString("base64") },
      call: `Store("file:///work/${source}", "${filter}", "file:///work/out/${out}", ${how})`,
    };
  });
  const input = JSON.stringify({ sources: jobs, macro: macroOf(jobs.map(({ call }) => call)) });
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

function macroOf(calls: readonly string[]): string {
  const basic = `Sub Store(source, filter, target, name, value)
Dim hidden(0) As New com.sun.star.beans.PropertyValue
hidden(0).Name = "Hidden" : hidden(0).Value = True
document = StarDesktop.loadComponentFromURL(source, "_blank", 0, hidden())
Dim how(1) As New com.sun.star.beans.PropertyValue
how(0).Name = "FilterName" : how(0).Value = filter
how(1).Name = name : how(1).Value = value
document.storeToURL(target, how())
document.close(True)
End Sub
Sub Main
${calls.join("\n")}
StarDesktop.terminate()
End Sub`;
  return `<?xml version="1.0" encoding="UTF-8"?><script:module xmlns:script="http://openoffice.org/2000/script" script:name="Module1" script:language="StarBasic">${basic.replaceAll('"', "&quot;")}</script:module>`;
}

/** One slide with one line of text, as a flat OpenDocument file. */
export const flatSlide = (text: string): Buffer =>
  Buffer.from(
    `<?xml version="1.0" encoding="UTF-8"?><office:document xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" xmlns:draw="urn:oasis:names:tc:opendocument:xmlns:drawing:1.0" xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" xmlns:svg="urn:oasis:names:tc:opendocument:xmlns:svg-compatible:1.0" office:mimetype="application/vnd.oasis.opendocument.presentation" office:version="1.3"><office:body><office:presentation><draw:page draw:name="p1"><draw:frame svg:width="20cm" svg:height="3cm" svg:x="2cm" svg:y="2cm"><draw:text-box><text:p>${text}</text:p></draw:text-box></draw:frame></draw:page></office:presentation></office:body></office:document>`,
  );
