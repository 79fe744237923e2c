/**
 * Hands one message to the site's mail server (RFC 5321), over TLS unless the site says otherwise. A client of the few
 * commands that it takes; what the server says is read by line, within limits, and never trusted further. Addresses
 * that could end a command are refused before anything is sent.
 */
import { once } from "node:events";
import { connect as connectPlain, isIP, type Socket } from "node:net";
import { hostname } from "node:os";
import { connect as connectTls } from "node:tls";

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

export interface Envelope {
  readonly from: string;
  readonly to: string;
  /** Headers and body, lines ended by CRLF, each of at most 998 octets. */
  readonly message: string;
}

/** The server does not take it, and will not: trying again is of no use. */
export class MailRefused extends Error {
  override readonly name = "MailRefused";
}

const longestLine = 2_000;
const mostLines = 100;

/** Rejects with MailRefused, or with any other error when it may be tried again. */
export async function sendMail(
  server: MailServer,
  { from, to, message }: Envelope,
  signal: AbortSignal,
): Promise<void> {
  for (const address of [from, to])
    if (!isPlainAddress(address)) throw new MailRefused("not an address that can be written");
  let socket = await open(server, signal);
  const stop = () => socket.destroy(new Error("no answer in time"));
  signal.addEventListener("abort", stop, { once: true });
  try {
    let talk = new Conversation(socket);
    await talk.expect(220);
    let offers = await talk.say(`EHLO ${ownName()}`, 250);
    if (server.security === "starttls") {
      if (!/^STARTTLS$/im.test(offers)) throw new Error("the server offers no STARTTLS");
      await talk.say("STARTTLS", 220);
      // What came before this point in the clear is forgotten: it may be anybody's.
      talk.end();
      socket = await secure(server, socket, signal);
      talk = new Conversation(socket);
      offers = await talk.say(`EHLO ${ownName()}`, 250);
    }
    if (server.login) await logIn(server, talk, offers);
    await talk.say(`MAIL FROM:<${from}>`, 250);
    await talk.say(`RCPT TO:<${to}>`, 250);
    await talk.say("DATA", 354);
    await talk.say(`${stuffed(message)}\r\n.`, 250);
    await talk.say("QUIT", 221).catch(() => undefined);
  } finally {
    signal.removeEventListener("abort", stop);
    socket.destroy();
  }
}

/** One address, ASCII, that ends neither a command nor its angle brackets. */
export function isPlainAddress(text: string): boolean {
  return (
    text.length <= 254 && /^[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9.-]{1,190}$/.test(text)
  );
}

/** RFC 5321 §4.5.2: a line that begins with a dot gets another. */
const stuffed = (message: string): string =>
  message.replace(/\r?\n/g, "\r\n").replace(/\r\n$/, "").replace(/^\./gm, "..");

const ownName = (): string => {
  const name = hostname().replace(/[^A-Za-z0-9.-]/g, "");
  return name === "" ? "localhost" : name;
};

async function logIn({ security, login }: MailServer, talk: Conversation, offers: string) {
  if (!login) return;
  if (security === "none") throw new MailRefused("a password is not sent in the clear");
  if (!/^AUTH .*\bPLAIN\b/im.test(offers)) throw new Error("the server offers no AUTH PLAIN");
  const token = Buffer.from(`\0${login.user}\0${login.password}`).toString("base64");
  await talk.say(`AUTH PLAIN ${token}`, 235);
}

async function open(server: MailServer, signal: AbortSignal): Promise<Socket> {
  if (server.security === "tls") return secure(server, undefined, signal);
  const socket = connectPlain({ host: server.host, port: server.port });
  socket.on("error", () => undefined);
  await once(socket, "connect", { signal });
  return socket;
}

async function secure(
  { host, port, serverName, ca }: MailServer,
  socket: Socket | undefined,
  signal: AbortSignal,
): Promise<Socket> {
  const made = connectTls({
    ...(socket ? { socket } : { host, port }),
    // An address is no server name (RFC 6066 §3); then the certificate has to name the address.
    ...(isIP(serverName) === 0 ? { servername: serverName } : { host: serverName }),
    minVersion: "TLSv1.2",
    ...(ca !== undefined && { ca }),
  });
  await once(made, "secureConnect", { signal });
  made.on("error", () => undefined);
  return made;
}

/** Commands and answers in turns. */
class Conversation {
  readonly #lines: AsyncIterator<string, undefined>;
  readonly #socket: Socket;
  readonly #over = new AbortController();

  constructor(socket: Socket) {
    this.#socket = socket;
    this.#lines = linesOf(socket, this.#over.signal);
  }

  end(): void {
    this.#over.abort();
  }

  async say(command: string, code: number): Promise<string> {
    this.#socket.write(`${command}\r\n`);
    return this.expect(code);
  }

  /** The text of the answer, one line each. Throws for any other code. */
  async expect(code: number): Promise<string> {
    const texts: string[] = [];
    for (;;) {
      const line = await this.#lines.next();
      if (line.done === true) throw new Error("closed before it had answered");
      const [, found, more, text] = /^(\d{3})([ -])?(.*)$/.exec(line.value) ?? [];
      if (found === undefined) throw new Error("an answer that is none");
      texts.push(text ?? "");
      if (texts.length > mostLines) throw new Error("an answer without end");
      if (more === "-") continue;
      const said = texts.join("\n");
      if (Number(found) === code) return said;
      const problem = `${found} ${said}`.slice(0, 300);
      throw found.startsWith("5") ? new MailRefused(problem) : new Error(problem);
    }
  }
}

async function* linesOf(socket: Socket, over: AbortSignal): AsyncGenerator<string, undefined> {
  let waiting = "";
  for (;;) {
    for (let end = waiting.indexOf("\n"); end >= 0; end = waiting.indexOf("\n")) {
      const line = waiting.slice(0, end).replace(/\r$/, "");
      waiting = waiting.slice(end + 1);
      yield line;
    }
    if (waiting.length > longestLine) throw new Error("a line without end");
    const piece = socket.read() as Buffer | null;
    if (piece !== null) waiting += piece.toString("latin1");
    else if (socket.readableEnded || socket.destroyed) {
      if (socket.errored) throw socket.errored;
      return undefined;
    } else await readable(socket, over);
  }
}

function readable(socket: Socket, over: AbortSignal): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<undefined>();
  const go = () => resolve(undefined);
  const events = ["readable", "end", "close", "error"] as const;
  for (const event of events) socket.once(event, go);
  over.addEventListener("abort", go, { once: true });
  return promise.finally(() => {
    for (const event of events) socket.off(event, go);
    over.removeEventListener("abort", go);
  });
}
