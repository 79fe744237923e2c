/** Whether LibreOffice opens rebuilt documents, asked of the same program that must have opened them before. */
import { extname } from "node:path";
import { tarOf } from "../../support/tar.ts";
import type { ToolBox } from "./tool-box.ts";

export interface Reopening {
  /** As it came in; its extension counts. */
  readonly untrustedName: string;
  readonly before: Buffer;
  readonly after: { readonly name: string; readonly bytes: Buffer };
}

interface Document {
  readonly extension: string;
  readonly bytes: Buffer;
}

/** Of all documents on stdin, in one start of the program: the names of those that became a PDF. */
const script = (seconds: number): string =>
  [
    "rm -rf /work/* && cp -r /app/profile /work/p && mkdir /work/in /work/out && cd /work/in && tar -xf -",
    `timeout -k 5 ${seconds} soffice -env:UserInstallation=file:///work/p --headless --norestore --convert-to pdf --outdir /work/out * >/dev/null 2>&1`,
    "cd /work/out && find . -name '*.pdf' -size +0",
  ].join("; ");

function openedIn(box: ToolBox, documents: readonly Document[], seconds: number): Set<number> {
  const members = documents.map(({ extension, bytes }, index) => ({
    name: `${index}.${extension}`,
    data: bytes,
  }));
  const said = box.run(script(seconds), tarOf(members), seconds + 60)?.toString() ?? "";
  return new Set([...said.matchAll(/(\d+)\.pdf/g)].map(([, index]) => Number(index)));
}

/** One that takes the program down takes those behind it along: what did not open is asked for by itself. */
function opened(box: ToolBox, documents: readonly Document[]): readonly boolean[] {
  const together = openedIn(box, documents, 10 + 5 * documents.length);
  return documents.map((each, index) => together.has(index) || openedIn(box, [each], 60).has(0));
}

const documentOf = ({ after }: Reopening): Document => ({
  extension: extname(after.name).slice(1),
  bytes: after.bytes,
});

/** What is no document of its own formats is not asked about. */
export const isReopened = (name: string): boolean =>
  /\.(docx|dotx|xlsx|xltx|pptx|potx|ppsx|odt|ods|odp)$/.test(name);

/** In their order; undefined for what it did not open before, either. */
export function opens(box: ToolBox, all: readonly Reopening[]): readonly (boolean | undefined)[] {
  return opened(box, all.map(documentOf)).map((isOpen, index) => {
    const each = all[index];
    if (isOpen || each === undefined) return isOpen;
    const was = extname(each.untrustedName).slice(1).toLowerCase();
    const extension = /^[a-z]{3,4}$/.test(was) ? was : documentOf(each).extension;
    return openedIn(box, [{ extension, bytes: each.before }], 60).has(0) ? false : undefined;
  });
}
