/**
 * The part of the contract (contract.ts) about how people sign in and what they sign in with.
 *
 *   POST   /api/second-factor/code             Code → Me                    (password was right, factor awaited)
 *   POST   /api/second-factor/passkey/options  → WebAuthn request options   (the same)
 *   POST   /api/second-factor/passkey          PasskeyProof → Me            (the same)
 *   POST   /api/proof                          PasswordProof → 204          (the password once more)
 *   GET    /api/factors                        → FactorState
 *   POST   /api/factors/totp                   → TotpSetup                  (just proved; replaces an unconfirmed one)
 *   POST   /api/factors/totp/confirm           Code → RecoveryCodes         (just proved)
 *   DELETE /api/factors/totp                   → 204                        (just proved; 409 for the last of a role
 *                                                                            that needs one)
 *   POST   /api/factors/passkeys/options       → WebAuthn creation options  (just proved)
 *   POST   /api/factors/passkeys               NewPasskey → RecoveryCodes   (just proved)
 *   DELETE /api/factors/passkeys/:id           → 204                        (just proved; own only, else 404)
 *   POST   /api/factors/recovery-codes         → RecoveryCodes              (just proved; the old ones are void)
 *   GET    /api/sign-ins                       → { signIns: SignIn[] }
 *   DELETE /api/sign-ins                       → { ended }                  (all but this one)
 *   DELETE /api/sign-ins/:id                   → 204                        (own only, else 404)
 *   DELETE /api/admin/users/:id/factors        → 204                        (system-admin; just proved)
 */
import { z } from "zod";

export const code = z.strictObject({ code: z.string().min(1).max(64) });
export const passwordProof = z.strictObject({ password: z.string().min(1).max(1024) });

const base64url = z
  .string()
  .max(16_384)
  .regex(/^[A-Za-z0-9_-]*$/);
const extensionResults = z.record(z.string().max(64), z.unknown());

/** What `PublicKeyCredential.toJSON()` gives; more than these fields is dropped. */
export const passkeyProof = z.strictObject({
  response: z.object({
    id: base64url.min(1).max(1400),
    rawId: base64url.max(1400),
    type: z.literal("public-key"),
    response: z.object({
      clientDataJSON: base64url,
      authenticatorData: base64url,
      signature: base64url,
      userHandle: base64url.max(256).exactOptional(),
    }),
    clientExtensionResults: extensionResults,
  }),
});

export const newPasskey = z.strictObject({
  name: z.string().trim().min(1).max(64),
  response: z.object({
    id: base64url.min(1).max(1400),
    rawId: base64url.max(1400),
    type: z.literal("public-key"),
    response: z.object({
      clientDataJSON: base64url,
      attestationObject: base64url,
      transports: z
        .array(z.enum(["ble", "cable", "hybrid", "internal", "nfc", "smart-card", "usb"]))
        .max(10)
        .exactOptional(),
    }),
    clientExtensionResults: extensionResults,
  }),
});

export const totpSetup = z.strictObject({ secret: z.string(), uri: z.string() });
export type TotpSetup = z.infer<typeof totpSetup>;

/** Null when there are some already; otherwise shown this once. */
export const recoveryCodes = z.strictObject({ recoveryCodes: z.array(z.string()).nullable() });
export type RecoveryCodes = z.infer<typeof recoveryCodes>;

export const factorState = z.strictObject({
  totpSince: z.string().nullable(),
  passkeys: z.array(
    z.strictObject({
      id: z.string(),
      name: z.string(),
      /** The host name it works for. */
      rpId: z.string(),
      createdAt: z.string(),
      lastUsedAt: z.string().nullable(),
    }),
  ),
  recoveryCodesLeft: z.int(),
  required: z.boolean(),
});
export type FactorView = z.infer<typeof factorState>;

export const signInView = z.strictObject({
  /** Names the sign-in to its owner; signs nobody in. */
  id: z.string(),
  createdAt: z.string(),
  seenAt: z.string(),
  expiresAt: z.string(),
  terminal: z.string(),
  /** What the browser said of itself; text from outside. */
  browser: z.string(),
  /** The one that asks. */
  current: z.boolean(),
});
export type SignInView = z.infer<typeof signInView>;
