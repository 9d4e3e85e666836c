// [data-theme-set="light|system|dark"]: remembers the choice and marks the pressed button.
(() => {
  const chosen = () => document.documentElement.dataset.theme || "system";
  const mark = () => {
    for (const group of document.querySelectorAll("[data-theme-switch]")) group.hidden = false;
    for (const button of document.querySelectorAll("[data-theme-set]")) {
      button.setAttribute("aria-pressed", String(button.dataset.themeSet === chosen()));
    }
  };

  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-theme-set]");
    if (!button) return;
    try {
      localStorage.setItem("theme", button.dataset.themeSet);
    } catch {
      return;
    }
    document.dispatchEvent(new Event("theme:chosen"));
    mark();
  });

  mark();
  document.addEventListener("htmx:after:swap", mark);
})();
