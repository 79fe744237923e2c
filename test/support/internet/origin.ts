/**
 * The origin server of the test internet: runs in a container on a documentation range, answers every
 * host over http and https with a page that says which host it is. `/hostile/…` and `/desk/…` are the files
 * of those folders here; what is posted to /report is given back to who asks for it; /cut.bin breaks off;
 * /icon.png has ten megabytes and claims to be a PNG of 3.6 thousand million pixels; /plan.jww is a drawing that
 * nothing can rebuild.
 * `/display` is the page of the display bench.
 */
import { existsSync, readFileSync } from "node:fs";
import {
  createServer,
  type IncomingMessage,
  type RequestListener,
  type ServerResponse,
} from "node:http";
import { createServer as createTlsServer } from "node:https";

const types: Readonly<Record<string, string>> = {
  html: "text/html; charset=utf-8",
  js: "text/javascript",
  pdf: "application/pdf",
  svg: "image/svg+xml",
};
let reports: string[] = [];

/** Answers the test pages' own addresses; false when it is none of them. */
function hostile(request: IncomingMessage, response: ServerResponse): boolean {
  const path = request.url ?? "";
  if (path === "/report" && request.method === "POST") {
    let text = "";
    request.on("data", (chunk: Buffer) => (text += chunk.toString("utf8")));
    request.on("end", () => {
      reports.push(text);
      response.writeHead(204).end();
    });
    return true;
  }
  if (path === "/report") {
    response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(reports));
    reports = [];
    return true;
  }
  const [, name, kind] =
    /^\/((?:hostile|desk)\/[a-z-]+\.(html|js|pdf|svg))(?:\?|$)/.exec(path) ?? [];
  const file = `/support/internet/${name ?? ""}`;
  if (name === undefined || kind === undefined || !existsSync(file)) return false;
  response.writeHead(200, { "content-type": types[kind] ?? "" }).end(readFileSync(file));
  return true;
}

/** A file that is announced whole and breaks off on its way. */
function cut(request: IncomingMessage, response: ServerResponse): boolean {
  if (request.url !== "/cut.bin") return false;
  response.writeHead(200, {
    "content-type": "application/octet-stream",
    "content-disposition": "attachment",
    "content-length": 20 * 1024 * 1024,
  });
  response.write(Buffer.alloc(1024 * 1024), () => setTimeout(() => request.socket.destroy(), 1000));
  return true;
}

function hugeIcon(request: IncomingMessage, response: ServerResponse): boolean {
  if (request.url !== "/icon.png") return false;
  const bytes = Buffer.alloc(10 * 1024 * 1024);
  Buffer.from("89504e470d0a1a0a0000000d494844520000ea600000ea60080200000000000000", "hex").copy(
    bytes,
  );
  response.writeHead(200, { "content-type": "image/png" }).end(bytes);
  return true;
}

function drawing(request: IncomingMessage, response: ServerResponse): boolean {
  if (request.url !== "/plan.jww") return false;
  response.writeHead(200, {
    "content-type": "application/octet-stream",
    "content-disposition": "attachment",
  });
  response.end(Buffer.concat([Buffer.from("JwwData."), Buffer.alloc(100)]));
  return true;
}

const answer: RequestListener = (request, response) => {
  if (request.url === "/desk/locked" && request.headers.authorization === undefined) {
    response.writeHead(401, { "www-authenticate": 'Basic realm="desk"' }).end("locked");
    return;
  }
  if ([hostile, cut, hugeIcon, drawing].some((page) => page(request, response))) return;
  if (request.url === "/display") {
    response.writeHead(200, { "content-type": types["html"] });
    response.end(readFileSync("/support/internet/display.html"));
    return;
  }
  const host = request.headers.host ?? "";
  response.writeHead(200, { "content-type": "text/html; charset=utf-8" });
  const entered = Buffer.from(request.headers.authorization?.slice(6) ?? "", "base64").toString();
  response.end(
    `<!doctype html><title>origin ${host} ${entered}</title><body style="background:#0a7d3c;color:#fff"><h1 id="host">${host}</h1><p>${request.url ?? ""}`,
  );
};

createServer(answer).listen(80);
createTlsServer(
  { key: readFileSync("/tls/origin.key"), cert: readFileSync("/tls/origin.crt") },
  answer,
).listen(443);
