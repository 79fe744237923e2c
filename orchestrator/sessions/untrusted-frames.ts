/**
 * The only two ways in which a frame from a session container becomes a value: what is not exactly a
 * hello or a message of images/wire is refused as WIRE_PROTOCOL, whatever was wrong with it. Pure.
 */
import {
  frameType,
  type FromAgent,
  fromAgent,
  type Hello,
  hello,
} from "../../images/wire/control.ts";
import { decodeJson, type Frame } from "../../images/wire/frame.ts";
import { AppError, describeError } from "../base/errors.ts";

/** Throws WIRE_PROTOCOL. */
export function readHello(frame: Frame): Hello {
  return read(frame, frameType.hello, (value) => hello.parse(value));
}

/** Throws WIRE_PROTOCOL. */
export function readMessage(frame: Frame): FromAgent {
  return read(frame, frameType.message, (value) => fromAgent.parse(value));
}

function read<T>(frame: Frame, type: number, parse: (value: unknown) => T): T {
  if (frame.type !== type) throw new AppError("WIRE_PROTOCOL", { wanted: type, got: frame.type });
  try {
    return parse(decodeJson(frame.payload));
  } catch (error) {
    // RangeError included: JSON nested too deep to be read is one more way to be wrong.
    throw new AppError("WIRE_PROTOCOL", { detail: describeError(error).slice(0, 300) }, error);
  }
}
