/**
 * A portal that really listens on https, with real SQLite, identity and audit. Sessions and files are
 * recording stand-ins of their interfaces: these tests are about who reaches them, not what they do.
 */
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import type { IncomingHttpHeaders } from "node:http";
import { Agent, type RequestOptions, request } from "node:https";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { DatabaseSync } from "node:sqlite";
import { type Duplex, Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import type { FastifyInstance } from "fastify";
import { pino } from "pino";
import { exportAudit } from "../../../orchestrator/audit/export.ts";
import { loadSigningKey } from "../../../orchestrator/audit/keys.ts";
import { queryAudit } from "../../../orchestrator/audit/query.ts";
import { createAuditWriter } from "../../../orchestrator/audit/writer.ts";
import { AppError } from "../../../orchestrator/base/errors.ts";
import {
  type DownloadId,
  newDownloadId,
  newSessionId,
  type SessionId,
  type UserId,
} from "../../../orchestrator/base/ids.ts";
import { defaultDataDir } from "../../../orchestrator/config/load.ts";
import { configSchema } from "../../../orchestrator/config/schema.ts";
import {
  type ApprovalSource,
  ApprovalDesk,
} from "../../../orchestrator/downloads/approvals/desk.ts";
import type { AwaitingApproval } from "../../../orchestrator/downloads/approvals/types.ts";
import { approvable, awaitingApproval } from "../../../orchestrator/downloads/awaiting-approval.ts";
import { afterVerdict, newDownload } from "../../../orchestrator/downloads/download.ts";
import { FileHistory } from "../../../orchestrator/downloads/history.ts";
import { KeptFiles } from "../../../orchestrator/downloads/kept-files.ts";
import { makeManifest } from "../../../orchestrator/downloads/manifest.ts";
import { Quarantine } from "../../../orchestrator/downloads/quarantine.ts";
import type { DownloadView, FileDesk } from "../../../orchestrator/downloads/types.ts";
import { verifyLink } from "../../../proxy/terminal/address-link.ts";
import { Feeds } from "../../../orchestrator/egress/feeds/feeds.ts";
import type { HttpDeps } from "../../../orchestrator/http/deps.ts";
import { answerRaw } from "../../../orchestrator/http/raw-answer.ts";
import { createAdminServer, createHttpServer } from "../../../orchestrator/http/server.ts";
import { identitySettings, quickHashing, sealKey } from "../../support/identity.ts";
import { overviewOf } from "../../support/overview.ts";
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
import type { SessionService, SessionView } from "../../../orchestrator/sessions/types.ts";
import { openDatabase } from "../../../orchestrator/store/database.ts";
import { startPolicyDesk } from "./portal-policy.ts";
import { assertAsDocumented } from "../../support/as-documented.ts";
import { makeTestCertificate } from "../../support/tls.ts";

/** What links to `/go` are signed with here. */
export const linkKey = Buffer.alloc(32, 7);

/** Groups of people who are made later, by their names. */
export const sections = new Map<string, readonly string[]>();

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
  /** The body as JSON. */
  json(): Record<string, unknown>;
}

export interface Ended {
  readonly id: SessionId;
  readonly reason: string;
  readonly message: string | undefined;
}

export interface Portal extends AsyncDisposable {
  readonly data: string;
  readonly origin: string;
  /** PEM; for a browser that is to trust it. */
  readonly certificate: string;
  readonly adminSocket: string;
  readonly identity: Identity;
  readonly database: DatabaseSync;
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

export interface SendOptions {
  readonly cookie?: string;
  readonly body?: unknown;
  /** Replaces the headers our own page would send; undefined takes one away. */
  readonly headers?: Record<string, string | undefined>;
  readonly rawBody?: string;
}

export interface PortalOptions extends Partial<IdentitySettings> {
  /** The pages that the set-up built, in place of a stand-in. */
  readonly pages?: true;
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
  });
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
      ...{ database, audit, refusals, policyDesk, prepared, now: clock },
      limits: configSchema.parse({}).requests,
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
      accountById: (id) => identity.list().find((account) => account.id === id),
      accountByName: (name) => identity.list().find((account) => account.name === name),
    });
  const approvals = await startApprovals();
  const deps: HttpDeps = {
    approvals,
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
    auditTrail: {
      query: (query) => queryAudit(database, query),
      exportCsv: (query, language) => exportAudit(database, query, language),
    },
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
    reconcile: () => Promise.resolve({ orphans: 0, lost: 0 }),
    openSessionMs: 5000,
  };
  const tls = await makeTestCertificate();
  const portal = createHttpServer({ ...deps, tls, webDist, extension: () => undefined });
  portal.server.on("upgrade", (request, socket) => {
    const grant = authorizeUpgrade(request, { identity, sessions });
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
  const client = httpsClient(portal, tls.cert);

  const result: Portal = {
    data,
    certificate: tls.cert,
    adminSocket,
    identity,
    database,
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
      await portal.close();
      await admin.close();
      requests[Symbol.dispose]();
      await feeds[Symbol.asyncDispose]();
      approvals[Symbol.dispose]();
      await held.quarantine[Symbol.asyncDispose]();
      await policyDesk[Symbol.asyncDispose]();
      await policyWatch[Symbol.asyncDispose]();
      audit[Symbol.dispose]();
      database.close();
      rmSync(data, { recursive: true });
    },
  };
  return result;
}

function standInPages(webDist: string): void {
  mkdirSync(join(webDist, "assets"), { recursive: true });
  writeFileSync(join(webDist, "index.html"), "<!doctype html><title>Hanare</title>");
  writeFileSync(join(webDist, "assets", "app-1a2b3c4d.js"), "export {};");
}

/** What a browser would send back of the Set-Cookie header. */
export function cookieOf(answer: Answer): string {
  const [header] = answer.headers["set-cookie"] ?? [];
  const pair = header?.split(";")[0];
  if (pair === undefined) throw new Error(`no cookie: ${answer.status} ${answer.body.toString()}`);
  return pair;
}

function httpsClient(portal: FastifyInstance, ca: string) {
  const { port } = portal.server.address() as AddressInfo;
  const origin = `https://127.0.0.1:${port}`;
  const agent = new Agent({ ca, keepAlive: true });
  const base: RequestOptions = { host: "127.0.0.1", port, agent };
  return {
    origin,
    agent,
    async send(method: string, path: string, options: SendOptions = {}): Promise<Answer> {
      const payload =
        options.rawBody ?? (options.body === undefined ? "" : JSON.stringify(options.body));
      const headers = definedOf({
        origin: method === "GET" ? undefined : origin,
        "sec-fetch-site": "same-origin",
        cookie: options.cookie,
        "content-type": payload === "" ? undefined : "application/json",
        "content-length": payload === "" ? undefined : String(Buffer.byteLength(payload)),
        ...options.headers,
      });
      const { promise, resolve, reject } = Promise.withResolvers<Answer>();
      const call = request({ ...base, method, path, headers }, (response) => {
        buffer(response).then(
          (body) => resolve(answerOf(response.statusCode, response.headers, body)),
          reject,
        );
      });
      call.on("error", reject).end(payload);
      const answer = await promise;
      assertAsDocumented(method, path, answer);
      return answer;
    },
    async upgrade(path: string, more: Record<string, string> = {}): Promise<Answer> {
      const { answer, socket } = await upgradeCall(path, more);
      socket?.destroy();
      return answer;
    },
    async viewer(path: string, cookie: string): Promise<Duplex> {
      const { answer, socket } = await upgradeCall(path, { cookie });
      if (!socket) throw new Error(`no upgrade: ${answer.status}`);
      return socket;
    },
  };

  function upgradeCall(
    path: string,
    more: Record<string, string>,
  ): Promise<{ answer: Answer; socket?: Duplex }> {
    const headers = {
      connection: "Upgrade",
      upgrade: "websocket",
      "sec-websocket-version": "13",
      "sec-websocket-key": "dGhlIHNhbXBsZSBub25jZQ==",
      origin,
      ...more,
    };
    const { promise, resolve, reject } = Promise.withResolvers<{
      answer: Answer;
      socket?: Duplex;
    }>();
    const call = request({ ...base, agent: false, ca, path, headers });
    call.on("upgrade", (response, socket) => {
      socket.on("error", () => socket.destroy());
      const answer = answerOf(response.statusCode, response.headers, Buffer.alloc(0));
      resolve({ answer, socket });
    });
    call.on("response", (response) => {
      buffer(response).then(
        (body) => resolve({ answer: answerOf(response.statusCode, response.headers, body) }),
        reject,
      );
    });
    call.on("error", reject).end();
    return promise;
  }
}

function definedOf(headers: Record<string, string | undefined>): Record<string, string> {
  const given = Object.entries(headers).filter(
    (each): each is [string, string] => each[1] !== undefined,
  );
  return Object.fromEntries(given);
}

function answerOf(status: number | undefined, headers: IncomingHttpHeaders, body: Buffer): Answer {
  const json = () => JSON.parse(body.toString()) as Record<string, unknown>;
  return { status: status ?? 0, headers, body, json };
}

/** Keeps sessions in a map, opens no browser, notes what was ended and why. */
function recordingSessions(ended: Ended[]): SessionService {
  const all = new Map<SessionId, SessionView>();
  const currentOf = (ownerId: UserId) =>
    [...all.values()].find((view) => view.ownerId === ownerId && view.state === "active");
  return {
    open(person, from) {
      const view: SessionView = currentOf(person.id) ?? {
        id: newSessionId(),
        state: "active",
        ownerId: person.id,
        ownerName: person.name,
        terminal: from.terminal,
        createdAt: "2026-04-01T00:00:00.000Z",
        claimedAt: "2026-04-01T00:00:00.000Z",
        expiresAt: "2026-04-01T10:00:00.000Z",
        idleMinutes: 30,
        endReason: null,
        warm: false,
      };
      all.set(view.id, view);
      return Promise.resolve(view);
    },
    find: (id) => all.get(id),
    current: currentOf,
    list: () => [...all.values()].filter(({ state }) => state !== "deleted"),
    end(id, reason, message) {
      const view = all.get(id);
      if (view) all.set(id, { ...view, state: "deleted", endReason: reason });
      ended.push({ id, reason, message });
      return Promise.resolve();
    },
  };
}

/** Holds finished files in memory; takes none in. */
function recordingFiles() {
  const all = new Map<DownloadId, { view: DownloadView; ownerId: UserId; content: string }>();
  const released: DownloadId[] = [];
  const desk: FileDesk = {
    receive: () => Promise.reject(new Error("these tests receive nothing")),
    draw: () => Promise.resolve(undefined),
    inspectUpload: () => Promise.reject(new Error("no uploads here")),
    list: () => [],
    find: (id) => all.get(id),
    release(id) {
      const found = all.get(id);
      if (!found) return Promise.reject(new AppError("NOT_FOUND"));
      if (!found.view.releasable) return Promise.reject(new AppError("FILE_NOT_RELEASED"));
      released.push(id);
      return Promise.resolve({
        name: found.view.name,
        mediaType: "application/pdf",
        sizeBytes: Buffer.byteLength(found.content),
        bytes: Readable.from([found.content], { objectMode: false }),
      });
    },
    unlock: (id) => Promise.reject(new AppError("FILE_NOT_WAITING", { download: id })),
    manifest: () => undefined,
    search: () => [],
    record: () => undefined,
    recordedManifest: () => undefined,
    onChange: () => () => undefined,
    endSession: () => Promise.resolve(),
  };
  const add = (ownerId: UserId, name: string, content: string): DownloadId => {
    const id = newDownloadId();
    const view: DownloadView = {
      id,
      sessionId: newSessionId(),
      name,
      sizeBytes: content.length,
      stage: "done",
      verdict: content === "" ? "blocked" : "sanitized",
      removed: [],
      messageJa: "",
      messageEn: "",
      releasable: content !== "",
      receivedAt: "2026-04-01T00:00:00.000Z",
    };
    all.set(id, { view, ownerId, content });
    return id;
  };
  return { desk, released, add };
}

/** Sealed files in a real quarantine and their records in the real history, without a desk around them. */
async function heldFiles(
  dir: string,
  database: DatabaseSync,
  addFile: (ownerId: UserId, name: string, content: string) => DownloadId,
) {
  const quarantine = await Quarantine.open(dir);
  const history = new FileHistory(database);
  const held = new Map<DownloadId, { ownerId: UserId; awaiting: AwaitingApproval }>();
  const source: ApprovalSource = {
    quarantine,
    forApproval(id, ownerId) {
      const found = held.get(id);
      if (found === undefined) throw new AppError("FILE_NOT_FOR_APPROVAL");
      if (found.ownerId !== ownerId) throw new AppError("NOT_FOUND");
      return found.awaiting;
    },
    settled: () => undefined,
    async handedOver(id) {
      const found = held.get(id);
      held.delete(id);
      if (found) await quarantine.drop(found.awaiting.file);
    },
  };
  return {
    quarantine,
    source,
    records: {
      search: (query) => history.search(query),
      record: (id) => history.find(id),
      recordedManifest: (id) => history.manifest(id),
    } satisfies Partial<FileDesk>,
    async add(
      { id: ownerId, name: ownerName }: { readonly id: UserId; readonly name: string },
      content: string,
    ): Promise<DownloadId> {
      const id = addFile(ownerId, "計画.jtd", "");
      const signal = new AbortController().signal;
      const bytes = Buffer.from(content);
      const file = await quarantine.store(Readable.from([bytes]), bytes.length, signal);
      const args = {
        ...{ sessionId: newSessionId(), ownerId, ownerName, sizeBytes: bytes.length },
        ...{ untrustedName: "計画.jtd", untrustedUrl: "https://example.jp/a.jtd" },
      };
      const download = { ...newDownload(id, args), original: file };
      const inspected = {
        decision: { verdict: "needs_approval", reason: "no-engine" },
        ...{ released: undefined, result: undefined },
      } as const;
      const view = { ...afterVerdict(download.view, inspected), contentType: "jtd" };
      const manifest = makeManifest({
        ...{ download, view, inspected, scanner: undefined },
        ...{ startedMs: 0, nowMs: Date.parse("2026-04-01T00:00:00Z"), maxBytes: 1000 },
      });
      history.put({ ...download, manifest }, view, manifest, 0);
      const awaiting = awaitingApproval({
        ...download,
        manifest,
        view: { ...view, ...approvable(download, view) },
      });
      if (awaiting === undefined) throw new Error("cannot be asked for");
      held.set(id, { ownerId, awaiting });
      return id;
    },
  };
}

const overview = overviewOf();
