/**
 * When the proxy refuses the tunnel for a page that a person wanted, asks the proxy where that page belongs
 * and goes there. Decides nothing and knows no list: the policy is the proxy's, and a change of it needs no
 * new extension. Only top-level navigations by GET; a form that was sent is not sent again elsewhere.
 */
const refusedTunnel = "net::ERR_TUNNEL_CONNECTION_FAILED";
const answerMs = 4000;
const settings = fetch(chrome.runtime.getURL("config.json")).then((answer) => answer.json());

chrome.webRequest.onErrorOccurred.addListener(
  (details) => {
    const wanted = details.type === "main_frame" && details.method === "GET" && details.tabId >= 0;
    if (wanted && details.error === refusedTunnel) void leadOn(details.tabId, details.url);
  },
  { urls: ["https://*/*"], types: ["main_frame"] },
);

async function leadOn(tabId, url) {
  const location = await askProxies(url);
  if (location === undefined) return;
  // The person may have gone elsewhere meanwhile.
  const tab = await chrome.tabs.get(tabId);
  const shown = (tab.pendingUrl ?? tab.url ?? "").split("#")[0];
  if (shown === url.split("#")[0]) await chrome.tabs.update(tabId, { url: location });
}

/** The first proxy that answers decides; its answer travels in the clear, so only the portal is believed. */
async function askProxies(url) {
  const { proxies, portal } = await settings;
  for (const proxy of proxies) {
    try {
      const query = new URLSearchParams({ url }).toString();
      const answer = await fetch(`http://${proxy}/verdict?${query}`, {
        headers: { "X-Hanare-Extension": "1" },
        cache: "no-store",
        credentials: "omit",
        redirect: "error",
        signal: AbortSignal.timeout(answerMs),
      });
      if (!answer.ok) continue;
      const { location } = await answer.json();
      return typeof location === "string" && location.startsWith(`${portal}/go?`)
        ? location
        : undefined;
    } catch {
      // This proxy is away; the browser's own error page stands if all are.
    }
  }
  return undefined;
}
