/**
 * Reads and changes `hanare.yaml` for the console. A file that would not start is never written. Settings that are
 * live hold as soon as they are written from here, all others from the next start. One change at a time; written
 * beside and renamed.
 */
import { createHash } from "node:crypto";
import { open, readFile, realpath, rename, rm, stat } from "node:fs/promises";
import { parseDocument } from "yaml";
import { AppError } from "../base/errors.ts";
import { Mutex } from "../base/mutex.ts";
import { type ConfigFault, parseConfig } from "../config/load.ts";
import type { Config } from "../config/schema.ts";
import { editSetting, treeOf } from "./edit-setting.ts";
import { listSettings, valueOf } from "./list-settings.ts";
import type {
  SettingsFault,
  SettingsRequest,
  SettingsService,
  SettingsTrial,
  SettingsView,
} from "./types.ts";

const known = listSettings();

/**
 * @param started text of the file that this process started with
 * @param apply takes what is live into force, of a configuration without faults
 */
export function createSettings(
  file: string,
  started: string,
  apply: (config: Config) => void,
): SettingsService {
  const turn = new Mutex();
  const inForce = { atStart: new Written(started), live: new Written(started) };
  const read = async (): Promise<SettingsView> => viewOf(file, inForce, await textOf(file));
  return {
    read,
    try: async (request) => trialOf(file, await textOf(file), request),
    save: (request, record) =>
      turn.run(async () => {
        const text = await textOf(file);
        const { faults } = trialOf(file, text, request);
        if (faults[0] !== undefined)
          throw new AppError("SETTINGS_INVALID", { detail: faults[0].problem.en });
        const next = edited(text, request);
        const [before, after] = [new Written(text), new Written(next)];
        const said = (written: Written, path: string) => JSON.stringify(written.at(path));
        record(
          request.changes.map(({ path }) => ({
            ...{ path, before: said(before, path), after: said(after, path) },
          })),
        );
        await write(file, next);
        const result = parseConfig(file, next);
        if ("config" in result) {
          apply(result.config);
          inForce.live = after;
        }
        return read();
      }),
  };
}

/** A file that is absent is a working configuration. */
export async function textOf(file: string): Promise<string> {
  try {
    return await readFile(file, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return "";
    throw error;
  }
}

const baseOf = (text: string): string => createHash("sha256").update(text).digest("hex");

/** What a text says at a path; null where it says nothing. */
class Written {
  readonly #tree: unknown;

  constructor(text: string) {
    this.#tree = treeOf(parseDocument(text)) ?? {};
  }

  at(path: string): ReturnType<typeof valueOf> {
    const found = path
      .split(".")
      .reduce<unknown>(
        (at, key) =>
          typeof at === "object" && at !== null && Object.hasOwn(at, key)
            ? (at as Record<string, unknown>)[key]
            : undefined,
        this.#tree,
      );
    return valueOf(found);
  }
}

interface InForce {
  readonly atStart: Written;
  live: Written;
}

function viewOf(file: string, { atStart, live }: InForce, text: string): SettingsView {
  const now = new Written(text);
  return {
    file,
    base: baseOf(text),
    faults: faultsOf(file, text),
    settings: known.map((setting) => {
      const written = now.at(setting.path);
      const held = (value: typeof written) => JSON.stringify(value ?? setting.standard);
      const running = (setting.live ? live : atStart).at(setting.path);
      return { ...setting, written, waits: held(written) !== held(running) };
    }),
  };
}

function faultsOf(file: string, text: string): SettingsFault[] {
  const result = parseConfig(file, text);
  const short = ({ line, path, problem, write }: ConfigFault) => ({ line, path, problem, write });
  return "faults" in result ? result.faults.map(short) : [];
}

function trialOf(file: string, text: string, request: SettingsRequest): SettingsTrial {
  if (request.base !== baseOf(text)) throw new AppError("SETTINGS_CHANGED");
  const next = edited(text, request);
  return { ...changedLines(text, next), faults: faultsOf(file, next) };
}

function edited(text: string, { changes }: SettingsRequest): string {
  return changes.reduce((before, { path, value }) => {
    const setting = known.find((each) => each.path === path);
    if (setting === undefined || setting.fixed !== null)
      throw new AppError("SETTING_FIXED", { path });
    const after = editSetting(before, path.split("."), value);
    if (after === undefined) throw new AppError("SETTINGS_NOT_EDITABLE", { path });
    return after;
  }, text);
}

/** Lines that only one of the texts has, by the longest common subsequence: the file has some hundred lines. */
function changedLines(before: string, after: string): Pick<SettingsTrial, "after" | "before"> {
  const [old, fresh] = [before.split("\n"), after.split("\n")];
  const longest = Array.from({ length: old.length + 1 }, () =>
    new Array<number>(fresh.length + 1).fill(0),
  );
  const lengthAt = (i: number, j: number) => longest[i]?.[j] ?? 0;
  for (let i = old.length - 1; i >= 0; i -= 1)
    for (let j = fresh.length - 1; j >= 0; j -= 1) {
      const row = longest[i];
      if (row)
        row[j] =
          old[i] === fresh[j]
            ? lengthAt(i + 1, j + 1) + 1
            : Math.max(lengthAt(i + 1, j), lengthAt(i, j + 1));
    }
  const gone: string[] = [];
  const come: string[] = [];
  for (let i = 0, j = 0; i < old.length || j < fresh.length; ) {
    if (i < old.length && j < fresh.length && old[i] === fresh[j]) {
      i += 1;
      j += 1;
    } else if (j >= fresh.length || (i < old.length && lengthAt(i + 1, j) >= lengthAt(i, j + 1))) {
      gone.push(old[i] ?? "");
      i += 1;
    } else {
      come.push(fresh[j] ?? "");
      j += 1;
    }
  }
  return { before: gone, after: come };
}

/** On disk before it takes the place of the old one, whose mode it keeps. */
async function write(named: string, text: string): Promise<void> {
  // A link to where the site keeps its files stays one.
  const file = await realpath(named).catch(() => named);
  const mode = await stat(file).then(
    (found) => found.mode & 0o777,
    () => 0o600,
  );
  const fresh = `${file}.new`;
  try {
    await rm(fresh, { force: true });
    const handle = await open(fresh, "wx", mode);
    try {
      await handle.writeFile(text);
      await handle.chmod(mode);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(fresh, file);
  } finally {
    await rm(fresh, { force: true });
  }
}
