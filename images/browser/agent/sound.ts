/**
 * Sound, only while it is heard. At rest this listens where the sound device looks for a listener, and tells
 * the host when it does; asked by the host, it gives that place to hanare-sound until that ends.
 */
import type { ChildProcess } from "node:child_process";
import { chmodSync, rmSync } from "node:fs";
import { createServer, type Server } from "node:net";
import { soundSocket, startSound } from "./processes.ts";

export class Sound {
  readonly #onSounding: () => void;
  #bell: Server | undefined;
  #program: ChildProcess | undefined;

  constructor(onSounding: () => void) {
    this.#onSounding = onSounding;
    this.#listen();
  }

  open(stream: string): void {
    this.#bell?.close();
    this.#bell = undefined;
    this.#program?.kill();
    const program = startSound(stream);
    this.#program = program;
    const over = (): void => {
      if (this.#program !== program) return;
      this.#program = undefined;
      this.#listen();
    };
    program.once("exit", over);
    program.once("error", over);
  }

  #listen(): void {
    rmSync(soundSocket, { force: true });
    const bell = createServer((device) => {
      device.on("error", () => undefined);
      device.destroy();
      this.#onSounding();
    });
    this.#bell = bell;
    bell.on("error", (error) => process.stderr.write(`sound: ${error.message}\n`));
    bell.listen(soundSocket, () => chmodSync(soundSocket, 0o600));
  }
}
