/**
 * What terminals are set to, as one list: each setting with its value per browser and its reason in both
 * languages. Everything that is exported (JSON, .reg, PowerShell, the guide) is written from this list, so
 * that no two of them can differ. Pure.
 *
 * Names and types: Chromium's and Edge's policy references. Chromium reads Chrome's in the tests; Edge's own name
 * for one setting no browser has read there.
 */
import type { RedirectMode } from "../base/redirect-mode.ts";

export interface TerminalFacts {
  readonly portal: string;
  /** "name:port", first choice first. */
  readonly proxies: readonly string[];
  readonly redirectMode: RedirectMode;
  /** Of our extension; used with redirectMode "extension". */
  readonly extensionId: string;
}

export type PolicyValue =
  | boolean
  | number
  | string
  | readonly string[]
  | Readonly<Record<string, unknown>>;

export interface Setting {
  readonly name: string;
  readonly value: PolicyValue;
  /** Absent: both. */
  readonly only?: "chrome" | "edge";
  readonly ja: string;
  readonly en: string;
}

export function pacUrl({ proxies }: Pick<TerminalFacts, "proxies">): string {
  return `http://${proxies[0] ?? ""}/proxy.pac`;
}

export function updateUrl({ portal }: Pick<TerminalFacts, "portal">): string {
  return `${portal}/extension/updates.xml`;
}

export function browserSettings(facts: TerminalFacts): readonly Setting[] {
  const { portal, redirectMode, extensionId } = facts;
  const proxyOrigins = facts.proxies.map((proxy) => `http://${proxy}`);
  return [
    {
      name: "ProxySettings",
      value: { ProxyMode: "pac_script", ProxyPacUrl: pacUrl(facts), ProxyPacMandatory: true },
      ja: "通信の出口を Hanare のプロキシにします。PAC を取得できないときに直接通信へ切り替わらないよう、必須にします。",
      en: "Makes Hanare's proxy the way out. Mandatory, so that a PAC file that cannot be had does not mean going direct.",
    },
    {
      name: "MaxConnectionsPerProxy",
      value: 64,
      ja: "プロキシへの同時接続は既定で 32 本です。タブを多く開いても待たされないよう増やします。",
      en: "Browsers open 32 connections to a proxy by default; many tabs need more.",
    },
    {
      name: "QuicAllowed",
      value: false,
      ja: "QUIC (UDP) はプロキシを通らないため止めます。",
      en: "QUIC (UDP) would not go through the proxy.",
    },
    {
      name: "DnsOverHttpsMode",
      value: "off",
      ja: "名前の解決はプロキシが行います。ブラウザが外部の DNS に直接問い合わせないようにします。",
      en: "The proxy resolves names; the browser is not to ask outside name servers.",
    },
    {
      name: "WebRtcIPHandling",
      value: "disable_non_proxied_udp",
      only: "chrome",
      ja: "WebRTC がプロキシを通らない通信をしないようにします。",
      en: "Keeps WebRTC from traffic beside the proxy.",
    },
    {
      name: "WebRtcLocalhostIpHandling",
      value: "DisableNonProxiedUdp",
      only: "edge",
      ja: "WebRTC がプロキシを通らない通信をしないようにします (Edge での名前)。",
      en: "Keeps WebRTC from traffic beside the proxy (Edge's name for it).",
    },
    {
      name: "AutomaticDownloadsAllowedForUrls",
      value: [portal],
      ja: "無害化されたファイルを続けて受け取るときの確認を、ポータルに限って省きます。",
      en: "Files that were made clean arrive one after the other; the portal alone is not asked about it.",
    },
    {
      name: "PopupsAllowedForUrls",
      value: [portal],
      ja: "分離ブラウザを新しいタブで開けるようにします (ポータルのみ)。",
      en: "Lets the portal open the isolated browser in a tab.",
    },
    {
      name: "ClipboardAllowedForUrls",
      value: [portal],
      ja: "分離ブラウザとのコピー・貼り付けで、確認の表示を省きます (ポータルのみ)。持ち出しの可否はサーバーが決めます。",
      en: "No question about copy and paste at the portal; what may be copied is the server's decision.",
    },
    ...(redirectMode === "extension"
      ? [
          {
            name: "ExtensionInstallForcelist",
            value: [`${extensionId};${updateUrl(facts)}`],
            ja: "許可されていない https のページを分離ブラウザで開くための拡張機能を、自動で導入します。",
            en: "Installs the extension that leads refused https pages into the isolated browser.",
          },
          {
            name: "LocalNetworkAccessAllowedForUrls",
            value: [`chrome-extension://${extensionId}`, ...proxyOrigins],
            ja: "拡張機能が庁内のプロキシに判定を問い合わせられるようにします。",
            en: "Lets the extension ask the proxy inside the network.",
          },
        ]
      : []),
  ];
}

/** Values as the browser's policy file has them. */
export function policyJson(
  facts: TerminalFacts,
  browser: "chrome" | "edge",
): Record<string, unknown> {
  const settings = settingsOf(facts, browser);
  return Object.fromEntries(settings.map(({ name, value }) => [name, value]));
}

export function settingsOf(facts: TerminalFacts, browser: "chrome" | "edge"): readonly Setting[] {
  return browserSettings(facts).filter(({ only }) => only === undefined || only === browser);
}

/**
 * Firefox' own policies.json. It has no mandatory PAC file: one that it cannot fetch means going out directly
 * (seen with Firefox 153), so the file itself stands in the setting.
 *
 * @param pac the PAC file's text, ASCII
 */
export function firefoxPolicies({ portal }: TerminalFacts, pac: string): object {
  const url = `data:application/x-ns-proxy-autoconfig,${encodeURIComponent(pac)}`;
  return {
    policies: {
      Proxy: { Mode: "autoConfig", AutoConfigURL: url, Locked: true },
      DNSOverHTTPS: { Enabled: false, Locked: true },
      DisableEncryptedClientHello: true,
      Certificates: { ImportEnterpriseRoots: true },
      PopupBlocking: { Allow: [portal] },
    },
  };
}
