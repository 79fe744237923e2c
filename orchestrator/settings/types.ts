/** What the console shows of `hanare.yaml` and may change in it. Shapes only. */
import type { Bilingual } from "../base/bilingual.ts";

export type SettingValue = string | number | boolean | null | readonly string[];

/** Why a setting is changed on the server only. */
export const fixedReasons = [
  /** A wrong value would make this very page unreachable. */
  "reach",
  /** It is about files, sockets and user numbers of the machine. */
  "machine",
  /** Who is audited does not decide what is recorded. */
  "duty",
  /** A list of things that have parts of their own: edited in the file. */
  "list",
] as const;
export type FixedReason = (typeof fixedReasons)[number];

export interface Setting {
  /** Dotted, such as "sessions.maxTotal". */
  readonly path: string;
  readonly kind: "integer" | "number" | "boolean" | "text" | "choice" | "texts" | "list";
  readonly options: readonly string[];
  readonly minimum: number | null;
  readonly maximum: number | null;
  /** As JSON for a list of things with parts; null: none. */
  readonly standard: SettingValue;
  /** In the file; null: not written there, so the standard holds. */
  readonly written: SettingValue;
  /** A change made here holds at once; else it holds from the next start. */
  readonly live: boolean;
  /** The file says something else than what runs. */
  readonly waits: boolean;
  readonly fixed: FixedReason | null;
}

export interface SettingsFault {
  readonly line: number;
  readonly path: string;
  readonly problem: Bilingual;
  /** What would be accepted in its place. */
  readonly write: string;
}

export interface SettingsView {
  readonly file: string;
  /** Of the file's bytes: whoever changes it says which ones they saw. */
  readonly base: string;
  readonly settings: readonly Setting[];
  /** Of the file as it is; then nothing can be changed from here. */
  readonly faults: readonly SettingsFault[];
}

export interface SettingChange {
  readonly path: string;
  /** Null takes the line away: the standard holds. */
  readonly value: SettingValue;
}

export interface SettingsRequest {
  readonly base: string;
  readonly changes: readonly SettingChange[];
}

export interface SettingsTrial {
  /** Lines that change, as they are and as they would be. */
  readonly before: readonly string[];
  readonly after: readonly string[];
  readonly faults: readonly SettingsFault[];
}

/** What a setting was and is, as JSON. */
export interface SettingChanged {
  readonly path: string;
  readonly before: string;
  readonly after: string;
}

export interface SettingsService {
  read(): Promise<SettingsView>;
  /** Throws SETTINGS_CHANGED, SETTING_FIXED, SETTINGS_NOT_EDITABLE. */
  try(request: SettingsRequest): Promise<SettingsTrial>;
  /**
   * Writes the file. Throws as `try`, and SETTINGS_INVALID when it would have faults.
   * @param record told before anything is written; when it throws, nothing is
   */
  save(
    request: SettingsRequest,
    record: (changed: readonly SettingChanged[]) => void,
  ): Promise<SettingsView>;
}
