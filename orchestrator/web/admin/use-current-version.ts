/** Number of the policy's version in force, which an edit rests on. Null until it is known. */
import type { VersionView } from "../../http/policy-contract.ts";
import type { Act } from "../base/use-act.ts";
import { useLoad } from "../base/use-load.ts";

export function useCurrentVersion(): {
  readonly base: number | null;
  /** For the dialog of an edit: nothing is done in it but this. */
  readonly act: Pick<Act, "busy" | "error">;
  readonly reload: () => void;
} {
  const { loaded, reload } = useLoad<{ current: number | null; versions: VersionView[] }>(
    "/api/admin/policy/versions?limit=1",
  );
  return {
    base: loaded.state === "value" ? loaded.value.current : null,
    act: { busy: false, error: loaded.state === "error" ? loaded.error : null },
    reload,
  };
}
