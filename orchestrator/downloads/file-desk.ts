/**
 * Opens the file desk: quarantine, scanner and sandboxes, and the desk that owns them and takes them along when it
 * is disposed.
 */
import { BoxPool } from "./boxes/box-pool.ts";
import { ClamdKeeper } from "./scanning/clamd.ts";
import { reapContainers } from "./boxes/container-name.ts";
import { Quarantine } from "./quarantine/quarantine.ts";
import { Office } from "./boxes/office.ts";
import { Sandboxes } from "./boxes/sandbox.ts";
import { ScanDoor } from "./scanning/scan.ts";

import { Desk, type FileDeskArgs, type RunningFileDesk } from "./desk/desk.ts";

/** Uid of the clamd container when this process may give its socket away. */
const clamdUid = 64_903;

/** Returns before the scanner is ready: scans wait for it. Leftovers of earlier processes go first. */
export async function createFileDesk(args: FileDeskArgs): Promise<RunningFileDesk> {
  await using undo = new AsyncDisposableStack();
  const { engine, installation, paths, config, imageRefs, signatures, log } = args;
  await reapContainers(engine, new Set());
  const quarantine = undo.use(await Quarantine.open(paths.quarantine));
  const isRoot = process.getuid?.() === 0;
  const uid = isRoot ? clamdUid : (process.getuid?.() ?? clamdUid);
  const scanner = undo.use(await ScanDoor.open(paths.scanSocketDir, uid, log));
  const socketDir = paths.scanSocketDir;
  const clamd = undo.use(
    new ClamdKeeper({
      engine,
      installation,
      image: imageRefs.clamd,
      socketDir,
      uid,
      signatures,
      log,
    }),
  );
  const box = { engine, installation, log };
  const boxes = undo.use(
    new BoxPool({
      ...box,
      role: "sandbox",
      image: imageRefs.sandbox,
      memoryMb: config.sandboxMemoryMb,
      warm: config.warmSandboxes,
    }),
  );
  const officeBoxes = undo.use(
    new BoxPool({
      ...box,
      role: "office",
      image: imageRefs.office ?? "",
      memoryMb: config.officeMemoryMb,
      // From the first one that is needed: who never gets an older document has no box waiting for it.
      warm: Math.min(config.warmSandboxes, 1),
    }),
  );
  const office =
    imageRefs.office === undefined
      ? undefined
      : new Office({ boxes: officeBoxes, seconds: config.officeSeconds, log });
  const sandboxes = new Sandboxes({ boxes, office, seconds: config.sandboxSeconds, log });
  clamd.start();
  void boxes.fill();
  const containers = () => [...boxes.names, ...officeBoxes.names];
  const warm = () => boxes.warmCount;
  const parts = { quarantine, sandboxes, containers, warm, scanner, clamd, config };
  return new Desk(args, parts, undo.move());
}
