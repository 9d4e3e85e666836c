// .tabs[data-tabs]: without a script every panel shows; with it, one does, arrows move, the choice stays in the address.
(() => {
  const tabsOf = (box) => [...box.querySelectorAll(':scope > [role="tablist"] > [role="tab"]')];
  const select = (box, tab) => {
    for (const other of tabsOf(box)) {
      const chosen = other === tab;
      other.setAttribute("aria-selected", String(chosen));
      other.tabIndex = chosen ? 0 : -1;
      const panel = document.getElementById(other.getAttribute("aria-controls"));
      if (panel) panel.hidden = !chosen;
    }
  };
  const prepare = () => {
    for (const box of document.querySelectorAll("[data-tabs]")) {
      const all = tabsOf(box);
      const named = all.find((tab) => `#${tab.getAttribute("aria-controls")}` === location.hash);
      select(box, named ?? all.find((tab) => tab.getAttribute("aria-selected") === "true") ?? all[0]);
    }
  };

  document.addEventListener("click", (event) => {
    const tab = event.target.closest('[data-tabs] > [role="tablist"] > [role="tab"]');
    if (!tab) return;
    select(tab.closest("[data-tabs]"), tab);
    history.replaceState(history.state, "", `#${tab.getAttribute("aria-controls")}`);
  });
  document.addEventListener("keydown", (event) => {
    const tab = event.target.closest?.('[data-tabs] > [role="tablist"] > [role="tab"]');
    if (!tab || !["ArrowLeft", "ArrowRight"].includes(event.key)) return;
    const all = tabsOf(tab.closest("[data-tabs]"));
    const next = all[(all.indexOf(tab) + (event.key === "ArrowRight" ? 1 : -1) + all.length) % all.length];
    next.focus();
    next.click();
  });
  document.addEventListener("htmx:after:swap", prepare);
  prepare();
})();
