/** Addresses of a record without what follows "?" or "#": search words, and what sites put there. Pure. */
import type { AuditEvent } from "./events.ts";

export function withoutQueries(event: AuditEvent): AuditEvent {
  const { target, details } = event;
  return {
    ...event,
    ...(target !== undefined && { target: withoutQuery(target) }),
    ...(details && {
      details: Object.fromEntries(
        Object.entries(details).map(([name, value]) => [
          name,
          typeof value === "string" ? withoutQuery(value) : value,
        ]),
      ),
    }),
  };
}

/** Whatever is no address stays as it is: a file's name may have a "?". */
function withoutQuery(text: string): string {
  return /^[a-z][a-z0-9+.-]*:\/\//i.test(text) ? text.replace(/[?#].*$/su, "") : text;
}
