// form[data-submit-once] (or a button in it): one submit at a time, the pressed button shows that it is at work.
(() => {
  const guarded = (form) => form.matches("[data-submit-once]") || form.querySelector("[data-submit-once]");
  const release = (form) => {
    delete form.dataset.submitted;
    for (const button of form.querySelectorAll('[aria-busy="true"]')) button.removeAttribute("aria-busy");
  };

  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!guarded(form)) return;
    if (form.dataset.submitted) {
      event.preventDefault();
      event.stopImmediatePropagation();
      return;
    }
    form.dataset.submitted = "true";
    const button = event.submitter ?? form.querySelector("[type=submit], button:not([type])");
    queueMicrotask(() => button?.setAttribute("aria-busy", "true"));
  }, true);

  const releaseOf = (event) => {
    const form = event.detail?.ctx?.sourceElement?.closest?.("form");
    if (form) release(form);
  };
  document.addEventListener("htmx:finally:request", releaseOf);
  addEventListener("pageshow", () => {
    for (const form of document.querySelectorAll("form[data-submitted]")) release(form);
  });
})();
