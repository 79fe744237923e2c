/** Behaviour of the practice pages. Each part looks for its own elements and does nothing elsewhere. */
const one = (id) => document.getElementById(id);
const english = document.documentElement.lang === "en";

/** Keeps what is asked for (the search) when the language changes. */
const language = one("language");
if (language) {
  const query = new URLSearchParams(location.search);
  query.set("lang", language.lang);
  language.href = `?${query}`;
}

function dialogs() {
  const answer = one("answer");
  one("alert").addEventListener("click", () => {
    alert(english ? "This is a notice." : "お知らせです。");
    answer.textContent = "alert";
  });
  one("confirm").addEventListener("click", () => {
    answer.textContent = confirm(english ? "Go on?" : "続けますか。") ? "OK" : "Cancel";
  });
  one("prompt").addEventListener("click", () => {
    answer.textContent = prompt(english ? "Your town?" : "お住まいの町は。", "みずほ町") ?? "–";
  });
  one("new-window").addEventListener("click", () => {
    const opened = open("/text", "practice-window", "width=640,height=480");
    answer.textContent = opened ? "window" : "blocked";
  });
  const asking = (event) => event.preventDefault();
  one("leave").addEventListener("change", (event) => {
    if (event.target.checked) addEventListener("beforeunload", asking);
    else removeEventListener("beforeunload", asking);
  });
}

function live() {
  const state = one("live-state");
  const socket = new WebSocket(`${location.protocol === "https:" ? "wss" : "ws"}://${location.host}/ws`);
  socket.addEventListener("open", () => (state.textContent = english ? "connected" : "接続しました"));
  socket.addEventListener("close", () => (state.textContent = english ? "closed" : "切断されました"));
  socket.addEventListener("message", ({ data }) => {
    const item = document.createElement("li");
    item.textContent = data;
    one("live-log").prepend(item);
  });
  one("live").addEventListener("submit", (event) => {
    event.preventDefault();
    if (socket.readyState === WebSocket.OPEN) socket.send(one("live-text").value);
  });
}

function motion() {
  const canvas = one("motion");
  const pen = canvas.getContext("2d");
  let running = true;
  let frames = 0;
  let since = performance.now();
  const draw = (now) => {
    if (!running) return;
    pen.fillStyle = "#0b1030";
    pen.fillRect(0, 0, canvas.width, canvas.height);
    for (let index = 0; index < 12; index++) {
      const angle = now / 900 + index / 2;
      pen.fillStyle = `hsl(${index * 30} 80% 65%)`;
      pen.beginPath();
      pen.arc(40 + index * 51, 100 + Math.sin(angle) * 70, 14, 0, 2 * Math.PI);
      pen.fill();
    }
    frames += 1;
    if (now - since >= 1000) {
      one("fps").textContent = String(Math.round((frames * 1000) / (now - since)));
      frames = 0;
      since = now;
    }
    requestAnimationFrame(draw);
  };
  one("stop").addEventListener("click", () => {
    running = !running;
    if (running) requestAnimationFrame(draw);
  });
  requestAnimationFrame(draw);
}

function arrivals() {
  one("file").addEventListener("change", async ({ target }) => {
    for (const file of target.files) {
      const answer = await fetch("/send/arrived", { method: "POST", body: file });
      const { bytes, sha256 } = answer.ok ? await answer.json() : { bytes: file.size, sha256: "–" };
      const row = one("arrived").insertRow(0);
      for (const text of [file.name, bytes, sha256]) row.insertCell().textContent = text;
      document.title = `${file.name} ${sha256.slice(0, 12)}`;
    }
    target.value = "";
  });
}

if (one("alert")) dialogs();
if (one("file")) arrivals();
if (one("live")) live();
if (one("motion")) motion();
