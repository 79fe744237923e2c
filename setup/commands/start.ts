/** Starts Hanare in this process and says where the portal is. Returns when it has stopped. */
import { hostname } from "node:os";
import { isIP } from "node:net";
import { hostAddresses } from "../certificates/host-addresses.ts";
import type { Config } from "../../orchestrator/config/schema.ts";
import { proxyNames } from "../../orchestrator/egress/listen-settings.ts";
import type { SetupContext } from "../context.ts";

/** Addresses a terminal can type, the configured names first. */
export function portalUrls(names: readonly string[], port: number): string[] {
  const addresses = hostAddresses()
    .filter(({ family }) => family === "IPv4")
    .map(({ address }) => address);
  const own = hostname();
  const hosts = [...names, ...(own.includes(".") ? [own] : []), ...addresses, "localhost"];
  return [...new Set(hosts)]
    .slice(0, 4)
    .map((host) => `https://${isIP(host) === 6 ? `[${host}]` : host}:${port}/`);
}

/** Where terminals get their proxy settings; empty when that is off. */
function pacAddress(config: Config): string {
  return config.terminals.enabled ? `http://${proxyNames(config)[0] ?? ""}/proxy.pac` : "";
}

export async function start(context: SetupContext): Promise<number> {
  const { report, dataDir } = context;
  const step = report.step({ ja: "起動", en: "Starting" });
  const state = { ready: false };
  // Loaded only now: the set-up has no need of it.
  const { serve } = await import("../../orchestrator/cli/serve.ts");
  const code = await serve(["--data", dataDir], {
    onReady(port) {
      state.ready = true;
      step.done();
      const terminals = pacAddress(context.config());
      report.highlight([
        "離れの準備ができました。 / Hanare is ready.",
        "",
        ...portalUrls(context.config().listen.names, port).map((url) => `  ${url}`),
        ...(terminals === "" ? [] : ["", `  端末用 PAC / PAC for terminals: ${terminals}`]),
        "",
        `  証明書 / site CA: ${dataDir}/keys/site-ca.crt`,
        "  止めるには Ctrl+C / press Ctrl+C to stop",
      ]);
    },
  });
  if (!state.ready) step.failed();
  else report.say({ ja: "停止しました。", en: "Stopped." });
  return code;
}
