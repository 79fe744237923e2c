/** The icons of sessions' tabs, as pixels that the container made; a handful of bytes each, never decoded. */
import type { FromAgent, Tab } from "../../images/wire/control.ts";
import type { SessionId } from "../base/ids.ts";
import type { GatewayMessage } from "../http/room-contract.ts";

/** No session has more tabs. */
const mostTabs = 64;

export class TabIcons {
  readonly #icons = new Map<SessionId, Map<number, string>>();

  take(id: SessionId, { tab, pixels }: Extract<FromAgent, { type: "tab-icon" }>): void {
    const icons = this.#icons.get(id) ?? new Map<number, string>();
    this.#icons.set(id, icons);
    icons.delete(tab);
    if (pixels !== null) icons.set(tab, pixels);
    const [oldest] = icons.keys();
    if (icons.size > mostTabs && oldest !== undefined) icons.delete(oldest);
  }

  /** Of tabs that are there. */
  message(id: SessionId, tabs: readonly Pick<Tab, "id">[]): GatewayMessage {
    const icons = this.#icons.get(id);
    return {
      type: "tab-icons",
      icons: tabs.flatMap(({ id: tab }) => {
        const pixels = icons?.get(tab);
        return pixels === undefined ? [] : [{ tab, pixels }];
      }),
    };
  }

  forget(id: SessionId): void {
    this.#icons.delete(id);
  }
}
