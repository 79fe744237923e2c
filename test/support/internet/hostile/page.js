// What a hostile page tries from inside the isolated browser. Every attempt ends as one line of text:
// what happened. All of them are posted to the page's own origin, which the test asks for them.
const results = [];
const limitMs = 4000;

const within = (work) =>
  Promise.race([
    work,
    new Promise((resolve) => setTimeout(() => resolve("nothing happened"), limitMs)),
  ]);
const refused = (error) => `${error.name}: ${error.message}`.slice(0, 200);
const attempt = async (id, work) => {
  let got;
  try {
    got = await within(work());
  } catch (error) {
    got = refused(error);
  }
  results.push({ id, got: String(got) });
};

// `no-cors` asks for no permission of the other side: a reachable one would answer "opaque".
const reach = (id, url) =>
  attempt(id, async () => (await fetch(url, { mode: "no-cors", cache: "no-store" })).type);
const socket = (id, url) =>
  attempt(
    id,
    () =>
      new Promise((resolve) => {
        const opened = new WebSocket(url);
        opened.onopen = () => resolve("open");
        opened.onerror = () => resolve("error");
      }),
  );
const popUp = (id, url) =>
  attempt(id, async () => {
    const opened = open(url, "_blank", "popup");
    if (!opened) return "no window";
    await new Promise((resolve) => setTimeout(resolve, 700));
    let shown;
    try {
      shown = opened.location.href;
    } catch (error) {
      shown = refused(error);
    }
    opened.close();
    return shown;
  });
const frame = (id, url) =>
  attempt(
    id,
    () =>
      new Promise((resolve) => {
        const made = document.createElement("iframe");
        const look = () => {
          try {
            resolve(made.contentDocument ? made.contentDocument.URL : "cross-origin");
          } catch (error) {
            resolve(refused(error));
          }
        };
        made.onload = () => setTimeout(look, 100);
        setTimeout(look, 1500);
        made.src = url;
        document.body.append(made);
      }),
  );

// Candidates are the addresses that WebRTC would tell a peer; only names made up by the browser (mDNS)
// or none at all are harmless.
const candidates = (id, iceServers) =>
  attempt(id, async () => {
    const peer = new RTCPeerConnection({ iceServers });
    const found = [];
    const done = new Promise((resolve) => {
      peer.onicecandidate = ({ candidate }) => {
        if (candidate === null) resolve();
        else if (candidate.candidate !== "") found.push(candidate.candidate);
      };
      setTimeout(resolve, 2500);
    });
    peer.createDataChannel("x");
    await peer.setLocalDescription(await peer.createOffer());
    await done;
    peer.close();
    return `candidates [${found.join(" | ")}]`;
  });

const asked = (id, ask) => attempt(id, async () => `granted ${String(await ask())}`);
const missing = (what) => `absent: ${what}`;

await Promise.all([
  reach("page-devtools", "http://127.0.0.1:9222/json/version"),
  reach("page-devtools-localhost", "http://localhost:9222/json/list"),
  reach("page-proxy-loopback", "http://127.0.0.1:3128/"),
  reach("page-x11", "http://127.0.0.1:6001/"),
  reach("page-loopback-https", "https://127.0.0.1/"),
  reach("page-loopback-v6", "https://[::1]/"),
  reach("page-loopback-decimal", "https://2130706433/"),
  reach("page-metadata", "https://169.254.169.254/latest/meta-data/"),
  reach("page-metadata-http", "http://169.254.169.254/latest/meta-data/"),
  reach("page-lgwan", "https://10.0.0.5/"),
  reach("page-name-inside", "https://inside.test/"),
  reach("page-name-self", "https://self.test/"),
  reach("page-denied", "https://www.denied.test/"),
  reach("page-unlisted", "https://www.unlisted.test/"),
  reach("page-port", "https://www.allowed.test:8443/"),
  reach("page-port-ssh", "https://www.allowed.test:22/"),
  reach("page-file-fetch", "file:///etc/passwd"),
  socket("page-devtools-ws", "ws://127.0.0.1:9222/devtools/browser"),
  socket("page-ws-inside", "wss://10.0.0.5/"),
  candidates("page-webrtc-host", []),
  candidates("page-webrtc-stun", [{ urls: "stun:198.51.100.10:3478" }]),
  candidates("page-webrtc-turn", [
    { urls: "turn:198.51.100.10:3478?transport=tcp", username: "a", credential: "b" },
  ]),
  attempt("page-quic", async () => {
    if (!("WebTransport" in globalThis)) return missing("WebTransport");
    const transport = new WebTransport("https://www.allowed.test/");
    await transport.ready;
    return "connected";
  }),
  attempt("page-beacon", async () => `queued ${navigator.sendBeacon("https://beacon.test/", "x")}`),
]);
await frame("page-file-frame", "file:///etc/passwd");
await frame("page-chrome-frame", "chrome://settings/");
await popUp("page-file-window", "file:///etc/passwd");
await popUp("page-chrome-window", "chrome://settings/");
await popUp("page-devtools-window", "devtools://devtools/bundled/inspector.html");
await popUp("page-source-window", "view-source:https://www.allowed.test/");
await popUp("page-extension-window", "chrome-extension://ghbmnnjooekpmoecnnnilnnbdlolhkhi/x.html");
await popUp("page-untrusted-window", "chrome-untrusted://terminal/");
await attempt("page-extension-install", async () =>
  globalThis.chrome?.webstore?.install
    ? await globalThis.chrome.webstore.install("https://clients2.google.com/service/update2/crx")
    : missing("chrome.webstore"),
);
await asked("page-camera", () => navigator.mediaDevices.getUserMedia({ video: true }));
await asked("page-microphone", () => navigator.mediaDevices.getUserMedia({ audio: true }));
await asked("page-screen", () => navigator.mediaDevices.getDisplayMedia({ video: true }));
await asked(
  "page-location",
  () =>
    new Promise((resolve, reject) =>
      navigator.geolocation.getCurrentPosition(resolve, (error) =>
        reject(new Error(`code ${error.code}`)),
      ),
    ),
);
await asked("page-clipboard", () => navigator.clipboard.readText());
await asked("page-file-picker", () => globalThis.showOpenFilePicker());
await asked("page-usb", () => navigator.usb.requestDevice({ filters: [] }));
await asked("page-serial", () => navigator.serial.requestPort());
await asked("page-hid", () => navigator.hid.requestDevice({ filters: [] }));
await asked("page-bluetooth", () => navigator.bluetooth.requestDevice({ acceptAllDevices: true }));
await attempt("page-notification", () => Notification.requestPermission());
await attempt("page-local-fonts", async () => `granted ${(await queryLocalFonts()).length}`);

await fetch("/report", { method: "POST", body: JSON.stringify(results) });
document.title = "hostile page: done";
