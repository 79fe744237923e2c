/**
 * Posts one message to the address that the configuration names, signed, over https. The name is resolved once, its
 * address must be one that the proxies may dial or the one that the configuration allows by itself, and that address is
 * the one dialled: a name that answers otherwise the next moment gains nothing. Redirects are failures.
 */
import { createHmac } from "node:crypto";
import { lookup } from "node:dns/promises";
import { request } from "node:https";
import { isIP } from "node:net";

export interface Webhook {
  readonly url: URL;
  /** Signs what is posted: HMAC-SHA-256 over the time and the body. */
  readonly secret: string;
  /** PEM: who signed its certificate; absent: the authorities that Node trusts. */
  readonly ca?: string;
  /** Whether this address may be dialled. */
  readonly mayDial: (address: string) => boolean;
}

const mostAnswerBytes = 16 * 1024;

/** Resolves when it answered with 2xx. Rejects with what went wrong. */
export async function postWebhook(
  { url, secret, ca, mayDial }: Webhook,
  message: { readonly id: string; readonly body: string; readonly nowMs: number },
  signal: AbortSignal,
): Promise<void> {
  const host = url.hostname.replace(/^\[|\]$/g, "");
  const { address, family } = await lookup(host);
  if (!mayDial(address)) throw new Error(`${address} may not be dialled`);
  const time = String(Math.floor(message.nowMs / 1000));
  const signature = createHmac("sha256", secret).update(`${time}.${message.body}`).digest("hex");
  const { promise, resolve, reject } = Promise.withResolvers<undefined>();
  const call = request(
    {
      ...{ method: "POST", host: address, family, port: url.port === "" ? 443 : Number(url.port) },
      path: `${url.pathname}${url.search}`,
      // The certificate has to name what the configuration names, whatever was dialled.
      ...(isIP(host) === 0 && { servername: host }),
      ...{ minVersion: "TLSv1.2", agent: false, signal },
      ...(ca !== undefined && { ca }),
      headers: {
        host: url.host,
        "content-type": "application/json",
        "content-length": Buffer.byteLength(message.body),
        "user-agent": "Hanare",
        "x-hanare-id": message.id,
        "x-hanare-time": time,
        "x-hanare-signature": `sha256=${signature}`,
      },
    },
    (answer) => {
      let bytes = 0;
      answer.on("data", (chunk: Buffer) => {
        bytes += chunk.length;
        if (bytes > mostAnswerBytes) call.destroy(new Error("an answer without end"));
      });
      answer.once("end", () => {
        const status = answer.statusCode ?? 0;
        if (status >= 200 && status < 300) resolve(undefined);
        else reject(new Error(`answered ${status}`));
      });
      answer.once("error", reject);
    },
  );
  call.once("error", reject).end(message.body);
  return promise;
}
