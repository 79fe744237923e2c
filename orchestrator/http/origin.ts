/**
 * Who may send requests that change something: our own pages only. Pure. The cookie's SameSite=Strict is
 * the second lock on the same door; this one also holds for sign-in, which needs no cookie.
 */
export interface OriginFacts {
  readonly method: string;
  /** WebSocket upgrades are GET but act like writes: browsers let any page open them. */
  readonly upgrade: boolean;
  readonly host: string | undefined;
  readonly origin: string | undefined;
  readonly secFetchSite: string | undefined;
}

export type OriginVerdict =
  | {
      readonly outcome: "refused";
      readonly reason: "host-invalid" | "origin-missing" | "origin-differs" | "fetch-site";
    }
  | { readonly outcome: "accepted" };

const safeMethods: ReadonlySet<string> = new Set(["GET", "HEAD", "OPTIONS"]);
const ownSites: ReadonlySet<string> = new Set(["same-origin", "none"]);

export function judgeOrigin(facts: OriginFacts): OriginVerdict {
  if (safeMethods.has(facts.method) && !facts.upgrade) return { outcome: "accepted" };
  const own = ownOrigin(facts.host);
  if (own === undefined) return { outcome: "refused", reason: "host-invalid" };
  if (facts.origin === undefined) return { outcome: "refused", reason: "origin-missing" };
  if (facts.origin !== own) return { outcome: "refused", reason: "origin-differs" };
  if (facts.secFetchSite !== undefined && !ownSites.has(facts.secFetchSite))
    return { outcome: "refused", reason: "fetch-site" };
  return { outcome: "accepted" };
}

/** The origin a browser names when it talks to this Host over https; the default port drops out. */
function ownOrigin(host: string | undefined): string | undefined {
  if (host === undefined || !/^[a-z0-9.\-_[\]:]+$/i.test(host)) return undefined;
  const url = `https://${host}`;
  return URL.canParse(url) ? new URL(url).origin : undefined;
}
