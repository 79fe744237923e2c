// Runs in the terminal's page: does to the viewer's field what an input method would (see ime-traces.ts).
// The driver's Chromium has no print dialog, and dies of printing a PDF without one.
Object.defineProperty(HTMLIFrameElement.prototype, "contentWindow", {
  get: () => ({
    focus: () => undefined,
    print: () => {
      globalThis.hasPrinted = true;
    },
  }),
});
globalThis.playIme = (steps) => {
  const field = document.querySelector("[data-testid=ime-input]");
  field.focus();
  const dispatch = (Kind, type, more) =>
    field.dispatchEvent(new Kind(type, { bubbles: true, cancelable: true, ...more }));
  const input = (inputType, data, isComposing) =>
    dispatch(InputEvent, "input", { inputType, data: data === "" ? null : data, isComposing });
  // What stood in the field before the composition, as in a real one.
  let base = field.value;
  for (const step of steps) {
    switch (step.do) {
      case "keydown":
      case "keyup":
        dispatch(KeyboardEvent, step.do, step);
        break;
      case "start":
        base = field.value;
        dispatch(CompositionEvent, "compositionstart", { data: "" });
        break;
      case "reconvert":
        base = field.value.slice(0, field.value.length - step.length);
        break;
      case "update":
        dispatch(CompositionEvent, "compositionupdate", { data: step.data });
        field.value = base + step.data;
        field.setSelectionRange(base.length + step.from, base.length + step.to);
        input("insertCompositionText", step.data, true);
        break;
      case "end":
        field.value = base + step.data;
        dispatch(CompositionEvent, "compositionend", { data: step.data });
        break;
      case "input":
        field.value = step.data;
        input(step.inputType, step.data, false);
        break;
      case "blur":
        field.blur();
        field.focus();
        break;
    }
  }
};
