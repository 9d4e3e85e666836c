// [data-reveal="#id"]: shows what was typed into a password field, and hides it again; it is hidden when the form is sent.
(() => {
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-reveal]");
    const input = button && document.querySelector(button.dataset.reveal);
    if (!input) return;
    const shown = input.type === "password";
    input.type = shown ? "text" : "password";
    button.setAttribute("aria-pressed", String(shown));
    input.focus();
  });

  document.addEventListener("submit", (event) => {
    for (const button of event.target.querySelectorAll("[data-reveal]")) {
      const input = document.querySelector(button.dataset.reveal);
      if (input) input.type = "password";
      button.setAttribute("aria-pressed", "false");
    }
  }, true);
})();
