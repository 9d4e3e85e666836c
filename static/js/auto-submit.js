// form[data-auto-submit]: submits when something is chosen, and shortly after typing ends.
(() => {
  const timers = new WeakMap();
  const submit = (form) => {
    clearTimeout(timers.get(form));
    for (const input of form.querySelectorAll("input, select")) {
      if (form.method === "get" && !form.hasAttribute("hx-get")) input.disabled ||= input.name !== "" && input.value === "";
    }
    form.requestSubmit();
  };

  document.addEventListener("change", (event) => {
    const form = event.target.form;
    if (form?.matches("[data-auto-submit]") && !event.target.matches("[type=search], [type=text]")) submit(form);
  });
  document.addEventListener("input", (event) => {
    const form = event.target.form;
    if (!form?.matches("[data-auto-submit]") || !event.target.matches("[type=search], [type=text]")) return;
    clearTimeout(timers.get(form));
    timers.set(form, setTimeout(() => submit(form), 350));
  });
  addEventListener("pageshow", () => {
    for (const input of document.querySelectorAll("form[data-auto-submit] :disabled")) input.disabled = false;
  });
})();
