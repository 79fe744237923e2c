/** What my groups may do in the isolated browser, before one tries. */
import type { MyRights } from "../../http/rights-contract.ts";
import { useText } from "../base/language.ts";
import { useLoad } from "../base/use-load.ts";
import { LoadView } from "../ui/load-view.tsx";
import { Card } from "../ui/page-shell.tsx";
import { RightsList } from "../ui/rights-list.tsx";

export function MyRightsCard(): React.JSX.Element {
  const t = useText();
  const { loaded, reload } = useLoad<MyRights>("/api/rights");
  return (
    <Card className="p-8">
      <h2 className="text-std-20B-150">{t("rights.mine")}</h2>
      <LoadView loaded={loaded} onRetry={reload}>
        {({ groups, rights }) => (
          <>
            <p className="mt-1 mb-3 text-[0.9375rem] text-muted">
              {groups.length === 0
                ? t("rights.noGroups")
                : t("rights.groups", { groups: groups.join("、") })}
            </p>
            <RightsList rights={rights} />
          </>
        )}
      </LoadView>
    </Card>
  );
}
