/**
 * What a case of the abuse suite is. A case says what a client (or an origin) sends and what must be true
 * afterwards at the other end; it knows no proxy. Facts only: the clause or advisory stands in `source`.
 */
export interface Site {
  /** A host on the list of allowed names; it resolves to 127.0.0.1. */
  readonly host: string;
  /** The one allowed port, for requests and tunnels alike. */
  readonly port: number;
}

/** What the origin received while the case ran. */
export interface Received {
  readonly connections: number;
  /** All bytes, as latin1. */
  readonly text: string;
}

export interface AbuseCase {
  readonly id: string;
  readonly group: string;
  readonly sentence: string;
  readonly source: string;
  /** Pieces are written one after the other, each once the former one is out. */
  readonly send: (site: Site) => readonly (string | Buffer)[];
  /** After the proxy's 200 to a CONNECT. */
  readonly inside?: (site: Site) => readonly (string | Buffer)[];
  /** What the origin answers; the ordinary answer when absent. */
  readonly answer?: string;
  /**
   * - refused: nothing reaches the origin
   * - passes: reaches the origin, written without ambiguity, and the client gets an answer
   * - safe: either of the two
   */
  readonly expect: "refused" | "passes" | "safe";
  /** Says what is wrong with what the origin received or the client got; undefined when all is well. */
  readonly check?: (received: Received, answered: string) => string | undefined;
  /** "rule reason" of the record that Hanare owes for a refusal. */
  readonly logged?: RegExp;
}

export const crlf = "\r\n";

export function get(site: Site, target: string, headers: readonly string[] = []): string {
  return request("GET", target, [`Host: ${site.host}:${site.port}`, ...headers]);
}

export function request(method: string, target: string, headers: readonly string[]): string {
  return [`${method} ${target} HTTP/1.1`, ...headers, "Connection: close", "", ""].join(crlf);
}

export const url = ({ host, port }: Site, path = "/"): string => `http://${host}:${port}${path}`;

export function connectTo(target: string, headers: readonly string[] = []): string {
  return [`CONNECT ${target} HTTP/1.1`, `Host: ${target}`, ...headers, "", ""].join(crlf);
}
