// <details data-menu>: one open at a time, closes on Escape and outside, arrows move between its items.
(() => {
  const items = (menu) => [...menu.querySelectorAll(".menu :is(a[href], button:not(:disabled))")];
  const close = (menu, refocus) => {
    menu.open = false;
    if (refocus) menu.querySelector("summary").focus();
  };

  document.addEventListener("click", (event) => {
    for (const menu of document.querySelectorAll("details[data-menu][open]")) {
      const inside = menu.contains(event.target);
      const chose = event.target.closest(".menu-item") && !event.target.closest("form");
      if (!inside || chose) close(menu, false);
    }
  });

  // An end-aligned menu whose button wrapped to the line's start would lie over the sidebar: it opens the other way.
  document.addEventListener(
    "toggle",
    (event) => {
      const face = event.target.matches?.("details[data-menu][open]") && event.target.querySelector(".menu-end");
      if (!face) return;
      const ground = event.target.closest("main") ?? document.body;
      face.classList.toggle("menu-start", event.target.getBoundingClientRect().right - face.offsetWidth < ground.getBoundingClientRect().left);
    },
    true,
  );

  document.addEventListener("keydown", (event) => {
    const menu = event.target.closest?.("details[data-menu]");
    if (!menu) return;
    if (event.key === "Escape" && menu.open) {
      event.stopPropagation();
      event.preventDefault();
      close(menu, true);
      return;
    }
    if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
    event.preventDefault();
    const step = event.key === "ArrowDown" ? 1 : -1;
    const move = () => {
      const all = items(menu);
      const from = all.indexOf(document.activeElement);
      all[from === -1 ? (step === 1 ? 0 : all.length - 1) : (from + step + all.length) % all.length]?.focus();
    };
    if (menu.open) return move();
    menu.open = true;
    requestAnimationFrame(() => requestAnimationFrame(move)); // nothing inside takes the focus before it is drawn
  });

  document.addEventListener("focusout", (event) => {
    const menu = event.target.closest?.("details[data-menu][open]");
    if (menu && event.relatedTarget && !menu.contains(event.relatedTarget)) close(menu, false);
  });
})();
