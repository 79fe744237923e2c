/** The audit log as people read it, by a thread of its own. */
import { Worker } from "node:worker_threads";
import type { ErrorCode } from "../../base/codes.ts";
import { AppError, type ErrorContext } from "../../base/errors.ts";
import type { AuditQuery } from "../../http/contract.ts";
import type { ReportAsked, ReportResult } from "./report.ts";
import type { Found } from "./search.ts";

export interface ThreadData {
  /** The installation's database. */
  readonly path: string;
  /** Belongs to the index alone; can be removed while nothing runs. */
  readonly folder: string;
}

/** Records that were written and cannot be found yet: the index is catching up. */
interface Pending {
  readonly pending: number;
}

export type FoundPage = Found & Pending;
export type ReportPage = ReportResult & Pending;
export type ReportQuestion = Omit<ReportAsked, "filter"> & { readonly query: AuditQuery };

export type Question =
  | { readonly kind: "search"; readonly query: AuditQuery; readonly limit: number }
  | { readonly kind: "report"; readonly asked: ReportQuestion };

export type Answer = { readonly id: number } & (
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly code: ErrorCode; readonly context: ErrorContext }
  | { readonly ok: false; readonly problem: string }
);

export interface AuditReader extends AsyncDisposable {
  /** Throws BAD_REQUEST for times that cannot be read. */
  search(query: AuditQuery, limit: number): Promise<FoundPage>;
  /** As `search`. */
  report(asked: ReportQuestion): Promise<ReportPage>;
}

export function createAuditReader(data: ThreadData): AuditReader {
  return new ReaderThread(data);
}

class ReaderThread implements AuditReader {
  readonly #data: ThreadData;
  readonly #waiting = new Map<number, PromiseWithResolvers<unknown>>();
  #worker: Worker | undefined;
  #lastId = 0;

  constructor(data: ThreadData) {
    this.#data = data;
    this.#worker = this.#start();
  }

  async search(query: AuditQuery, limit: number): Promise<FoundPage> {
    return (await this.#ask({ kind: "search", query, limit })) as FoundPage;
  }

  async report(asked: ReportQuestion): Promise<ReportPage> {
    return (await this.#ask({ kind: "report", asked })) as ReportPage;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const worker = this.#worker;
    this.#worker = undefined;
    await worker?.terminate();
  }

  #ask(question: Question): Promise<unknown> {
    const id = ++this.#lastId;
    const waiting = Promise.withResolvers<unknown>();
    this.#waiting.set(id, waiting);
    // A thread that ended is started again by the next question.
    this.#worker ??= this.#start();
    this.#worker.postMessage({ id, question });
    return waiting.promise;
  }

  #start(): Worker {
    const worker = new Worker(new URL("./thread.ts", import.meta.url), { workerData: this.#data });
    // Asked or not, the thread alone keeps no process alive.
    worker.unref();
    worker.on("message", (answer: Answer) => this.#answered(answer));
    let problem: unknown;
    worker.on("error", (error: unknown) => {
      problem = error;
    });
    worker.on("exit", () => {
      if (this.#worker === worker) this.#worker = undefined;
      const ended = new AppError("INTERNAL", { what: "audit reader" }, problem);
      for (const { reject } of this.#waiting.values()) reject(ended);
      this.#waiting.clear();
    });
    return worker;
  }

  #answered(answer: Answer): void {
    const waiting = this.#waiting.get(answer.id);
    this.#waiting.delete(answer.id);
    if (answer.ok) waiting?.resolve(answer.value);
    else if ("code" in answer) waiting?.reject(new AppError(answer.code, answer.context));
    else
      waiting?.reject(new AppError("INTERNAL", { what: "audit reader", problem: answer.problem }));
  }
}
