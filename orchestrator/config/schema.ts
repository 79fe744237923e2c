/**
 * The whole configuration of an installation: one strict schema with defaults, types inferred. Pure.
 * Units are in the names. An empty file is a working installation.
 */
import { isIP } from "node:net";
import { z } from "zod";
import { inBoth } from "./fault-words.ts";
import { redirectModes } from "../base/redirect-mode.ts";
import { roles } from "../identity/types.ts";
import { signatureUpdates } from "./signatures.ts";
import { sharedFolders } from "./shared-folders.ts";

const port = z.int().min(0).max(65535);

const limit = z.int().min(1).optional();

/** Of one session or terminal, and (`total…`) of all together. */
const proxyLimits = z
  .strictObject({
    connections: limit,
    totalConnections: limit,
    tunnels: limit,
    totalTunnels: limit,
    requests: limit,
    requestsPerSecond: limit,
    requestBurst: limit,
    bytesPerSecond: limit,
    totalBytesPerSecond: limit,
    bytes: limit,
    parentMs: limit,
  })
  .prefault({});

interface Places {
  readonly maxTotal: number;
  readonly administratorPlaces?: number | undefined;
  readonly pool: { readonly min?: number | undefined; readonly max?: number | undefined };
}

const overTotal = (maxTotal: number): string =>
  inBoth(
    `maxTotal より大きい値です。${maxTotal} 以下にするか、maxTotal を上げてください`,
    `larger than maxTotal: write at most ${maxTotal}, or raise maxTotal`,
  );

/** Numbers that are possible one by one and not together; each message says what to write instead. */
function placesFit(
  { maxTotal, administratorPlaces, pool }: Places,
  context: z.core.$RefinementCtx,
): void {
  const refuse = (path: string[], message: string): void =>
    context.addIssue({ code: "custom", path, message });
  if (pool.min !== undefined && pool.min > maxTotal) refuse(["pool", "min"], overTotal(maxTotal));
  else if (pool.max !== undefined && pool.min !== undefined && pool.max < pool.min)
    refuse(
      ["pool", "max"],
      inBoth(
        `pool.min より小さい値です。${pool.min} 以上にするか、pool.min を下げてください`,
        `smaller than pool.min: write at least ${pool.min}, or lower pool.min`,
      ),
    );
  else if (pool.max !== undefined && pool.max > maxTotal)
    refuse(["pool", "max"], overTotal(maxTotal));
  if (administratorPlaces !== undefined && administratorPlaces >= maxTotal)
    refuse(
      ["administratorPlaces"],
      inBoth(
        `ほかの人がブラウザを開けなくなります。${maxTotal - 1} 以下にするか、maxTotal を上げてください`,
        `nobody else could open a browser: write at most ${maxTotal - 1}, or raise maxTotal`,
      ),
    );
}

interface Listeners {
  readonly listen: { readonly port: number };
  readonly terminals: { readonly enabled: boolean; readonly port: number };
}

/** Two listeners on one port; 0 lets the system choose. */
function portsDiffer({ listen, terminals }: Listeners, context: z.core.$RefinementCtx): void {
  if (!terminals.enabled || terminals.port === 0 || terminals.port !== listen.port) return;
  const message = inBoth(
    "ポータルが使うポートです。3128 など、別の番号にしてください",
    "the portal listens on this port: write another one, such as 3128",
  );
  context.addIssue({ code: "custom", path: ["terminals", "port"], message });
}

const sections = z.strictObject({
  engine: z
    .strictObject({
      /** Unix socket of the container engine; absent: what DOCKER_HOST names, else Docker's usual one. */
      socket: z.string().startsWith("/").optional(),
    })
    .prefault({}),
  listen: z
    .strictObject({
      /** Address the portal listens on. */
      host: z.string().default("0.0.0.0"),
      port: port.default(8443),
      /** Names and addresses that terminals use for the portal; they go into the server certificate. */
      names: z.array(z.string()).default([]),
    })
    .prefault({}),
  sessions: z
    .strictObject({
      maxTotal: z.int().min(1).default(20),
      /** How long a lost viewer may come back before the session ends. */
      graceSeconds: z.int().min(1).default(30),
      /** The same when the terminal's browser says that the page was closed: long enough for a reload. */
      closedTabGraceSeconds: z.int().min(1).default(3),
      idleMinutes: z.int().min(1).default(30),
      idleWarningSeconds: z.int().min(5).default(60),
      lifetimeHours: z.number().min(0.001).default(10),
      lifetimeWarningSeconds: z.int().min(5).default(300),
      startSeconds: z.int().min(1).default(30),
      /** Places only administrators may use; absent: one from ten places on. */
      administratorPlaces: z.int().min(0).optional(),
      /** Never-used containers kept ready: how many at least, and how many when people open often. */
      pool: z
        .strictObject({
          /** Absent: half of the places, at most ten: a section that opens its browsers at half past eight. */
          min: z.int().min(0).optional(),
          /** Absent: as many as `min`, and eight where there are places for them. */
          max: z.int().min(0).optional(),
          maxAgeMinutes: z.number().min(1).default(120),
        })
        .prefault({}),
      /** People who wait while all places are taken. */
      queue: z
        .strictObject({
          max: z.int().min(0).default(200),
          minutes: z.number().min(0.01).default(30),
        })
        .prefault({}),
      /** Memory that no session is opened into; absent: an eighth of the machine, at most 2048. */
      hostReserveMb: z.int().min(0).optional(),
      memoryMb: z.int().min(512).default(1536),
      pids: z.int().min(128).default(512),
      cpus: z.number().min(0.1).default(2),
      /** tmpfs for the profile and for downloads under way; counts against memoryMb. */
      homeMb: z.int().min(64).default(768),
      runtime: z.enum(["runc", "runsc"]).default("runc"),
      /** First of the uids given to session containers, one each. */
      firstUid: z.int().min(100_000).default(700_000),
    })
    .superRefine(placesFit)
    .transform(({ administratorPlaces, pool, ...sessions }) => {
      const half = Math.min(10, Math.floor(sessions.maxTotal / 2), pool.max ?? 10);
      const min = pool.min ?? half;
      const max = pool.max ?? Math.min(sessions.maxTotal, Math.max(8, min));
      return {
        ...sessions,
        administratorPlaces: administratorPlaces ?? (sessions.maxTotal >= 10 ? 1 : 0),
        pool: { ...pool, min, max },
      };
    })
    .prefault({}),
  browser: z
    .strictObject({
      homepage: z.string().default("http://kunren.hanare.internal/"),
      /** Where words typed in the address bar go; %s is the text. The default is the practice site's own search. */
      search: z.string().includes("%s").default("http://kunren.hanare.internal/search?q=%s"),
      /** PEM files of certificate authorities the isolated browser trusts besides the public ones. */
      trustCaFiles: z.array(z.string()).default([]),
    })
    .prefault({}),
  proxy: z
    .strictObject({
      /** Resolvers for the isolated side; empty means the host's own. */
      dnsServers: z
        .array(
          z
            .string()
            .refine(
              isNameServer,
              inBoth(
                "192.0.2.53 のようなアドレスを書いてください",
                'write an address, such as "192.0.2.53"',
              ),
            ),
        )
        .max(8)
        .default([]),
      /** Main policy file, relative to the data directory. */
      policyFile: z.string().default("policy/policy.yaml"),
      /** Uid and gid the proxy drops to. */
      uid: z.int().min(1).default(64_901),
      /** Uid and gid of the process that signs certificates for refused https hosts. */
      signerUid: z.int().min(1).default(64_906),
      /** Where the proxy's bounds are to differ from its own (proxy/limits.ts). */
      limits: proxyLimits,
    })
    .prefault({}),
  /** The terminal plane: what business terminals use as their proxy. */
  terminals: z
    .strictObject({
      enabled: z.boolean().default(true),
      /** Address to listen on; absent is where the portal listens. */
      host: z.string().optional(),
      port: port.default(3128),
      /**
       * What a terminal's refused https page becomes: the browser's own error, our extension's doing, or
       * a redirect inside a certificate minted for it (its authority must then be trusted by terminals).
       */
      redirectMode: z.enum(redirectModes).default("extension"),
      /** Address of the portal as terminals type it, such as https://hanare.city.example.lg.jp:8443. */
      portal: z
        .url({ protocol: /^https$/ })
        .transform((url) => url.replace(/\/+$/, ""))
        .optional(),
      /** "name:port" of every proxy for the PAC file, first choice first; absent is this machine alone. */
      proxies: z
        .array(
          z
            .string()
            .regex(
              /^[a-z0-9.[\]:-]+:\d{1,5}$/i,
              inBoth("「名前:ポート」の形で書いてください", 'write "name:port"'),
            ),
        )
        .max(4)
        .default([]),
      /** Hosts that terminals reach without the proxy: "name", or ".name" with everything below it. */
      directHosts: z
        .array(z.string().regex(/^\.?[a-z0-9-]+(?:\.[a-z0-9-]+)*$/i, 'write "name" or ".name"'))
        .max(500)
        .default([".lgwan.jp"]),
      /** Uid and gid of its process. */
      uid: z.int().min(1).default(64_905),
      /** As `proxy.limits`; one address is one terminal. */
      limits: proxyLimits,
    })
    .prefault({}),
  /** What people may ask of list administrators, and how long it is kept. */
  requests: z
    .strictObject({
      openPerPerson: z.int().min(1).max(1000).default(10),
      perDay: z.int().min(1).max(10_000).default(30),
      /** Nobody decided for so long: the request expires. */
      openDays: z.int().min(1).max(366).default(30),
      /** Decided ones are forgotten after this; the audit log keeps its records. */
      keepDays: z.int().min(30).default(1095),
      /** How long an approval is proposed for, and how long it may be at most. */
      proposedDays: z.int().min(1).max(3660).default(90),
      longestDays: z.int().min(1).max(3660).default(366),
    })
    .prefault({}),
  audit: z
    .strictObject({
      /** What follows "?" in addresses; search words stand there, and at some sites secrets. */
      queryStrings: z.enum(["keep", "drop"]).default("keep"),
      /** A syslog server that every record goes to, over TLS (RFC 5424, RFC 5425). */
      forward: z
        .strictObject({
          host: z.string().min(1).max(253),
          port: z.int().min(1).max(65535).default(6514),
          /** Elastic Common Schema as JSON, or ArcSight's Common Event Format. */
          format: z.enum(["ecs", "cef"]).default("ecs"),
          /** The name in its certificate; absent: the host. */
          serverName: z.string().min(1).max(253).optional(),
          /** PEM: who signed its certificate; absent: the public authorities. */
          caFile: z.string().optional(),
          /** PEM, both or none: where the server wants to know who sends. */
          certFile: z.string().optional(),
          keyFile: z.string().optional(),
        })
        .optional(),
      /** Absent: records stay for ever. What is deleted leaves a signed statement. */
      retention: z
        .strictObject({
          /** As the site calls the rule, such as its number in the rules for documents. */
          rule: z.string().min(1).max(128),
          /** Whole days; a shorter time would let a mistake or an attack outlive its traces. */
          keepDays: z.int().min(90).max(36_600),
        })
        .optional(),
    })
    .prefault({}),
  /** Notices (通知) besides those in the pages. */
  notifications: z
    .strictObject({
      /** The site's mail server. */
      mail: z
        .strictObject({
          host: z.string().min(1).max(253),
          port: z.int().min(1).max(65535).default(587),
          /** `none` is for a relay that this machine alone reaches; no password goes that way. */
          security: z.enum(["starttls", "tls", "none"]).default("starttls"),
          /** The name in its certificate; absent: the host. */
          serverName: z.string().min(1).max(253).optional(),
          /** PEM: who signed its certificate; absent: the public authorities. */
          caFile: z.string().optional(),
          from: z
            .string()
            .regex(
              /^[A-Za-z0-9._+-]{1,64}@[A-Za-z0-9.-]{1,190}$/,
              inBoth("メールアドレスを書いてください", "write a mail address"),
            ),
          /** What may stand behind the @ of people's addresses: the site's own. */
          domains: z
            .array(z.string().regex(/^[a-z0-9-]+(?:\.[a-z0-9-]+)*$/i, 'write "city.example.lg.jp"'))
            .min(1)
            .max(50),
          /** Both or none. The file, relative to the data directory, has the password alone, mode 600. */
          user: z.string().min(1).max(256).optional(),
          passwordFile: z.string().optional(),
        })
        .optional(),
      /** Every notice, once, as JSON with a signature. */
      webhook: z
        .strictObject({
          url: z.url({ protocol: /^https$/ }).max(2000),
          /** The secret that signs, alone, mode 600; relative to the data directory. */
          secretFile: z.string(),
          caFile: z.string().optional(),
          /** The one inside address that its name may resolve to; absent: addresses of the internet only. */
          allowAddress: z.union([z.ipv4(), z.ipv6()]).optional(),
        })
        .optional(),
    })
    .prefault({}),
  policy: z
    .strictObject({
      /** Decisions are kept for replays this long: host, port, groups and verdict, no names of people. */
      decisionDays: z.int().min(1).max(365).default(7),
      /** The oldest go first when they need more. */
      decisionMaxMb: z.int().min(1).default(2048),
    })
    .prefault({}),
  practice: z
    .strictObject({
      enabled: z.boolean().default(true),
      host: z.string().default("kunren.hanare.internal"),
      uid: z.int().min(1).default(64_902),
    })
    .prefault({}),
  files: z
    .strictObject({
      maxBytes: z
        .int()
        .min(1)
        .default(200 * 1024 * 1024),
      /** Sum of a session's files in quarantine. */
      sessionMaxBytes: z
        .int()
        .min(1)
        .default(1024 * 1024 * 1024),
      /** The same of one person's sessions, and of everybody's. */
      personMaxBytes: z
        .int()
        .min(1)
        .default(2 * 1024 * 1024 * 1024),
      totalMaxBytes: z
        .int()
        .min(1)
        .default(20 * 1024 * 1024 * 1024),
      /** Of the quarantine's disk; no file is taken in beyond it. */
      diskReserveBytes: z
        .int()
        .min(0)
        .default(1024 * 1024 * 1024),
      sandboxSeconds: z.int().min(1).default(60),
      scanSeconds: z.int().min(1).default(60),
      /** Clean sandboxes kept waiting; each is used once. */
      warmSandboxes: z.int().min(0).default(1),
      sandboxMemoryMb: z.int().min(128).default(1024),
      /** For one document of an older format; does not count as its sandbox's time. */
      officeSeconds: z.int().min(1).default(120),
      officeMemoryMb: z.int().min(512).default(1536),
      parallel: z.int().min(1).default(2),
      /** How long people find their judged files and the records of the checks. */
      historyDays: z.int().min(1).max(3660).default(365),
      /** Folders of a file server, mounted on this machine, that people may save released files to. */
      sharedFolders,
      /** 上長承認: files that nothing can clean. */
      approval: z
        .strictObject({
          /** Nobody decided for so long: the request expires, and the file is gone. */
          openHours: z.number().min(0.01).max(8784).default(72),
          /** An approved file is kept so long for who asked. */
          keepHours: z.number().min(0.01).max(8784).default(72),
          openPerPerson: z.int().min(1).default(20),
          keptMaxBytes: z
            .int()
            .min(1)
            .default(5 * 1024 * 1024 * 1024),
          personKeptMaxBytes: z
            .int()
            .min(1)
            .default(1024 * 1024 * 1024),
          /** Groups whose approvers decide for every section, besides those of the section itself. */
          centralGroups: z.array(z.string().min(1).max(64)).max(20).default([]),
          /** Decided requests are forgotten after this; the audit log keeps its records. */
          recordDays: z.int().min(30).max(3660).default(1095),
        })
        .prefault({}),
    })
    .prefault({}),
  signatures: signatureUpdates,
  identity: z
    .strictObject({
      signInHours: z.number().min(0.1).default(12),
      /** Failed sign-ins of an account at a terminal before a pause there. */
      failuresBeforePause: z.int().min(1).default(5),
      pauseSeconds: z.int().min(1).default(300),
      /** How long a password that an administrator handed over is good. */
      oneTimeHours: z.number().min(0.1).default(72),
      /** Acts that cannot be undone ask for the password again when the last proof is older. */
      proofMinutes: z.number().min(1).default(15),
      /** Who cannot work without an authenticator app or a passkey. */
      secondFactorRoles: z.array(z.enum(roles)).default([]),
    })
    .prefault({}),
  log: z
    .strictObject({
      level: z.enum(["debug", "info", "warn", "error"]).default("info"),
      /** Relative to the data directory; "stderr" for a service manager that collects it. */
      file: z.string().min(1).default("log/hanare.log"),
    })
    .prefault({}),
});

export const configSchema = sections.superRefine(portsDiffer);

export type Config = z.infer<typeof configSchema>;

/** An address, with a port where it is not 53: what Node's resolver takes. */
function isNameServer(text: string): boolean {
  const [, host = text] = /^\[?([^\]]*?)\]?:\d{1,5}$/.exec(isIP(text) === 0 ? text : "") ?? [];
  return isIP(host) !== 0;
}
