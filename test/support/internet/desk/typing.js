// Records what a page hears of typing and pointing, and posts it a moment after the last event.
// F8 empties the field and the record, F9 goes to the next field, F2 asks with prompt().
(() => {
  const fields = ["input", "area", "rich"].map((id) => document.getElementById(id));
  let log = [];
  let extra = {};
  let timer = 0;
  const focused = () => fields.find((field) => field === document.activeElement) ?? fields[0];
  const valueOf = (field) => ("value" in field ? field.value : field.textContent);
  const caretOf = (field) => {
    if ("value" in field) return null;
    const range = getSelection().rangeCount > 0 ? getSelection().getRangeAt(0).cloneRange() : null;
    if (!range) return null;
    const whole = document.createRange();
    whole.selectNodeContents(field);
    const box = [...whole.getClientRects()].at(-1);
    return box ? { x: box.right, y: box.top } : null;
  };
  const send = () => {
    const field = focused();
    const { search: query } = location;
    const body = { query, field: field.id, value: valueOf(field), caret: caretOf(field), log };
    fetch("/report", { method: "POST", body: JSON.stringify({ ...body, ...extra }) });
  };
  const note = (entry) => {
    log.push(entry);
    clearTimeout(timer);
    timer = setTimeout(send, 80);
  };
  for (const type of ["compositionstart", "compositionupdate", "compositionend"])
    addEventListener(type, (event) => note({ type, data: event.data }));
  for (const type of ["beforeinput", "input"])
    addEventListener(type, (event) =>
      note({ type, inputType: event.inputType, data: event.data, isComposing: event.isComposing }),
    );
  for (const type of ["keydown", "keyup"])
    addEventListener(type, (event) => {
      const { key, code, ctrlKey: ctrl, shiftKey: shift, altKey: alt, isComposing } = event;
      if (key === "F8" || key === "F9" || key === "F2") {
        event.preventDefault();
        if (type === "keyup") return;
        if (key === "F9") fields[(fields.indexOf(focused()) + 1) % fields.length].focus();
        if (key === "F2") extra = { answer: prompt("?") };
        if (key === "F8") {
          const field = focused();
          if ("value" in field) field.value = "";
          else field.textContent = "";
          log = [];
          extra = {};
        }
        note({ type: "done", key });
        return;
      }
      note({ type, key, code, ctrl, shift, alt, isComposing });
    });
  addEventListener("paste", (event) =>
    note({ type: "paste", kinds: [...event.clipboardData.types] }),
  );
  for (const type of ["click", "dblclick", "contextmenu", "auxclick", "mousedown", "mouseup"])
    addEventListener(type, (event) =>
      note({ type, button: event.button, x: event.clientX, y: event.clientY }),
    );
  // A page with a menu of its own.
  if (new URLSearchParams(location.search).has("menu"))
    addEventListener("contextmenu", (event) => event.preventDefault());
  let wheel = 0;
  addEventListener("wheel", (event) => {
    wheel += event.deltaY;
    extra = { ...extra, wheel };
    note({ type: "wheel" });
  });
  document.addEventListener("selectionchange", () => {
    extra = { ...extra, selected: String(getSelection()) };
    note({ type: "selection" });
  });
  document.getElementById("file").addEventListener("change", async (event) => {
    const files = await Promise.all(
      [...event.target.files].map(async (file) => ({ name: file.name, text: await file.text() })),
    );
    extra = { ...extra, files };
    note({ type: "files" });
  });
  const asked = new URLSearchParams(location.search);
  document.title = asked.get("title") ?? document.title;
  const field = asked.get("field");
  (fields.find((each) => each.id === field) ?? fields[0]).focus();
  // A page that wants to be printed, again and again.
  for (let n = Number(asked.get("print") ?? 0); n > 0; n -= 1) print();
  if (asked.has("print")) extra = { ...extra, printer: String(print) };
  note({ type: "ready" });
})();
