// Reports what was chosen in each of the browser's own boxes, and how dense the page believes its screen to be.
(() => {
  const boxes = {};
  const report = (name, value) => {
    if (name) boxes[name] = value;
    const { search: query } = location;
    const empty = { field: "", value: "", caret: null, log: [] };
    const body = { query, ...empty, boxes, ratio: devicePixelRatio, width: innerWidth };
    fetch("/report", { method: "POST", body: JSON.stringify(body) });
  };
  for (const field of document.querySelectorAll("select, input:not([type=file])"))
    field.addEventListener("input", () => report(field.name, field.value));
  for (const button of document.querySelectorAll("button"))
    button.addEventListener("click", () =>
      report(button.name, String(globalThis[button.name](button.textContent))),
    );
  addEventListener("resize", () => report());
  report();
})();
