/**
 * Hands one mail to the site's mail server, over TLS unless the site says otherwise. Addresses that could end a
 * command are refused before anything is sent.
 */
import { isIP } from "node:net";
import { checkServerIdentity } from "node:tls";
import { createTransport } from "nodemailer";
import { waitFor } from "../../base/deadline.ts";
import { isPlainAddress } from "./address.ts";
import type { ComposedMail } from "./compose.ts";

export interface MailServer {
  readonly host: string;
  readonly port: number;
  /** `starttls`: refuses to go on where the server offers none. `none`: in the clear, for a relay on this machine. */
  readonly security: "none" | "starttls" | "tls";
  /** The name in its certificate. */
  readonly serverName: string;
  /** PEM: who signed its certificate; absent: the authorities that Node trusts. */
  readonly ca?: string;
  /** Never sent in the clear. */
  readonly login?: { readonly user: string; readonly password: string };
}

/** The server does not take it, and will not: trying again is of no use. */
export class MailRefused extends Error {
  override readonly name = "MailRefused";
}

/** Of silence; the caller's signal bounds the whole. */
const silenceMs = 20_000;
const mostAnswerBytes = 64 * 1024;

/** Rejects with MailRefused, or with any other error when it may be tried again. */
export async function sendMail(
  server: MailServer,
  mail: ComposedMail,
  signal: AbortSignal,
): Promise<void> {
  const { from, to, id, atMs, subject, text } = mail;
  for (const address of [from, to])
    if (!isPlainAddress(address)) throw new MailRefused("not an address that can be written");
  if (server.login && server.security === "none")
    throw new MailRefused("a password is not sent in the clear");
  const sent = transportOf(server).sendMail({
    from: { name: "Hanare", address: from },
    ...{ to, subject, text, envelope: { from, to } },
    messageId: `<${id}@${from.slice(from.lastIndexOf("@") + 1)}>`,
    date: new Date(atMs),
    textEncoding: "base64",
    headers: { "Auto-Submitted": "auto-generated" },
    // Nothing of it is ever read from a file or an address.
    ...{ disableFileAccess: true, disableUrlAccess: true, xMailer: false },
  });
  await waitFor(sent.catch(asRefusal), signal);
}

function transportOf({ host, port, security, serverName, ca, login }: MailServer) {
  return createTransport({
    ...{ host, port, secure: security === "tls" },
    ...{ requireTLS: security === "starttls", ignoreTLS: security === "none" },
    ...{ connectionTimeout: silenceMs, greetingTimeout: silenceMs, socketTimeout: silenceMs },
    ...{ dnsTimeout: silenceMs, maxResponseSize: mostAnswerBytes },
    ...(login && { auth: { user: login.user, pass: login.password } }),
    tls: {
      minVersion: "TLSv1.2",
      ...(ca !== undefined && { ca }),
      // An address is no server name (RFC 6066 §3); the certificate is held against it all the same.
      ...(isIP(serverName) === 0 && { servername: serverName }),
      checkServerIdentity: (_name, certificate) => checkServerIdentity(serverName, certificate),
    },
  });
}

/** A wrong password is mended by the site; a sender, receiver or message that is refused for good is not. */
function asRefusal(error: unknown): never {
  const { code, responseCode } = error as { code?: unknown; responseCode?: unknown };
  const isForGood = typeof responseCode === "number" && responseCode >= 500;
  if (isForGood && (code === "EENVELOPE" || code === "EMESSAGE"))
    throw new MailRefused(error instanceof Error ? error.message : String(error));
  throw error;
}
