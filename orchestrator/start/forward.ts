/** Audit records to the site's syslog server, as far as the configuration names one. */
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import type { DatabaseSync } from "node:sqlite";
import { Forwarder } from "../audit/forward/forwarder.ts";
import type { SyslogServer } from "../audit/forward/send.ts";
import { AppError, describeError } from "../base/errors.ts";
import type { Log } from "../base/log.ts";
import type { Paths } from "../config/paths.ts";
import type { Config } from "../config/schema.ts";

type Settings = NonNullable<Config["audit"]["forward"]>;

export function startForward(
  stack: AsyncDisposableStack,
  database: DatabaseSync,
  paths: Paths,
  settings: Settings | undefined,
  log: Log,
): void {
  if (!settings) return;
  stack.use(
    new Forwarder({
      database,
      format: settings.format,
      server: serverOf(settings, paths.data),
      onState: (state) => {
        const level = state.outcome === "failure" ? "error" : "info";
        log[level]({ event: "audit-forward", host: settings.host, ...state });
      },
    }),
  );
}

/** Throws CONFIG_INVALID for a file that cannot be read, or one without the other. */
function serverOf(settings: Settings, data: string): SyslogServer {
  const { host, port, caFile, certFile, keyFile } = settings;
  const read = (field: string, file: string): string => {
    try {
      return readFileSync(resolve(data, file), "utf8");
    } catch (error) {
      throw invalid(
        `audit.forward.${field}`,
        describeError(error),
        "name a PEM file that is there",
      );
    }
  };
  if ((certFile === undefined) !== (keyFile === undefined))
    throw invalid("audit.forward", "certFile and keyFile belong together", "write both or none");
  return {
    ...{ host, port, serverName: settings.serverName ?? host },
    ...(caFile !== undefined && { ca: read("caFile", caFile) }),
    ...(certFile !== undefined &&
      keyFile !== undefined && {
        client: { cert: read("certFile", certFile), key: read("keyFile", keyFile) },
      }),
  };
}

function invalid(field: string, problem: string, mend: string): AppError {
  return new AppError("CONFIG_INVALID", { file: "hanare.yaml", field, problem, mend });
}
