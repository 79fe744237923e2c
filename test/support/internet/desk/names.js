// A page with an icon as asked, and a title of a million characters that never rests.
(() => {
  const icon = document.createElement("link");
  icon.rel = "icon";
  icon.href = new URLSearchParams(location.search).get("icon");
  document.head.append(icon);
  let n = 0;
  setInterval(() => {
    n += 1;
    document.title = `<script>alert(1)</script>\u202e${n % 2 ? "終わらない" : "題名"}`.repeat(
      30_000,
    );
  }, 20);
})();
