/**
 * Edits of a list file, line by line: every line that is not meant stays byte for byte, comments, order and
 * line ends included. Pure. Whether an entry is a good one is the compiler's question, asked of the result.
 */
export type ListEdit =
  | {
      readonly act: "add";
      readonly entry: string;
      readonly comment?: string | undefined;
      readonly expires?: string | undefined;
    }
  /** As "add", and an entry that is there already gets this comment and day instead of its own. */
  | {
      readonly act: "put";
      readonly entry: string;
      readonly comment: string;
      readonly expires: string;
    }
  | { readonly act: "remove"; readonly entry: string }
  | { readonly act: "comment"; readonly entry: string; readonly comment: string }
  | { readonly act: "expire"; readonly entry: string; readonly expires: string | null };

export type TextEdit =
  | { readonly ok: true; readonly text: string }
  | { readonly ok: false; readonly reason: "present" | "absent" | "not-editable" };

interface Line {
  readonly indent: string;
  readonly entry: string;
  /** Without the "#". */
  readonly comment: string;
}

const linePattern = /^(\ufeff?[ \t]*)([^\s#]+)[ \t]*(?:(?<=[ \t])#(.*))?$/;
/** Where an entry's last day stands: in its comment, for people and for the compiler alike. */
const expiresPattern = /(?:^|\s)@expires=\d{4}-\d{2}-\d{2}(?=\s|$)/;

export function editList(text: string, edit: ListEdit): TextEdit {
  const eol = text.includes("\r\n") ? "\r\n" : "\n";
  const lines = text.split(/\r?\n/);
  const places = lines.flatMap((line, index) =>
    readLine(line)?.entry === edit.entry ? [index] : [],
  );
  if (edit.act === "add" || (edit.act === "put" && places.length === 0)) {
    if (places.length > 0) return { ok: false, reason: "present" };
    const last = lines.at(-1) === "" ? lines.length - 1 : lines.length;
    const added = writeLine({ indent: "", entry: edit.entry, comment: commentOf(edit) });
    return { ok: true, text: [...lines.slice(0, last), added, ""].join(eol) };
  }
  const [place] = places;
  if (place === undefined) return { ok: false, reason: "absent" };
  if (edit.act === "remove") {
    return { ok: true, text: lines.filter((_, index) => !places.includes(index)).join(eol) };
  }
  const line = readLine(lines[place] ?? "");
  if (!line) return { ok: false, reason: "not-editable" };
  if (edit.act === "put") {
    const put = writeLine({ ...line, comment: commentOf(edit) });
    const others = places.slice(1);
    const kept = lines.with(place, put).filter((_, index) => !others.includes(index));
    return { ok: true, text: kept.join(eol) };
  }
  const comment =
    edit.act === "comment"
      ? withExpiry(edit.comment, expiresPattern.exec(line.comment)?.[0].trim())
      : withExpiry(line.comment, edit.expires === null ? undefined : `@expires=${edit.expires}`);
  return { ok: true, text: lines.with(place, writeLine({ ...line, comment })).join(eol) };
}

function commentOf({ comment = "", expires }: Extract<ListEdit, { act: "add" | "put" }>): string {
  return withExpiry(comment, expires === undefined ? undefined : `@expires=${expires}`);
}

function withExpiry(comment: string, mark: string | undefined): string {
  const plain = comment.replace(expiresPattern, "").trim();
  return [plain, mark ?? ""].filter((part) => part !== "").join(" ");
}

function readLine(line: string): Line | undefined {
  const found = linePattern.exec(line);
  if (!found) return undefined;
  return { indent: found[1] ?? "", entry: found[2] ?? "", comment: (found[3] ?? "").trim() };
}

function writeLine({ indent, entry, comment }: Line): string {
  return `${indent}${entry}${comment === "" ? "" : `  # ${comment}`}`;
}
