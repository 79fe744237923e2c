/** What the routes need from the rest of Hanare: interfaces only, passed in by main. */
import type { Readable } from "node:stream";
import type { AuditLog } from "../audit/events.ts";
import type { Log } from "../base/log.ts";
import type { ApprovalService } from "../downloads/approvals/types.ts";
import type { HealthService } from "../doctor/types.ts";
import type { FileDesk, SanitizeService, SaveLinkService } from "../downloads/types.ts";
import type { Identity } from "../identity/identity.ts";
import type { NoticeService } from "../notices/types.ts";
import type { PolicyDeskService } from "../policy-desk/types.ts";
import type { IsolationService } from "../isolation/types.ts";
import type { RequestService } from "../requests/types.ts";
import type { SignatureUpdateService } from "../signatures/types.ts";
import type { SharedFolderService } from "../shared-folders/types.ts";
import type { SessionService } from "../sessions/types.ts";
import type { SettingsService } from "../settings/types.ts";
import type { TrendService } from "../trend/types.ts";
import type { AuditReport, AuditReportQuery, CsvEncoding } from "./audit-contract.ts";
import type { AuditPage, AuditQuery } from "./contract.ts";
import type { RightsSource } from "./rights-views.ts";
import type { FeedView, Overview, PolicyStatus } from "./overview-contract.ts";

/** The audit log as people read it. Each throws BAD_REQUEST for times that cannot be read. */
export interface AuditTrail {
  query(query: AuditQuery): Promise<AuditPage>;
  /** CSV; ignores the paging fields of the query. Throws at once, not in the stream. */
  exportCsv(query: AuditQuery, language: "ja" | "en", encoding: CsvEncoding): Readable;
  report(query: AuditReportQuery): Promise<AuditReport>;
  reportCsv(
    query: AuditReportQuery,
    language: "ja" | "en",
    encoding: CsvEncoding,
  ): Promise<Readable>;
  /** ECS, one JSON object per line; otherwise as `exportCsv`. */
  exportEcs(query: AuditQuery): Readable;
}

/** Lists that are fetched from outside. */
export interface FeedService {
  /** Fetches now. Throws NOT_FOUND. */
  look(name: string): Promise<FeedView>;
  /** Puts the held copy in force, exactly as it was fetched. Throws NOT_FOUND. */
  accept(name: string, by: { readonly id: string; readonly name: string }): Promise<FeedView>;
}

export interface HttpDeps {
  readonly log: Log;
  readonly identity: Identity;
  readonly sessions: SessionService;
  readonly files: FileDesk;
  readonly approvals: ApprovalService;
  readonly saveLinks: SaveLinkService;
  readonly sanitizing: SanitizeService;
  readonly notices: NoticeService;
  readonly sharedFolders: SharedFolderService;
  readonly signatures: SignatureUpdateService;
  readonly audit: AuditLog;
  readonly auditTrail: AuditTrail;
  readonly trend: TrendService;
  readonly overview: () => Promise<Overview>;
  /** What the proxies count, as Prometheus reads it. */
  readonly egressMetrics: () => string;
  /** The address of a link that the terminal plane signed for this terminal; undefined for any other. */
  readonly addressOfLink: (
    link: { readonly url: string; readonly until: string; readonly sig: string },
    terminal: string,
  ) => string | undefined;
  readonly policyDesk: PolicyDeskService;
  readonly requests: RequestService;
  readonly isolation: IsolationService;
  readonly health: HealthService;
  readonly settings: SettingsService;
  readonly rights: RightsSource;
  readonly policyStatus: () => PolicyStatus;
  readonly feeds: FeedService;
  /** Compares records and containers once; counters of what was mended. */
  readonly reconcile: () => Promise<{ readonly orphans: number; readonly lost: number }>;
  /** How long opening a session may take in all. */
  readonly openSessionMs: number;
}
