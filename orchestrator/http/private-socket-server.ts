/**
 * An HTTP server whose unix socket nobody but its owner can open, from the first moment it exists: the
 * mode is set by the umask of the bind itself, which Node does before `listen` returns. A chmod afterwards
 * would leave a moment in between.
 */
import { Server } from "node:http";

export class PrivateSocketServer extends Server {
  override listen(...args: unknown[]): this {
    const before = process.umask(0o177);
    try {
      return Reflect.apply(super.listen.bind(this), undefined, args) as this;
    } finally {
      process.umask(before);
    }
  }
}
