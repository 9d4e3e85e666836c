// [data-copy="text"] or [data-copy-from="#id"]: copies, shows a check for a moment, says so to screen readers.
(() => {
  const told = document.createElement("p");
  told.className = "sr-only";
  told.setAttribute("role", "status");
  document.body.append(told);

  document.addEventListener("click", async (event) => {
    const button = event.target.closest("[data-copy], [data-copy-from]");
    if (!button) return;
    event.preventDefault();
    const source = button.dataset.copyFrom && document.querySelector(button.dataset.copyFrom);
    const text = source ? (source.value ?? source.textContent) : button.dataset.copy;
    try {
      await navigator.clipboard.writeText(text);
    } catch {
      prompt("Copy this:", text);
      return;
    }
    button.dataset.copied = "";
    told.textContent = "Copied";
    setTimeout(() => {
      delete button.dataset.copied;
      told.textContent = "";
    }, 1600);
  });
})();
