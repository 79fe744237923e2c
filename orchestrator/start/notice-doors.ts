/** Where notices go out besides the pages, as far as the configuration names it; secrets come from files. */
import { readFileSync, statSync } from "node:fs";
import { resolve } from "node:path";
import { AppError, describeError } from "../base/errors.ts";
import type { Config } from "../config/schema.ts";
import type { OutboxParts } from "../notices/outbox.ts";
import { classifyAddress, makeAddressTable } from "../../policies/guards/address-class.ts";
import { ownAddresses } from "../../proxy/own-addresses.ts";

type Settings = Config["notifications"];

/** Throws CONFIG_INVALID for a file that cannot be read, that others can read, or one without the other. */
export function readDoors(
  { mail, webhook }: Settings,
  data: string,
): Pick<OutboxParts, "mail" | "webhook"> {
  return {
    ...(mail && { mail: mailDoor(mail, data) }),
    ...(webhook && { webhook: webhookDoor(webhook, data) }),
  };
}

function mailDoor(
  mail: NonNullable<Settings["mail"]>,
  data: string,
): NonNullable<OutboxParts["mail"]> {
  const { host, port, security, serverName, caFile, from, user, passwordFile } = mail;
  if ((user === undefined) !== (passwordFile === undefined))
    throw invalid("mail", "user and passwordFile belong together", "write both or none");
  if (user !== undefined && security === "none")
    throw invalid("mail.security", "a password is not sent in the clear", "security: starttls");
  return {
    from,
    server: {
      ...{ host, port, security, serverName: serverName ?? host },
      ...(caFile !== undefined && { ca: read("mail.caFile", data, caFile) }),
      ...(user !== undefined &&
        passwordFile !== undefined && {
          login: { user, password: secret("mail.passwordFile", data, passwordFile) },
        }),
    },
  };
}

function webhookDoor(
  { url, secretFile, caFile, allowAddress }: NonNullable<Settings["webhook"]>,
  data: string,
): NonNullable<OutboxParts["webhook"]> {
  const bits = allowAddress?.includes(":") === true ? 128 : 32;
  const permitIp = allowAddress === undefined ? [] : [`${allowAddress}/${bits}`];
  const table = makeAddressTable({ denyIp: [], permitIp });
  return {
    url: new URL(url),
    secret: secret("webhook.secretFile", data, secretFile),
    mayDial: (address) => classifyAddress(address, table, ownAddresses()).allowed,
    ...(caFile !== undefined && { ca: read("webhook.caFile", data, caFile) }),
  };
}

function secret(field: string, data: string, file: string): string {
  const text = read(field, data, file).replace(/\r?\n$/, "");
  const path = resolve(data, file);
  if ((statSync(path).mode & 0o077) !== 0)
    throw invalid(field, "others can read it", `chmod 600 ${path}`);
  if (text === "" || /[\r\n]/.test(text))
    throw invalid(field, "empty, or more than one line", "put the secret alone into it");
  return text;
}

function read(field: string, data: string, file: string): string {
  try {
    return readFileSync(resolve(data, file), "utf8");
  } catch (error) {
    throw invalid(field, describeError(error), "name a file that is there");
  }
}

function invalid(field: string, problem: string, mend: string): AppError {
  return new AppError("CONFIG_INVALID", {
    ...{ file: "hanare.yaml", field: `notifications.${field}`, problem, mend },
  });
}
