/**
 * Calls to the server. Every failure is an ApiError with an ErrorBody, so that pages always have the
 * words and the next step; what the network itself does wrong is put into the same shape.
 */
import type { ErrorBody } from "../../http/contract.ts";
import { dictionary } from "../i18n/dictionary.ts";

export class ApiError extends Error {
  override readonly name = "ApiError";
  /** 0 when no answer came at all. */
  readonly status: number;
  readonly body: ErrorBody;

  constructor(status: number, body: ErrorBody) {
    super(`${status} ${body.code}`);
    this.status = status;
    this.body = body;
  }
}

type Method = "GET" | "POST" | "DELETE";

/** Asks the person who they are; false when they would rather not. */
let askForProof: (() => Promise<boolean>) | undefined;

/** Says who asks for a fresh proof; the returned function takes that back. */
export function onProofNeeded(ask: () => Promise<boolean>): () => void {
  askForProof = ask;
  return () => {
    if (askForProof === ask) askForProof = undefined;
  };
}

/** Where the server wants to know again who is there, the person is asked and the call made once more. */
export async function call<Result>(
  method: Method,
  path: string,
  body?: unknown,
  signal?: AbortSignal,
): Promise<Result> {
  try {
    return await send<Result>(method, path, body, signal);
  } catch (error) {
    const needsProof = error instanceof ApiError && error.body.code === "PROOF_REQUIRED";
    if (!needsProof || !(await askForProof?.())) throw error;
    return send<Result>(method, path, body, signal);
  }
}

async function send<Result>(
  method: Method,
  path: string,
  body?: unknown,
  signal?: AbortSignal,
): Promise<Result> {
  const init: RequestInit = { method, credentials: "same-origin", cache: "no-store" };
  if (body !== undefined) {
    init.body = JSON.stringify(body);
    init.headers = { "content-type": "application/json" };
  }
  if (signal) init.signal = signal;
  const response = await fetch(path, init).catch((error: unknown) => {
    if (signal?.aborted) throw error;
    throw new ApiError(0, localBody("NETWORK", "error.network", "error.networkNext"));
  });
  if (!response.ok) {
    const value: unknown = await response.json().catch(() => null);
    // Publishing answers with what came of it, whatever the status.
    if (isOutcome(value)) return value as Result;
    throw new ApiError(response.status, errorBodyOf(value));
  }
  if (response.status === 204) return undefined as Result;
  return (await response.json().catch(() => {
    throw new ApiError(
      response.status,
      localBody("UNREADABLE", "error.unreadable", "error.unreadableNext"),
    );
  })) as Result;
}

/** Bytes that the page shows itself. Fails as `call`. */
export async function fetchBlob(path: string, signal: AbortSignal): Promise<Blob> {
  const init: RequestInit = { credentials: "same-origin", cache: "no-store", signal };
  const response = await fetch(path, init).catch((error: unknown) => {
    if (signal.aborted) throw error;
    throw new ApiError(0, localBody("NETWORK", "error.network", "error.networkNext"));
  });
  if (response.ok) return response.blob();
  const value: unknown = await response.json().catch(() => null);
  throw new ApiError(response.status, errorBodyOf(value));
}

function isOutcome(value: unknown): boolean {
  return typeof value === "object" && value !== null && "outcome" in value;
}

function errorBodyOf(value: unknown): ErrorBody {
  if (isErrorBody(value)) return value;
  return localBody("UNREADABLE", "error.unreadable", "error.unreadableNext");
}

function isErrorBody(value: unknown): value is ErrorBody {
  if (typeof value !== "object" || value === null) return false;
  const record = value as Record<string, unknown>;
  return ["code", "ja", "en", "nextJa", "nextEn", "requestId"].every(
    (name) => typeof record[name] === "string",
  );
}

type LocalText =
  | "error.network"
  | "error.unreadable"
  | "error.networkNext"
  | "error.unreadableNext"
  | "error.page"
  | "error.pageNext";

function localBody(code: string, what: LocalText, next: LocalText): ErrorBody {
  return {
    code,
    ja: dictionary[what].ja,
    en: dictionary[what].en,
    nextJa: dictionary[next].ja,
    nextEn: dictionary[next].en,
    requestId: "",
  };
}

/** The words for any thrown value. */
export function toErrorBody(error: unknown): ErrorBody {
  if (error instanceof ApiError) return error.body;
  return localBody("PAGE", "error.page", "error.pageNext");
}
