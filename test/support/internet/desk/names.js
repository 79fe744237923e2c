// A page with an icon as asked, another one at the press of a key, and a title of a million characters that never
// rests.
(() => {
  const icons = new URLSearchParams(location.search).getAll("icon");
  const icon = document.createElement("link");
  icon.rel = "icon";
  icon.href = icons[0];
  document.head.append(icon);
  addEventListener("keydown", () => {
    icon.href = icons[1];
  });
  let n = 0;
  setInterval(() => {
    n += 1;
    document.title = `<script>alert(1)</script>\u202e${n % 2 ? "終わらない" : "題名"}`.repeat(
      30_000,
    );
  }, 20);
})();
