/**
 * A passkey authenticator in software: what a security key does, byte for byte (WebAuthn Level 3 §6.1, CTAP2
 * canonical CBOR), so that the server's checks meet real signatures.
 */
import {
  createHash,
  createSign,
  generateKeyPairSync,
  type KeyObject,
  randomBytes,
} from "node:crypto";
import type {
  AuthenticationAnswer,
  AuthenticationOptions,
  RegistrationAnswer,
  RegistrationOptions,
} from "../../orchestrator/identity/passkeys.ts";

export class SoftwareAuthenticator {
  readonly #id = randomBytes(32);
  readonly #keys = generateKeyPairSync("ec", { namedCurve: "P-256" });
  /** Counts signatures; a clone of the key would say less. */
  counter = 0;
  /** Whether it asks its owner for PIN or finger. */
  verifiesUser = true;

  create(options: RegistrationOptions, origin: string): RegistrationAnswer {
    const rpId = options.rp.id ?? "";
    const attested = Buffer.concat([
      Buffer.alloc(16),
      uint16(this.#id.length),
      this.#id,
      coseKey(this.#keys.publicKey),
    ]);
    const authData = Buffer.concat([this.#authData(rpId, 0x40), attested]);
    const attestationObject = Buffer.concat([
      Buffer.from([0xa3]),
      ...[text("fmt"), text("none"), text("attStmt"), Buffer.from([0xa0])],
      ...[text("authData"), bytes(authData)],
    ]);
    return {
      id: this.#id.toString("base64url"),
      rawId: this.#id.toString("base64url"),
      type: "public-key",
      clientExtensionResults: {},
      response: {
        clientDataJSON: clientData("webauthn.create", options.challenge, origin).toString(
          "base64url",
        ),
        attestationObject: attestationObject.toString("base64url"),
        transports: ["usb"],
      },
    };
  }

  get(options: AuthenticationOptions, origin: string): AuthenticationAnswer {
    const clientDataJSON = clientData("webauthn.get", options.challenge, origin);
    const authenticatorData = this.#authData(options.rpId ?? "", 0);
    const signed = Buffer.concat([
      authenticatorData,
      createHash("sha256").update(clientDataJSON).digest(),
    ]);
    return {
      id: this.#id.toString("base64url"),
      rawId: this.#id.toString("base64url"),
      type: "public-key",
      clientExtensionResults: {},
      response: {
        clientDataJSON: clientDataJSON.toString("base64url"),
        authenticatorData: authenticatorData.toString("base64url"),
        signature: createSign("sha256")
          .update(signed)
          .sign(this.#keys.privateKey)
          .toString("base64url"),
      },
    };
  }

  /** Hash of the host name, flags (present, verified), counter. */
  #authData(rpId: string, moreFlags: number): Buffer {
    this.counter += 1;
    const counter = Buffer.alloc(4);
    counter.writeUInt32BE(this.counter);
    const flags = 0x01 | (this.verifiesUser ? 0x04 : 0) | moreFlags;
    return Buffer.concat([
      createHash("sha256").update(rpId).digest(),
      Buffer.from([flags]),
      counter,
    ]);
  }
}

function clientData(type: string, challenge: string, origin: string): Buffer {
  return Buffer.from(JSON.stringify({ type, challenge, origin, crossOrigin: false }));
}

/** RFC 9053 §7.1.1: an EC2 key, ES256, P-256. */
function coseKey(key: KeyObject): Buffer {
  const { x, y } = key.export({ format: "jwk" });
  const coordinate = (value: string | undefined) => bytes(Buffer.from(value ?? "", "base64url"));
  return Buffer.concat([
    Buffer.from([0xa5, 0x01, 0x02, 0x03, 0x26, 0x20, 0x01, 0x21]),
    coordinate(x),
    Buffer.from([0x22]),
    coordinate(y),
  ]);
}

function text(value: string): Buffer {
  return Buffer.concat([Buffer.from([0x60 + value.length]), Buffer.from(value)]);
}

function bytes(value: Buffer): Buffer {
  const head = value.length < 256 ? Buffer.from([0x58, value.length]) : undefined;
  return Buffer.concat([head ?? Buffer.concat([Buffer.from([0x59]), uint16(value.length)]), value]);
}

function uint16(value: number): Buffer {
  const made = Buffer.alloc(2);
  made.writeUInt16BE(value);
  return made;
}
