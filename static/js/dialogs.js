// [data-dialog-open="id"], [data-dialog-close], press on the backdrop, and [data-dialog-name] ("type the name to go on").
(() => {
  const open = (dialog) => {
    if (!dialog || dialog.open) return;
    for (const other of document.querySelectorAll("dialog[open]")) other.close();
    dialog.showModal();
    dialog.dispatchEvent(new CustomEvent("dialog:opened", { bubbles: true }));
  };

  document.addEventListener("click", (event) => {
    const opener = event.target.closest("[data-dialog-open]");
    if (opener) {
      event.preventDefault();
      open(document.getElementById(opener.dataset.dialogOpen));
      return;
    }
    const dialog = event.target.closest("dialog[open]");
    if (dialog && (event.target === dialog || event.target.closest("[data-dialog-close]"))) dialog.close();
  });

  // As a page shows it: several blanks are one.
  const folded = (text) => text.trim().replace(/\s+/g, " ");
  const allow = (input) => {
    const button = input.form?.querySelector("[type=submit], button:not([type])");
    if (button) button.disabled = folded(input.value) !== folded(input.dataset.dialogName);
  };
  const prepare = () => {
    for (const input of document.querySelectorAll("input[data-dialog-name]")) allow(input);
    for (const dialog of document.querySelectorAll("dialog[data-dialog-shown]:not([open])")) open(dialog);
  };

  document.addEventListener("input", (event) => {
    if (event.target.matches("input[data-dialog-name]")) allow(event.target);
  });
  document.addEventListener("htmx:after:swap", prepare);
  prepare();
})();
