/** Joins one picture connection of the host to one new connection of Xvnc. */
import { connect } from "node:net";
import { pipeline } from "node:stream";
import { dial } from "./host-link.ts";
import { pictureSocket } from "./processes.ts";

export async function openPicture(stream: string): Promise<void> {
  const host = await dial({ kind: "picture", stream });
  const vnc = connect(pictureSocket);
  pipeline(host, vnc, () => vnc.destroy());
  pipeline(vnc, host, () => host.destroy());
}
