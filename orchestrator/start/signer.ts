/** Starts the signer with the sockets that the configuration calls for. */
import type { Paths } from "../config/paths.ts";
import type { Config } from "../config/schema.ts";
import { portalNames } from "../egress/listen-settings.ts";
import { Signer, type SignerOptions } from "../egress/signer.ts";

/** One socket for each proxy, each with its own authority; terminals' only where redirects are minted. */
export function startSigner(
  config: Config,
  paths: Paths,
  report: Pick<SignerOptions, "log" | "audit">,
): Signer {
  const session = {
    kind: "session" as const,
    path: paths.signerSockets.session,
    gid: config.proxy.uid,
  };
  const terminal = {
    kind: "terminal" as const,
    path: paths.signerSockets.terminal,
    gid: config.terminals.uid,
  };
  const { enabled, redirectMode } = config.terminals;
  return new Signer({
    ...report,
    uid: config.proxy.signerUid,
    keysDir: paths.keys,
    sockets: enabled && redirectMode === "mint" ? [session, terminal] : [session],
    excluded: portalNames(config),
  });
}
