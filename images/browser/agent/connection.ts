/** What the browser found of a page's connection and certificate, in the few words that cross to the host. */
import type { Tab } from "../../wire/control.ts";
import { asNumber, asObject, asText, type CdpObject } from "./cdp.ts";

export function readConnection(state: CdpObject): NonNullable<Tab["connection"]> {
  const certificate = asObject(state["certificateSecurityState"]);
  const subject = asText(certificate["subjectName"])?.slice(0, 256);
  const issuer = asText(certificate["issuer"])?.slice(0, 256);
  const validTo = Math.round(asNumber(certificate["validTo"]));
  return {
    state: stateOf(asText(state["securityState"])),
    ...(subject === undefined ? {} : { subject }),
    ...(issuer === undefined ? {} : { issuer }),
    ...(validTo > 0 ? { validTo } : {}),
  };
}

function stateOf(said: string | undefined): "broken" | "plain" | "secure" {
  if (said === "secure") return "secure";
  return said === "insecure-broken" ? "broken" : "plain";
}
