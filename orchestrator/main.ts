/**
 * Wiring only: configuration → stores → services → listeners, started in this order and stopped in
 * reverse. Nothing here decides anything.
 */
import { randomBytes, randomUUID } from "node:crypto";
import { readFile, rm } from "node:fs/promises";
import type { AddressInfo } from "node:net";
import { join, resolve } from "node:path";
import { verifyLink } from "../proxy/terminal/address-link.ts";
import { nothing, type Rights, rightsFor } from "../policies/rights.ts";
import { startPractice } from "../practice/supervise.ts";
import { openRun } from "./audit/run.ts";
import { finishRestore } from "./backup/put-in-place.ts";
import { createTrail } from "./audit/trail.ts";
import { deadline } from "./base/deadline.ts";
import type { SessionId } from "./base/ids.ts";
import { createLog } from "./base/log.ts";
import { claimInstallation } from "./base/only-one.ts";
import { removeTree } from "./base/remove-tree.ts";
import { loadInstallation } from "./config/installation.ts";
import { engineSocket } from "./config/engine-socket.ts";
import { loadConfig } from "./config/load.ts";
import { makePaths, type Paths } from "./config/paths.ts";
import type { Config } from "./config/schema.ts";
import { type ExtensionPackage, makeExtension } from "./extension/package.ts";
import { createHealth } from "./doctor/health.ts";
import { SaveLinks } from "./downloads/release/save-links.ts";
import { Sanitizing } from "./downloads/sanitizing.ts";
import { createFileDesk } from "./downloads/file-desk.ts";
import { SharedFolders } from "./shared-folders/desk.ts";
import { SignatureStore } from "./signatures/signature-store.ts";
import { endFormerProxy } from "./egress/former-proxy.ts";
import { egressMetricsText } from "./egress/metrics-text.ts";
import { listenSettings } from "./egress/listen-settings.ts";
import { readParentSecrets } from "./egress/parent-secrets.ts";
import { TerminalPlaneSupervisor } from "./egress/terminal-plane.ts";
import { createEgressSupervisor } from "./egress/supervisor.ts";
import { createEngineClient } from "./engine/client.ts";
import { resolveAddress } from "./gateway/address.ts";
import { Gateway } from "./gateway/gateway.ts";
import type { HttpDeps } from "./http/deps.ts";
import { errorBodyOfError, toAppError } from "./http/error-map.ts";
import { RequestRate } from "./http/request-rate.ts";
import { answerRaw } from "./http/raw-answer.ts";
import { createAdminServer, createHttpServer } from "./http/server.ts";
import { authorizeUpgrade } from "./http/upgrade-auth.ts";
import { createIdentity } from "./identity/identity.ts";
import { loadSealKey } from "./identity/seal.ts";
import { createIsolation } from "./isolation/isolation.ts";
import { makeOverview } from "./overview.ts";
import { chromiumPolicyText } from "./sessions/chromium-policy.ts";
import { makeReconcile } from "./sessions/reconcile.ts";
import { Sessions } from "./sessions/service.ts";
import { SessionStore } from "./sessions/store.ts";
import { watchEngine } from "./sessions/watch-engine.ts";
import { watchWithdrawal } from "./sessions/withdraw.ts";
import { startApprovals } from "./start/approvals.ts";
import { startAudit } from "./start/audit.ts";
import { startForward } from "./start/forward.ts";
import { startNotices } from "./start/notices.ts";
import { type InForce, startPolicy } from "./start/policy.ts";
import { startRequests } from "./start/requests.ts";
import { makeRunDirectories } from "./start/run-directories.ts";
import { startSignatures } from "./start/signatures.ts";
import { startSigner } from "./start/signer.ts";
import { startTerminals } from "./start/terminals.ts";
import { liveSessionLimits } from "./settings/list-settings.ts";
import { createSettings, textOf } from "./settings/settings.ts";
import { startTrend } from "./start/trend.ts";
import { openDatabase } from "./store/database.ts";

export interface HanareOptions {
  readonly dataDir: string;
  /** Where sockets live; another root only for tests. */
  readonly runRoot?: string;
}

export interface RunningHanare extends AsyncDisposable {
  readonly port: number;
  readonly config: Config;
  readonly paths: Paths;
  readonly sessions: Sessions;
  /** Undefined when the configuration has it off. */
  readonly terminals: TerminalPlaneSupervisor | undefined;
}

const signerStartMs = 15_000;

/** Starts everything; when a part fails, what was started is stopped again and the error is rethrown. */
export async function startHanare(options: HanareOptions): Promise<RunningHanare> {
  await using stack = new AsyncDisposableStack();
  await finishRestore(options.dataDir);
  const started = await textOf(join(options.dataDir, "hanare.yaml"));
  const config = await loadConfig(options.dataDir);
  const { id: installation, images } = await loadInstallation(options.dataDir);
  const paths = makePaths(options.dataDir, installation, options.runRoot);
  const log = createLog(
    config.log.level,
    config.log.file === "stderr" ? undefined : resolve(paths.data, config.log.file),
  );
  stack.use(await claimInstallation(installation));
  const engine = createEngineClient(installation, engineSocket(config.engine.socket));
  await engine.ping();
  const isolation = createIsolation({
    installation,
    engine,
    limits: config.sessions,
    image: images.browser,
    run: paths.run,
    proxyUid: config.proxy.uid,
    log,
  });
  await isolation.assertHost();

  // While it holds sessions that a former process left, a start that fails leaves it to the next one.
  const run = { isOurs: false };
  stack.defer(async () => {
    if (run.isOurs) await removeTree(paths.run);
  });
  await makeRunDirectories(paths, config);
  if (await endFormerProxy(paths.proxyToken))
    log.warn({ event: "former-proxy", outcome: "success", reason: "killed" });

  const database = openDatabase(paths.database);
  stack.defer(() => database.close());
  const now = () => Date.now();
  const identity = createIdentity({
    ...{ database, settings: config.identity, now },
    sealKey: loadSealKey(paths.keys),
  });
  const audit = stack.use(
    startAudit(database, paths, log, (id) => identity.groupsOf(id), config.audit),
  );
  startForward(stack, database, paths, config.audit.forward, log);
  stack.use(openRun(database, audit));
  const signer = stack.use(startSigner(config, paths, { log, audit }));
  const authorities = await signer.authorities(deadline(signerStartMs, "signer start"));
  const egress = stack.use(
    createEgressSupervisor({
      log,
      signerSocket: paths.signerSockets.session,
      uid: config.proxy.uid,
      dnsServers: config.proxy.dnsServers,
      limits: config.proxy.limits,
      tokenFile: paths.proxyToken,
      listFolder: paths.listSnapshots,
      internalOrigins: config.practice.enabled
        ? [{ host: config.practice.host, socketPath: paths.practiceSocket }]
        : [],
    }),
  );
  /** What settings.live says of a setting is true because it is read from here. */
  let live = config;
  const limits = { ...config.sessions };
  const settings = createSettings(paths.config, started, (changed) => {
    live = changed;
    log.level = changed.log.level;
    for (const name of liveSessionLimits) limits[name] = changed.sessions[name];
  });
  const linkKey = randomBytes(32);
  const inForce: InForce = {};
  const { policy, policyDesk, feeds, decisions } = await startPolicy(stack, {
    ...{ config, paths, database, identity, audit, egress, log, now, inForce },
  });
  if (config.practice.enabled) {
    stack.use(
      await startPractice({
        socketPath: paths.practiceSocket,
        host: config.practice.host,
        uid: config.practice.uid,
        log,
      }),
    );
  }
  const signatures = new SignatureStore(paths.signatures);
  await signatures.prepare();
  const files = stack.use(
    await createFileDesk({
      engine,
      installation,
      paths,
      signatures,
      config: config.files,
      imageRefs: images,
      audit,
      database,
      log,
    }),
  );

  const signatureUpdater = startSignatures(stack, {
    ...{ config, paths, database, audit, log, engine, installation, files, now },
    ...{ image: images.clamd, store: signatures, policy: () => inForce.policy },
  });

  const approvals = await startApprovals(stack, {
    ...{ config, paths, database, audit, log, files, identity, now },
  });

  const sanitizing = stack.use(new Sanitizing(files, log));
  const rightsOf = (groups: readonly string[]): Rights =>
    inForce.policy ? rightsFor(inForce.policy, groups, now()) : nothing;
  const sharedFolders = stack.use(
    new SharedFolders({
      folders: config.files.sharedFolders,
      mayUse: (groups) => rightsOf(groups).sharedFolders ?? [],
      ...{ database, audit, log, files, approvals, now },
    }),
  );
  const store = new SessionStore(database);
  const sessions = new Sessions({
    installation,
    engine,
    door: egress,
    files,
    limits,
    image: images.browser,
    root: paths.sessionsRun,
    proxyUid: config.proxy.uid,
    chromiumPolicy: await chromiumPolicyText(
      config.browser.trustCaFiles,
      authorities.get("session"),
    ),
    links: new Map(),
    log,
    store,
    audit,
    homepage: () => live.browser.homepage,
    resolveAddress: (typed) => resolveAddress(typed, live.browser.search),
    rightsOf,
  });
  const reconcile = makeReconcile({
    ...{ installation, engine, store, sessions, root: paths.sessionsRun },
  });
  const requests = startRequests(stack, {
    ...{ database, audit, policyDesk, egress, sessions, log, now },
    limits: () => live.requests,
    prepared: () => policy.prepared(),
  });
  const groupsOf = (id: SessionId) => store.find(id)?.ownerGroups ?? [];
  const rate = new RequestRate();
  const gateway = stack.use(
    new Gateway({
      sessions,
      files,
      door: egress,
      requests: requests.desk,
      audit,
      limits,
      browser: () => live.browser,
      approvals,
      windowRights: (id) => rightsOf(groupsOf(id)),
      groupsOf,
      log,
      authorize: (request) => authorizeUpgrade(request, { identity, sessions, rate }),
      onSignInsEnded: (listener) => identity.onSignInsEnded(listener),
      bodyOf: (error) => errorBodyOfError(toAppError(error), randomUUID()),
      refuse: answerRaw,
    }),
  );
  run.isOurs = true;
  stack.use(sessions);
  const former = { ...(await sessions.adopt()), ...(await reconcile()) };
  if (former.adopted + former.ended + former.orphans > 0)
    log.warn({ event: "former-run", outcome: "success", ...former });
  const maySession = (groups: readonly string[]) => rightsOf(groups).session;
  inForce.withdrawal = stack.use(watchWithdrawal({ store, sessions, maySession, log }));
  // The policy may have changed while nothing ran.
  await inForce.withdrawal.look();
  const watch = stack.use(await watchEngine(engine, sessions, reconcile, log));

  const proxies = () => ({ isolated: egress.metrics(), terminal: inForce.terminals?.metrics() });
  const egressMetrics = (): string => {
    const { isolated, terminal } = proxies();
    return egressMetricsText({ ...(isolated && { isolated }), ...(terminal && { terminal }) });
  };
  const health = createHealth({
    ...{ dataDir: options.dataDir, log },
    running: {
      answers: () => Promise.resolve(true),
      probe: () => isolation.probe(),
      metrics: () => Promise.resolve(egressMetrics()),
    },
  });
  stack.use(health);
  const trend = startTrend({
    ...{ dataDir: paths.data, sessions, files, isolation, now, log },
    proxies: () => Object.values(proxies()),
  });
  stack.use(trend);
  const policyStatus = () => ({ ...policy.status(), feeds: feeds.status() });
  const overview = makeOverview({
    ...{ sessions, watch, egress, files, policyStatus, settings, host: () => trend.host() },
    signatureUpdate: () => signatureUpdater.view(),
    limit: config.sessions.maxTotal,
  });
  const notices = startNotices(stack, {
    ...{ config, paths, database, log, identity, approvals, overview, now, installation },
  });
  const deps: HttpDeps = {
    notices,
    log,
    identity,
    sessions,
    files,
    approvals,
    sanitizing,
    saveLinks: new SaveLinks(now),
    sharedFolders,
    signatures: signatureUpdater,
    audit,
    auditTrail: stack.use(createTrail({ path: paths.database, folder: paths.auditIndex })),
    egressMetrics,
    health,
    trend,
    settings,
    rights: {
      of: rightsOf,
      named: () => (inForce.policy?.rights ?? []).flatMap(({ groups }) => groups ?? []),
    },
    overview,
    policyDesk,
    feeds,
    requests: requests.desk,
    isolation,
    policyStatus,
    addressOfLink: (link, terminal) => {
      const verdict = verifyLink(linkKey, link, terminal, Date.now());
      return verdict.ok ? verdict.url : undefined;
    },
    reconcile,
    openSessionMs: config.sessions.startSeconds * 1000 + 5000,
  };
  const tls = {
    key: await readFile(join(paths.keys, "server.key"), "utf8"),
    cert: await readFile(join(paths.keys, "server.crt"), "utf8"),
  };
  const admin = createAdminServer(deps);
  stack.defer(() => admin.close());
  await rm(paths.adminSocket, { force: true });
  await admin.listen({ path: paths.adminSocket });
  let extension: ExtensionPackage | undefined;
  const portal = createHttpServer({
    ...deps,
    tls,
    rate,
    webDist: paths.webDist,
    extension: () => extension,
  });
  portal.server.on("upgrade", gateway.onUpgrade);
  stack.defer(() => portal.close());
  await portal.listen({ host: config.listen.host, port: config.listen.port });
  const { port } = portal.server.address() as AddressInfo;
  if (config.terminals.enabled) {
    const settings = listenSettings(config, port, linkKey, paths.signerSockets.terminal);
    if (config.terminals.redirectMode === "extension")
      extension = await makeExtension({
        keysDir: paths.keys,
        stateDir: paths.data,
        portal: settings.portal,
        proxies: settings.proxies,
      });
    const onDecision = requests.decided;
    const parts = { config, paths, settings, audit, decisions, log, onDecision };
    inForce.terminals = startTerminals(stack, parts);
    const known = policy.policy();
    if (known)
      inForce.terminals.configure(known, await readParentSecrets(paths.secrets, known, log));
  }
  // Sessions end first at shutdown, while viewers are still connected and can be told why.
  stack.defer(() => sessions[Symbol.asyncDispose]());
  sessions.scheduleRefill(0);

  const running = stack.move();
  return {
    port,
    terminals: inForce.terminals,
    config,
    paths,
    sessions,
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  };
}
