/** The numbers of the administrator's first page, gathered from the services when asked. */
import type { RunningFileDesk } from "./downloads/desk/desk.ts";
import type { FeedView, Overview, PolicyStatus } from "./http/overview-contract.ts";
import { toSignatureUpdate } from "./http/signature-contract.ts";
import type { SignatureUpdateView } from "./signatures/types.ts";
import type { EngineWatch } from "./sessions/watch-engine.ts";
import type { Sessions } from "./sessions/service.ts";
import type { SettingsService, SettingsView } from "./settings/types.ts";
import type { HostState } from "./trend/types.ts";
import type { SessionState } from "./sessions/types.ts";

export interface OverviewParts {
  readonly sessions: Pick<Sessions, "list" | "capacity">;
  readonly limit: number;
  readonly watch: Pick<EngineWatch, "latest">;
  readonly egress: { status(): Overview["proxy"]; restarts(): number };
  readonly files: Pick<RunningFileDesk, "scannerFaults" | "scannerStatus">;
  readonly policyStatus: () => PolicyStatus;
  readonly host: () => HostState | null;
  readonly signatureUpdate: () => SignatureUpdateView;
  readonly settings: Pick<SettingsService, "read">;
}

export function makeOverview({
  sessions,
  limit,
  watch,
  egress,
  files,
  policyStatus,
  host,
  signatureUpdate,
  settings,
}: OverviewParts): () => Promise<Overview> {
  return async () => {
    const states = sessions.list().map((each) => each.state);
    const scanner = await files.scannerStatus();
    const count = (state: SessionState) => states.filter((each) => each === state).length;
    return {
      sessions: {
        active: count("active"),
        ready: count("ready"),
        creating: count("creating"),
        closing: count("closing"),
        stuck: count("stuck"),
      },
      limit,
      capacity: sessions.capacity(),
      orphans: watch.latest.orphans,
      host: host(),
      proxy: egress.status(),
      scanner: scanner.available ? "up" : "down",
      restarts: { proxy: egress.restarts(), clamd: files.scannerFaults() },
      signatures: {
        names: scanner.databases.map((each) => each.name),
        builtAt: scanner.builtAt?.toISOString() ?? null,
        isOld: scanner.isOld,
        count: scanner.available ? scanner.signatures : null,
      },
      signaturesAreShippedOnly: scanner.shippedOnly,
      signatureUpdate: toSignatureUpdate(signatureUpdate()),
      policy: policyNotes(policyStatus()),
      settings: settingsNotes(await settings.read()),
    };
  };
}

const settingsNotes = ({ settings, faults }: SettingsView): Overview["settings"] => ({
  waiting: settings.filter(({ waits }) => waits).length,
  faults: faults.length,
});

function policyNotes({ problems, expired, feeds }: PolicyStatus): Overview["policy"] {
  const countFeeds = (fits: (feed: FeedView) => boolean) => feeds.filter(fits).length;
  return {
    problems: problems.length,
    expired: expired.reduce((sum, { count }) => sum + count, 0),
    feedsHeld: countFeeds(({ held }) => held !== null),
    feedsFailing: countFeeds(({ failures, held }) => failures > 0 && held === null),
    feedsOld: countFeeds(({ isOld }) => isOld),
  };
}
