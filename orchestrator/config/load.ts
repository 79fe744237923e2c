/**
 * Reads an installation's `hanare.yaml`. A file that is wrong anywhere is refused whole, with the line,
 * what is wrong and what to write; a file that is absent is a working installation. The result is frozen.
 */
import { readFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { isMap, isNode, isScalar, LineCounter, parseDocument } from "yaml";
import type { z } from "zod";
import type { Bilingual } from "../base/bilingual.ts";
import { AppError } from "../base/errors.ts";
import { faultWords } from "./fault-words.ts";
import { type Config, configSchema } from "./schema.ts";

export interface ConfigFault {
  readonly file: string;
  /** Both from 1. */
  readonly line: number;
  readonly column: number;
  /** Dotted path, "" for the file itself. */
  readonly path: string;
  readonly problem: Bilingual;
  /** A line that would be accepted in its place. */
  readonly write: string;
}

type Issue = z.core.$ZodIssue;
type Document = ReturnType<typeof parseDocument>;

function freezeDeep<T>(value: T): T {
  if (typeof value === "object" && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    Object.values(value).forEach(freezeDeep);
  }
  return value;
}

/** Offset of the key named last in `path`, or of the nearest thing around it that exists. */
function offsetOf(document: Document, path: readonly PropertyKey[]): number {
  const parent: unknown =
    path.length <= 1 ? document.contents : document.getIn(path.slice(0, -1), true);
  const last = path.at(-1);
  if (last === undefined) return document.contents?.range?.[0] ?? 0;
  if (isMap(parent)) {
    const pair = parent.items.find((item) => isScalar(item.key) && item.key.value === last);
    if (pair !== undefined && isScalar(pair.key)) return pair.key.range?.[0] ?? 0;
  }
  const found: unknown = document.getIn(path, true);
  if (isNode(found)) return found.range?.[0] ?? 0;
  return path.length === 0 ? 0 : offsetOf(document, path.slice(0, -1));
}

function valueAt(value: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (at, key) =>
      typeof at === "object" && at !== null ? (at as Record<PropertyKey, unknown>)[key] : undefined,
    value,
  );
}

const defaults = configSchema.parse({});

/** The setting as it would be written with its default, or the names that exist at this place. */
function whatToWrite(path: readonly PropertyKey[], unknownKey: string | undefined): string {
  if (unknownKey !== undefined) {
    const known = valueAt(defaults, path);
    return typeof known === "object" && known !== null ? Object.keys(known).join(" | ") : "";
  }
  const known = valueAt(defaults, path);
  const key = String(path.at(-1) ?? "");
  if (known === undefined) return key;
  if (typeof known === "object" && known !== null && !Array.isArray(known))
    return `${key}: { ${Object.keys(known).join(", ")} }`;
  return `${key}: ${JSON.stringify(known)}`;
}

function faultsOf(
  file: string,
  document: Document,
  lines: LineCounter,
  issue: Issue,
): ConfigFault[] {
  const fault = (path: readonly PropertyKey[], problem: Bilingual, write: string): ConfigFault => {
    const { line, col } = lines.linePos(offsetOf(document, path));
    return {
      file,
      line: Math.max(line, 1),
      column: Math.max(col, 1),
      path: path.join("."),
      problem,
      write,
    };
  };
  if (issue.code === "unrecognized_keys") {
    return issue.keys.map((key) =>
      fault(
        [...issue.path, key],
        { ja: `「${key}」という設定はありません`, en: `unknown setting "${key}"` },
        whatToWrite(issue.path, key),
      ),
    );
  }
  return [fault(issue.path, faultWords(issue), whatToWrite(issue.path, undefined))];
}

export function describeFault(fault: ConfigFault, language: keyof Bilingual): string {
  const where = fault.path === "" ? "" : `${fault.path}: `;
  return `${fault.file}:${fault.line}:${fault.column}  ${where}${fault.problem[language]}${fault.write === "" ? "" : `  → ${fault.write}`}`;
}

/** Every fault of the text, or the configuration. Pure. */
export function parseConfig(
  file: string,
  text: string,
): { readonly config: Config } | { readonly faults: readonly ConfigFault[] } {
  const lines = new LineCounter();
  const document = parseDocument(text, {
    lineCounter: lines,
    prettyErrors: false,
    uniqueKeys: true,
  });
  if (document.errors.length > 0) {
    return {
      faults: document.errors.map((error) => {
        const { line, col } = lines.linePos(error.pos[0]);
        return { file, line, column: col, path: "", problem: yamlFault(error.message), write: "" };
      }),
    };
  }
  let value: unknown;
  try {
    value = document.toJS({ maxAliasCount: 100 });
  } catch (error) {
    // An alias without its anchor, or one that grows without end: the parser finds out only here.
    return {
      faults: [
        { file, line: 1, column: 1, path: "", problem: yamlFault(String(error)), write: "" },
      ],
    };
  }
  // An empty file and one of comments only read as null.
  const parsed = configSchema.safeParse(value ?? {});
  if (parsed.success) return { config: freezeDeep(parsed.data) };
  return { faults: parsed.error.issues.flatMap((issue) => faultsOf(file, document, lines, issue)) };
}

const yamlFault = (en: string): Bilingual => ({
  ja: `YAML の書き方が正しくありません（${en}）`,
  en,
});

/** Throws CONFIG_INVALID with the first fault's place and all faults in `detail` and `detailJa`. */
export async function loadConfig(dataDir: string): Promise<Config> {
  const file = join(dataDir, "hanare.yaml");
  let text = "";
  try {
    text = await readFile(file, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") {
      throw new AppError(
        "CONFIG_INVALID",
        {
          file,
          line: 1,
          column: 1,
          detail: `${file}: ${String((error as NodeJS.ErrnoException).code)}`,
        },
        error,
      );
    }
  }
  const result = parseConfig(file, text);
  if ("config" in result) return result.config;
  const [first] = result.faults;
  throw new AppError("CONFIG_INVALID", {
    file,
    line: first?.line ?? 1,
    column: first?.column ?? 1,
    detail: result.faults.map((fault) => describeFault(fault, "en")).join("\n"),
    detailJa: result.faults.map((fault) => describeFault(fault, "ja")).join("\n"),
  });
}

/**
 * The data directory that `--data DIR` names, else HANARE_DATA, else `var` in the source tree. Always
 * absolute: helper processes run in another folder and read the same paths.
 */
export function dataDirOf(option: string | undefined): string {
  return option === undefined ? defaultDataDir() : resolve(option);
}

/** HANARE_BACKUP_PASSPHRASE; undefined when it is not set, or empty. */
export function backupPassphrase(
  env: Readonly<Record<string, string | undefined>> = process.env,
): string | undefined {
  return env["HANARE_BACKUP_PASSPHRASE"] || undefined;
}

/** HANARE_DATA, else `var` in the source tree. */
export function defaultDataDir(
  env: Readonly<Record<string, string | undefined>> = process.env,
): string {
  const named = env["HANARE_DATA"];
  if (named !== undefined && named !== "") return resolve(named);
  return join(dirname(dirname(dirname(fileURLToPath(import.meta.url)))), "var");
}
