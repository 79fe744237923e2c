/** The name server of the test internet, for a container: names and addresses come from the command line as JSON. */
import { startDnsServer } from "../dns-server.ts";

const names = JSON.parse(process.argv[2] ?? "{}") as Record<string, string[]>;
await startDnsServer({ host: "0.0.0.0", port: 53, names });
