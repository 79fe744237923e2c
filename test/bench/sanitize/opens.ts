/** Whether LibreOffice opens a rebuilt document, asked of the same program that must have opened it before. */
import { extname } from "node:path";
import type { ToolBox } from "./tool-box.ts";

const script = (name: string): string =>
  [
    `rm -rf /work/* && cp -r /app/profile /work/p && cat > /work/${name} && cd /work`,
    `timeout 60 soffice -env:UserInstallation=file:///work/p --headless --norestore --convert-to pdf --outdir out ${name} >/dev/null 2>&1`,
    "test -s out/a.pdf",
  ].join("; ");

const opened = (box: ToolBox, extension: string, bytes: Buffer): boolean =>
  box.run(script(`a.${extension}`), bytes) !== undefined;

/** Undefined for what it did not open before, either, and for what is no document of its own formats. */
export function opens(
  box: ToolBox,
  untrustedName: string,
  before: Buffer,
  after: { readonly name: string; readonly bytes: Buffer },
): boolean | undefined {
  const extension = extname(after.name).slice(1);
  const was = extname(untrustedName).slice(1).toLowerCase();
  if (!/^(docx|dotx|xlsx|xltx|pptx|potx|ppsx|odt|ods|odp)$/.test(extension)) return undefined;
  if (opened(box, extension, after.bytes)) return true;
  return opened(box, /^[a-z]{3,4}$/.test(was) ? was : extension, before) ? false : undefined;
}
