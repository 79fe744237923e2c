/** Which container engine is meant: the configured socket, else the one DOCKER_HOST names, else the usual one. */
export const usualEngineSocket = "/var/run/docker.sock";

export function engineSocket(
  configured?: string,
  env: Readonly<Record<string, string | undefined>> = process.env,
): string {
  const named = /^unix:\/\/(.+)$/.exec(env["DOCKER_HOST"] ?? "")?.[1];
  return configured ?? named ?? usualEngineSocket;
}
