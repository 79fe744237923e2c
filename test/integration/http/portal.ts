/**
 * A portal that really listens on https, with real SQLite, identity and audit. Sessions and files are
 * recording stand-ins of their interfaces: these tests are about who reaches them, not what they do.
 */
import { readHead } from "../../../orchestrator/audit/tables.ts";
import { Outbox } from "../../../orchestrator/notices/outbox.ts";
import { Notices } from "../../../orchestrator/notices/notices.ts";
import { decidersOf, recordsBetween } from "../../../orchestrator/start/notices.ts";
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { DatabaseSync } from "node:sqlite";
import { type Duplex } from "node:stream";
import { pino } from "pino";
import { loadSigningKey } from "../../../orchestrator/audit/keys.ts";
import type { AuditLog } from "../../../orchestrator/audit/events.ts";
import { createTrail } from "../../../orchestrator/audit/trail.ts";
import { createAuditWriter } from "../../../orchestrator/audit/writer.ts";
import { AppError } from "../../../orchestrator/base/errors.ts";
import { type DownloadId, type UserId } from "../../../orchestrator/base/ids.ts";
import { defaultDataDir } from "../../../orchestrator/config/load.ts";
import { configSchema } from "../../../orchestrator/config/schema.ts";
import { ApprovalDesk } from "../../../orchestrator/downloads/approvals/desk.ts";
import { SaveLinks } from "../../../orchestrator/downloads/release/save-links.ts";
import { KeptFiles } from "../../../orchestrator/downloads/quarantine/kept-files.ts";
import { verifyLink } from "../../../proxy/terminal/address-link.ts";
import { Feeds } from "../../../orchestrator/egress/feeds/feeds.ts";
import type { HttpDeps } from "../../../orchestrator/http/deps.ts";
import { type Rates, RequestRate, rates } from "../../../orchestrator/http/request-rate.ts";
import { createHealth } from "../../../orchestrator/doctor/health.ts";
import { answerRaw } from "../../../orchestrator/http/raw-answer.ts";
import { createAdminServer, createHttpServer } from "../../../orchestrator/http/server.ts";
import { identitySettings, quickHashing, sealKey } from "../../support/identity.ts";
import { overviewOf, readingOf } from "../../support/overview.ts";
import { authorizeUpgrade } from "../../../orchestrator/http/upgrade-auth.ts";
import {
  createIdentity,
  type Identity,
  type IdentitySettings,
} from "../../../orchestrator/identity/identity.ts";
import type { Role } from "../../../orchestrator/identity/types.ts";
import type { PolicyDeskService } from "../../../orchestrator/policy-desk/types.ts";
import { RequestDesk } from "../../../orchestrator/requests/desk.ts";
import { RecentRefusals } from "../../../orchestrator/requests/recent-refusals.ts";
import { createSettings } from "../../../orchestrator/settings/settings.ts";
import { createTrend } from "../../../orchestrator/trend/trend.ts";
import { SignatureStore } from "../../../orchestrator/signatures/signature-store.ts";
import { SignatureUpdater } from "../../../orchestrator/signatures/updater.ts";
import { SharedFolders } from "../../../orchestrator/shared-folders/desk.ts";
import { openDatabase } from "../../../orchestrator/store/database.ts";
import { startPolicyDesk } from "./portal-policy.ts";
import { makeTestCertificate } from "../../support/tls.ts";
import { type Answer, cookieOf, httpsClient, type SendOptions } from "./portal-client.ts";
import { heldFiles } from "./portal-held.ts";
import { type Ended, recordingFiles, recordingSessions } from "./portal-stand-ins.ts";

/** What links to `/go` are signed with here. */
export const linkKey = Buffer.alloc(32, 7);

/** Groups of people who are made later, by their names. */
export const sections = new Map<string, readonly string[]>();

export interface Portal extends AsyncDisposable {
  readonly data: string;
  readonly origin: string;
  /** PEM; for a browser that is to trust it. */
  readonly certificate: string;
  readonly adminSocket: string;
  readonly identity: Identity;
  readonly database: DatabaseSync;
  readonly audit: AuditLog;
  readonly logLines: Record<string, unknown>[];
  readonly ended: Ended[];
  readonly released: DownloadId[];
  readonly overviewFails: { value: boolean };
  /** What the proxies refused to whom. */
  readonly refusals: RecentRefusals;
  readonly requests: RequestDesk;
  /** Told of no policy: none is ever fetched. */
  readonly feeds: Feeds;
  /** A file of this person that nothing could clean, as the desk holds it while it waits for an approval. */
  addHeld(
    owner: { readonly id: UserId; readonly name: string },
    content: string,
  ): Promise<DownloadId>;
  readonly approvals: ApprovalDesk;
  /** As a restart of the server finds them. */
  restartApprovals(): Promise<ApprovalDesk>;
  readonly notices: Notices;
  readonly keptDir: string;
  /** Moves the clock of approvals alone. */
  advanceApprovals(ms: number): void;
  /** Number of the policy's version in force. */
  policyVersion(): number;
  readonly publish: PolicyDeskService["publish"];
  /** As a restart of the server finds them. */
  restartRequests(): void;
  /** The policy's folder. */
  readonly policyFolder: string;
  /** Moves the clock of identity and audit. */
  advance(ms: number): void;
  now(): number;
  addFile(ownerId: UserId, name: string, content: string): DownloadId;
  send(method: string, path: string, options?: SendOptions): Promise<Answer>;
  save(file: string, cookie: string): Promise<Answer>;
  upgrade(path: string, headers?: Record<string, string>): Promise<Answer>;
  /** The open socket of a granted upgrade. */
  viewer(path: string, cookie: string): Promise<Duplex>;
  /** Makes an account, signs it in and changes its password. */
  person(name: string, roles: readonly Role[]): Promise<SignedIn>;
}

export interface SignedIn {
  readonly id: UserId;
  readonly name: string;
  readonly cookie: string;
  readonly password: string;
}

export interface PortalOptions extends Partial<IdentitySettings> {
  /** The pages that the set-up built, in place of a stand-in. */
  readonly pages?: true;
  /** As in the product. */
  readonly rates?: Rates;
}

export async function startPortal(options: PortalOptions = {}): Promise<Portal> {
  const data = mkdtempSync(join(tmpdir(), "hanare-test-http-"));
  const webDist = join(data, "web");
  if (options.pages === true) cpSync(join(defaultDataDir(), "web"), webDist, { recursive: true });
  else standInPages(webDist);
  writeFileSync(join(data, "secret.txt"), "outside of the pages");

  let now = Date.parse("2026-04-01T00:00:00Z");
  const clock = () => now;
  const database = openDatabase(join(data, "hanare.db"));
  const audit = createAuditWriter({
    database,
    now: clock,
    signingKey: loadSigningKey(join(data, "keys")),
    sectionOf: (userId) => identity.groupsOf(userId)[0],
  });
  const trail = createTrail({ path: join(data, "hanare.db"), folder: join(data, "audit-index") });
  const identity = createIdentity({
    database,
    settings: identitySettings(options),
    sealKey,
    now: clock,
    hashing: quickHashing,
  });
  const ended: Ended[] = [];
  const sessions = recordingSessions(ended);
  const files = recordingFiles();
  const logLines: Record<string, unknown>[] = [];
  const log = pino(
    { level: "debug" },
    { write: (line: string) => void logLines.push(JSON.parse(line) as Record<string, unknown>) },
  );
  const overviewFails = { value: false };
  const {
    desk: policyDesk,
    watch: policyWatch,
    prepared,
  } = await startPolicyDesk({
    data,
    database,
    audit,
    log,
    clock,
  });
  const feeds = new Feeds({
    ...{ database, audit, log, now: clock, uid: undefined, dnsServers: [], runFolder: data },
    policyFolder: join(data, "policy"),
    heldFolder: join(data, "feeds"),
    exclusively: async (work) => {
      await policyWatch.exclusively(work);
      return [];
    },
  });
  const refusals = new RecentRefusals(clock);
  const startRequests = () =>
    new RequestDesk({
      ...{ database, audit, refusals, policyDesk, prepared, log, now: clock },
      limits: () => configSchema.parse({}).requests,
    });
  const requests = startRequests();
  // People stay signed in while their requests grow old.
  const ahead = { ms: 0 };
  const held = await heldFiles(join(data, "quarantine"), database, files.add);
  const keptDir = join(data, "kept-files");
  const startApprovals = async () =>
    new ApprovalDesk({
      ...{ database, audit, log, files: held.source, now: () => clock() + ahead.ms },
      kept: await KeptFiles.open(keptDir, join(data, "keys"), database),
      limits: configSchema.parse({}).files.approval,
      accountById: (id) => identity.find(id),
      accountByName: (name) => identity.list().find((account) => account.name === name),
    });
  const approvals = await startApprovals();
  const outbox = new Outbox({
    database,
    log,
    now: clock,
    installation: "itest",
    portal: undefined,
  });
  const notices = new Notices({
    ...{ outbox, mailDomains: ["city.test"] },
    ...{
      database,
      log,
      now: clock,
      accounts: () => identity.list(),
      deciders: (id, people) => decidersOf(approvals, id, people),
    },
    newest: () => readHead(database).seq,
    records: (after, upTo) => recordsBetween(database, after, upTo),
    look: () => Promise.resolve([]),
    // Tests that are about notices follow by themselves.
    ...{ followMs: 3_600_000, lookMs: 3_600_000 },
  });
  // Of a data directory that no set-up has made: it finds what is missing there.
  const health = createHealth({
    ...{ dataDir: data, log },
    running: {
      answers: () => Promise.resolve(true),
      probe: () => Promise.resolve({ host: [], probe: null }),
      metrics: () => Promise.resolve(""),
    },
  });
  const trend = createTrend({
    ...{ now: clock, log, judged: () => ({ released: 2, held: 1, infected: 0 }) },
    look: () => Promise.resolve(standing),
  });
  await trend.sample();
  const sharedFolders = new SharedFolders({
    folders: sharedFoldersFor(data),
    mayUse: () => "all",
    ...{ database, audit, log, files: files.desk, approvals, now: clock },
  });
  const deps: HttpDeps = {
    notices,
    approvals,
    sharedFolders,
    signatures: new SignatureUpdater({
      settings: configSchema.parse({}).signatures,
      store: new SignatureStore(join(data, "signatures")),
      ...{ database, log, now: clock, random: Math.random },
      fetch: () => Promise.reject(new Error("off")),
      check: () => Promise.reject(new Error("off")),
    }),
    saveLinks: new SaveLinks(clock),
    sanitizing: {
      take: () => Promise.reject(new Error("these tests receive nothing")),
      fetch: () => Promise.reject(new AppError("NOT_FOUND")),
    },
    feeds,
    log,
    identity,
    sessions,
    files: { ...files.desk, ...held.records },
    audit,
    auditTrail: trail,
    egressMetrics: () => "",
    overview: () =>
      overviewFails.value
        ? Promise.reject(new TypeError("engine said /secret/path"))
        : Promise.resolve(overview),
    policyDesk,
    requests,
    policyStatus: () => ({ ...policyWatch.status(), feeds: feeds.status() }),
    addressOfLink: (link, terminal) => {
      const verdict = verifyLink(linkKey, link, terminal, Date.now());
      return verdict.ok ? verdict.url : undefined;
    },
    isolation: {
      read: () => Promise.resolve({ host: [], probe: null }),
      probe: () => Promise.resolve({ host: [], probe: null }),
    },
    health,
    trend,
    settings: createSettings(join(data, "hanare.yaml"), "", () => undefined),
    rights: { of: () => standardRights, named: () => ["zeimu"] },
    reconcile: () => Promise.resolve({ orphans: 0, lost: 0 }),
    openSessionMs: 5000,
  };
  const tls = await makeTestCertificate();
  // Tests sign in more often than people do.
  const often = options.rates ?? { ...rates, "sign-in": rates.terminal };
  const rate = new RequestRate(undefined, often);
  const portal = createHttpServer({ ...deps, tls, rate, webDist, extension: () => undefined });
  portal.server.on("upgrade", (request, socket) => {
    const grant = authorizeUpgrade(request, { identity, sessions, rate });
    if (grant instanceof AppError) answerRaw(socket, grant);
    else
      socket.write(
        `HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nx-granted: ${grant.person.name} ${"sessionId" in grant ? grant.sessionId : "-"} ${grant.kind}\r\n\r\n`,
      );
  });
  await portal.listen({ host: "127.0.0.1", port: 0 });
  const admin = createAdminServer(deps);
  const adminSocket = join(data, "admin.sock");
  await admin.listen({ path: adminSocket });
  const client = httpsClient((portal.server.address() as AddressInfo).port, tls.cert);

  const result: Portal = {
    data,
    certificate: tls.cert,
    adminSocket,
    identity,
    database,
    audit,
    logLines,
    ended,
    overviewFails,
    refusals,
    requests,
    feeds,
    policyVersion: () => policyDesk.history(1).current ?? 0,
    publish: (request) => policyDesk.publish(request),
    restartRequests: () => startRequests()[Symbol.dispose](),
    policyFolder: join(data, "policy"),
    ...client,
    released: files.released,
    addFile: files.add,
    addHeld: (owner, content) => held.add(owner, content),
    approvals,
    notices,
    keptDir,
    advanceApprovals: (ms) => void (ahead.ms += ms),
    restartApprovals: async () => {
      const again = await startApprovals();
      again[Symbol.dispose]();
      return again;
    },
    advance: (ms) => void (now += ms),
    now: clock,
    async person(name, roles) {
      const { user, oneTimePassword } = await identity.create({
        name,
        displayName: name,
        roles,
        groups: sections.get(name) ?? [],
      });
      const password = `${name} has a long password`;
      const changed = await identity.changePassword(user, oneTimePassword, password);
      if (changed.outcome !== "changed") throw new Error(changed.outcome);
      const answer = await client.send("POST", "/api/sign-in", { body: { name, password } });
      return { id: user.id, name, cookie: cookieOf(answer), password };
    },
    async [Symbol.asyncDispose]() {
      client.agent.destroy();
      await notices[Symbol.asyncDispose]();
      await outbox[Symbol.asyncDispose]();
      await portal.close();
      await health[Symbol.asyncDispose]();
      await trend[Symbol.asyncDispose]();
      await admin.close();
      requests[Symbol.dispose]();
      await feeds[Symbol.asyncDispose]();
      await sharedFolders[Symbol.asyncDispose]();
      approvals[Symbol.dispose]();
      await held.quarantine[Symbol.asyncDispose]();
      await policyDesk[Symbol.asyncDispose]();
      await policyWatch[Symbol.asyncDispose]();
      await trail[Symbol.asyncDispose]();
      audit[Symbol.dispose]();
      database.close();
      rmSync(data, { recursive: true });
    },
  };
  return result;
}

/** Two, and nothing is mounted where they should be. */
const sharedFoldersFor = (data: string) =>
  configSchema.parse({
    files: {
      sharedFolders: [
        { id: "kojin", name: "個人", mount: join(data, "share"), shownAs: "\\\\fs01\\hanare" },
        {
          ...{ id: "ka", name: "課", mount: join(data, "share"), shownAs: "\\\\fs01\\hanare" },
          path: "{section}",
        },
      ],
    },
  }).files.sharedFolders;

const standInPage = `<!doctype html><title>Hanare</title>
<script type="module" nonce="HANARE-NONCE" src="/assets/app-1a2b3c4d.js"></script>`;

function standInPages(webDist: string): void {
  mkdirSync(join(webDist, "assets"), { recursive: true });
  writeFileSync(join(webDist, "index.html"), standInPage);
  writeFileSync(join(webDist, "assets", "app-1a2b3c4d.js"), "export {};");
}

const overview = overviewOf();
const standing = readingOf();
const standardRights = {
  ...{ session: true, download: true, upload: false, print: false, watermark: false, rule: "none" },
  clipboard: { in: true, out: false },
};
