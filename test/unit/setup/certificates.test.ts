import "reflect-metadata";
import { X509Certificate as NodeCertificate } from "node:crypto";
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connect, createServer } from "node:tls";
import { X509Certificate } from "@peculiar/x509";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { hostAddresses } from "../../../setup/certificates/host-addresses.ts";
import {
  ensureServerCertificate,
  portalNames,
  whyRenew,
} from "../../../setup/certificates/server-certificate.ts";
import { ensureSiteCa } from "../../../setup/certificates/site-ca.ts";

const day = 24 * 60 * 60 * 1000;
const names = ["localhost", "127.0.0.1", "::1", "hanare.town.example"];
let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "hanare-keys-"));
});
afterEach(() => {
  rmSync(dir, { recursive: true, force: true });
});
const pem = (name: string): string => readFileSync(join(dir, name), "utf8");

/** Resolves with the verified peer's common name, or the reason for refusing it. */
async function handshake(host: string): Promise<string> {
  const server = createServer({ key: pem("server.key"), cert: pem("server.crt") }, (socket) =>
    socket.end(),
  );
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  try {
    return await new Promise((resolve) => {
      const socket = connect(
        { port, host: "127.0.0.1", servername: host, ca: pem("site-ca.crt") },
        () => {
          resolve("verified");
          socket.destroy();
        },
      );
      socket.once("error", (error: NodeJS.ErrnoException) => resolve(error.code ?? "?"));
    });
  } finally {
    server.close();
  }
}

describe("the portal's certificate", () => {
  it("is accepted by a client that trusts the site CA, for its names only", async () => {
    const ca = await ensureSiteCa(dir, "test");
    expect(await ensureServerCertificate(dir, ca, names)).toBe("new");
    expect(await handshake("hanare.town.example")).toBe("verified");
    expect(await handshake("other.example")).toBe("ERR_TLS_CERT_ALTNAME_INVALID");
  });

  it("keeps keys to the owner and offers the CA to everybody", async () => {
    await ensureServerCertificate(dir, await ensureSiteCa(dir, "test"), names);
    const mode = (name: string): number => statSync(join(dir, name)).mode & 0o777;
    expect([mode("site-ca.key"), mode("server.key"), mode("site-ca.crt")]).toEqual([
      0o600, 0o600, 0o644,
    ]);
    expect(existsSync(join(dir, "server.key.new"))).toBe(false);
  });

  it("lasts 397 days at most and the CA signs nothing but leaves", async () => {
    await ensureServerCertificate(dir, await ensureSiteCa(dir, "test"), names);
    const leaf = new NodeCertificate(pem("server.crt"));
    const ca = new NodeCertificate(pem("site-ca.crt"));
    expect(Date.parse(leaf.validTo) - Date.parse(leaf.validFrom)).toBeLessThanOrEqual(397 * day);
    expect([leaf.ca, ca.ca]).toEqual([false, true]);
    expect(pem("server.crt").match(/BEGIN CERTIFICATE/g)).toHaveLength(2);
  });

  it("is left alone while it is good", async () => {
    const ca = await ensureSiteCa(dir, "test");
    await ensureServerCertificate(dir, ca, names);
    const before = pem("server.crt");
    expect(
      await ensureServerCertificate(dir, await ensureSiteCa(dir, "test"), [...names].reverse()),
    ).toBeUndefined();
    expect(pem("server.crt")).toBe(before);
  });

  it.each([
    ["29 days before it ends", "expiry"],
    ["names changed", "names"],
    ["the CA changed", "authority"],
    ["the key does not belong to it", "key"],
    ["the key is gone", "new"],
  ])("is made anew when %s", async (_, reason) => {
    const ca = await ensureSiteCa(dir, "test");
    await ensureServerCertificate(dir, ca, names);
    const certificate = new X509Certificate(pem("server.crt"));
    if (reason === "expiry") {
      expect(
        await whyRenew(certificate, ca, names, certificate.notAfter.getTime() - 29 * day),
      ).toBe(reason);
      expect(
        await whyRenew(certificate, ca, names, certificate.notAfter.getTime() - 31 * day),
      ).toBeUndefined();
    } else if (reason === "names") {
      expect(await ensureServerCertificate(dir, ca, [...names, "new.example"])).toBe(reason);
    } else if (reason === "authority") {
      rmSync(join(dir, "site-ca.crt"));
      rmSync(join(dir, "site-ca.key"));
      expect(await ensureServerCertificate(dir, await ensureSiteCa(dir, "test"), names)).toBe(
        reason,
      );
    } else {
      if (reason === "key")
        await import("node:fs").then(({ copyFileSync }) =>
          copyFileSync(join(dir, "site-ca.key"), join(dir, "server.key")),
        );
      else rmSync(join(dir, "server.key"));
      expect(await ensureServerCertificate(dir, ca, names)).toBe(reason);
    }
    if (reason !== "expiry" && reason !== "names")
      expect(await handshake("localhost")).toBe("verified");
  });

  it("refuses to go on when the CA's key is lost: terminals trust that CA", async () => {
    await ensureSiteCa(dir, "test");
    rmSync(join(dir, "site-ca.key"));
    await expect(ensureSiteCa(dir, "test")).rejects.toThrow("site-ca.key is missing");
  });
});

describe("the portal's names", () => {
  it("are the machine's own and the configured ones, in lower case, once each", () => {
    const found = portalNames(["Hanare.Town.example", "localhost"]);
    expect(found).toEqual(
      expect.arrayContaining(["localhost", "127.0.0.1", "::1", "hanare.town.example"]),
    );
    expect(new Set(found).size).toBe(found.length);
  });

  it("leave out the engine's bridges, loops and link-local addresses", () => {
    const nic = (address: string, internal = false) =>
      ({
        address,
        internal,
        family: address.includes(":") ? "IPv6" : "IPv4",
        netmask: "",
        mac: "",
        cidr: null,
        scopeid: 0,
      }) as never;
    expect(
      hostAddresses({
        lo: [nic("127.0.0.1", true)],
        docker0: [nic("172.17.0.1")],
        "br-1": [nic("203.0.113.1")],
        eth0: [nic("198.51.100.7"), nic("fe80::1")],
      }).map(({ address }) => address),
    ).toEqual(["198.51.100.7"]);
  });
});
