/** A container of one of our images that waits for commands: programs the host need not have. Without network. */
import { execFileSync, spawnSync } from "node:child_process";

export class ToolBox implements Disposable {
  readonly #id: string;

  constructor(image: string) {
    const mounts = ["/work", "/tmp"].flatMap((each) => ["--tmpfs", `${each}:uid=64904,gid=64904`]);
    this.#id = execFileSync(
      "docker",
      ["run", "-d", "--rm", "--network", "none", ...mounts, "--entrypoint", "sleep"].concat([
        image,
        "infinity",
      ]),
      { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] },
    ).trim();
  }

  /** What a shell script writes with these bytes on its stdin; undefined when it fails. */
  run(script: string, input: Buffer, seconds = 120): Buffer | undefined {
    const { status, stdout } = spawnSync("docker", ["exec", "-i", this.#id, "sh", "-c", script], {
      input,
      timeout: seconds * 1000,
      maxBuffer: 256 * 1024 ** 2,
      stdio: ["pipe", "pipe", "ignore"],
    });
    return status === 0 ? stdout : undefined;
  }

  [Symbol.dispose](): void {
    spawnSync("docker", ["rm", "-f", this.#id], { stdio: "ignore" });
  }
}
