/**
 * A table of new accounts, as a spreadsheet saves it (RFC 4180, comma or tab): names the columns in its first
 * line, in Japanese or English. Pure; every row is given back with what is wrong with it.
 */
import { normaliseName } from "./names.ts";
import { type Role, roles } from "./types.ts";

export interface CsvUser {
  /** Of the text, from 1. */
  readonly line: number;
  readonly name: string;
  readonly displayName: string;
  readonly roles: readonly Role[];
  readonly groups: readonly string[];
  readonly problem?: CsvProblem;
}

export const csvProblems = [
  "name-invalid",
  "display-name-missing",
  "role-unknown",
  "group-too-long",
  "name-twice",
  "name-taken",
] as const;
export type CsvProblem = (typeof csvProblems)[number];

export type UserTable =
  | { readonly outcome: "unreadable"; readonly reason: "no-header" | "too-many" | "no-rows" }
  | { readonly outcome: "read"; readonly users: readonly CsvUser[] };

/** Each costs a password hash; more are several files. */
export const mostCsvUsers = 300;

const columns = {
  name: ["利用者名", "ユーザー名", "name", "user name", "user"],
  displayName: ["氏名", "表示名", "display name", "displayname", "full name"],
  roles: ["役割", "roles", "role"],
  groups: ["グループ", "所属", "groups", "group"],
} as const;

const roleNames: ReadonlyMap<string, Role> = new Map<string, Role>([
  ["一般利用者", "user"],
  ["承認者", "approver"],
  ["リスト管理者", "list-admin"],
  ["監査担当", "auditor"],
  ["システム管理者", "system-admin"],
  ...roles.map((role) => [role, role] as const),
]);

export function readUserTable(untrustedText: string): UserTable {
  const text = untrustedText.replace(/^\uFEFF/, "");
  const rows = cellsOf(text, /^[^\n]*\t/.test(text) ? "\t" : ",");
  const [header, ...body] = rows;
  const places = header && placesOf(header.cells);
  if (!places) return { outcome: "unreadable", reason: "no-header" };
  const filled = body.filter(({ cells }) => cells.some((cell) => cell.trim() !== ""));
  if (filled.length === 0) return { outcome: "unreadable", reason: "no-rows" };
  if (filled.length > mostCsvUsers) return { outcome: "unreadable", reason: "too-many" };
  const seen = new Set<string>();
  return { outcome: "read", users: filled.map((row) => userOf(row, places, seen)) };
}

type Places = Readonly<Record<keyof typeof columns, number>>;

/** Name and full name must be there; a table without roles makes ordinary users. */
function placesOf(cells: readonly string[]): Places | undefined {
  const titles = cells.map((cell) => cell.normalize("NFKC").trim().toLowerCase());
  const place = (known: readonly string[]) => titles.findIndex((title) => known.includes(title));
  const places = {
    name: place(columns.name),
    displayName: place(columns.displayName),
    roles: place(columns.roles),
    groups: place(columns.groups),
  };
  return places.name < 0 || places.displayName < 0 ? undefined : places;
}

function userOf({ line, cells }: Row, places: Places, seen: Set<string>): CsvUser {
  const cell = (at: number) => (cells[at] ?? "").trim();
  const name = normaliseName(cell(places.name));
  const displayName = cell(places.displayName).slice(0, 128);
  const typedRoles = wordsOf(cell(places.roles));
  const known = typedRoles.map((word) => roleNames.get(word.normalize("NFKC")));
  const groups = [...new Set(wordsOf(cell(places.groups)))];
  const found = [...new Set(known.filter((role) => role !== undefined))];
  const problem = problemOf();
  seen.add(name);
  return {
    ...{ line, name, displayName, groups },
    roles: typedRoles.length === 0 ? ["user"] : found,
    ...(problem && { problem }),
  };

  function problemOf(): CsvProblem | undefined {
    if (!/^[a-z0-9][a-z0-9._-]{0,63}$/.test(name)) return "name-invalid";
    if (seen.has(name)) return "name-twice";
    if (displayName === "") return "display-name-missing";
    if (known.includes(undefined)) return "role-unknown";
    if (groups.length > 64 || groups.some((group) => group.length > 64)) return "group-too-long";
    return undefined;
  }
}

/** Several in one cell: separated by semicolons, commas of either width, or line breaks. */
function wordsOf(cell: string): string[] {
  return cell
    .split(/[;；,、，\n]/)
    .map((word) => word.trim())
    .filter((word) => word !== "");
}

interface Row {
  readonly line: number;
  readonly cells: readonly string[];
}

/** RFC 4180: quoted cells may hold separators, line breaks and doubled quotes. */
function cellsOf(text: string, separator: string): Row[] {
  const rows: Row[] = [];
  let cells: string[] = [];
  let cell = "";
  let isQuoted = false;
  let line = 1;
  let startsAt = 1;
  const endRow = (): void => {
    rows.push({ line: startsAt, cells: [...cells, cell] });
    cells = [];
    cell = "";
  };
  for (let at = 0; at < text.length; at += 1) {
    const char = text.charAt(at);
    if (char === "\n") line += 1;
    if (isQuoted) {
      if (char !== '"') cell += char;
      else if (text.charAt(at + 1) === '"') {
        cell += '"';
        at += 1;
      } else isQuoted = false;
    } else if (char === '"' && cell === "") isQuoted = true;
    else if (char === separator) {
      cells.push(cell);
      cell = "";
    } else if (char === "\n") {
      endRow();
      startsAt = line;
    } else if (char !== "\r") cell += char;
  }
  if (cell !== "" || cells.length > 0) endRow();
  return rows;
}
