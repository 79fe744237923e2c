/** Chromium's proxy address, 127.0.0.1:3128, forwarded byte for byte to the host's egress/proxy.sock. */
import { connect, createServer } from "node:net";
import { pipeline } from "node:stream";

const proxySocket = "/run/hanare/egress/proxy.sock";

export function forwardProxy(): Promise<void> {
  const server = createServer({ allowHalfOpen: true }, (local) => {
    const remote = connect({ path: proxySocket, allowHalfOpen: true });
    // Errors end both directions; Chromium reports them to the person, so there is nothing to add here.
    pipeline(local, remote, () => remote.destroy());
    pipeline(remote, local, () => local.destroy());
  });
  return new Promise((resolve) => server.listen(3128, "127.0.0.1", resolve));
}
