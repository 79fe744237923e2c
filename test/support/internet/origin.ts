/**
 * The origin server of the test internet: runs in a container on a documentation range, answers every
 * host over http and https with a page that says which host it is, and has a WebSocket echo.
 */
import { readFileSync } from "node:fs";
import { createServer, type RequestListener } from "node:http";
import { createServer as createTlsServer } from "node:https";

const answer: RequestListener = (request, response) => {
  const host = request.headers.host ?? "";
  response.writeHead(200, { "content-type": "text/html; charset=utf-8" });
  response.end(
    `<!doctype html><title>origin ${host}</title><body style="background:#0a7d3c;color:#fff"><h1 id="host">${host}</h1><p>${request.url ?? ""}`,
  );
};

createServer(answer).listen(80);
createTlsServer(
  { key: readFileSync("/tls/origin.key"), cert: readFileSync("/tls/origin.crt") },
  answer,
).listen(443);
