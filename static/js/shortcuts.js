// [data-shortcut="mod+k" | "g j" | "n"]: presses the element. Plain keys rest while somebody types or a dialog is open.
(() => {
  const apple = /mac|iphone|ipad/i.test(navigator.platform);
  if (apple) {
    for (const key of document.querySelectorAll("[data-mod-key]")) key.textContent = `\u2318 ${key.dataset.modKey}`;
  }

  const find = (keys) =>
    [...document.querySelectorAll(`[data-shortcut="${CSS.escape(keys)}"]`)].find((element) => element.getClientRects().length)
    ?? document.querySelector(`[data-shortcut="${CSS.escape(keys)}"]`);
  const typing = (target) => target.closest?.("input, textarea, select, [contenteditable], [data-viewer-stage], [role=slider]");

  let first = "";
  let forget = 0;
  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.repeat) return;
    const key = event.key.toLowerCase();
    if (event.ctrlKey || event.metaKey) {
      const element = event.altKey || event.shiftKey ? null : find(`mod+${key}`);
      if (!element) return;
      event.preventDefault();
      element.click();
      return;
    }
    if (event.altKey || key.length !== 1 || typing(event.target) || document.querySelector("dialog[open]")) return;
    const element = (first && find(`${first} ${key}`)) || find(key);
    first = element ? "" : key;
    clearTimeout(forget);
    forget = setTimeout(() => {
      first = "";
    }, 1200);
    if (key === "?") document.querySelector('[data-dialog-open="shortcuts"]')?.click();
    if (!element) return;
    event.preventDefault();
    element.click();
  });
})();
