/**
 * Asks the browser for a passkey, or to prove one. The options come from the server as JSON and the answer goes
 * back as JSON; browsers translate both themselves (WebAuthn Level 3 §5.1.8, §5.1.9).
 */

export function passkeysWork(): boolean {
  return (
    typeof PublicKeyCredential === "function" &&
    "parseCreationOptionsFromJSON" in PublicKeyCredential
  );
}

/** Undefined when the person closed the browser's dialog, or it timed out. */
export async function createPasskey(
  options: PublicKeyCredentialCreationOptionsJSON,
): Promise<unknown> {
  const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON(options);
  return answerOf(() => navigator.credentials.create({ publicKey }));
}

/** As `createPasskey`. */
export async function provePasskey(
  options: PublicKeyCredentialRequestOptionsJSON,
): Promise<unknown> {
  const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(options);
  return answerOf(() => navigator.credentials.get({ publicKey }));
}

async function answerOf(ask: () => Promise<Credential | null>): Promise<unknown> {
  try {
    const credential = await ask();
    return credential instanceof PublicKeyCredential ? credential.toJSON() : undefined;
  } catch (error) {
    // The browser tells "no" and "too late" apart for nobody (WebAuthn §14.5); the dialog itself has said it.
    if (error instanceof DOMException) return undefined;
    throw error;
  }
}
