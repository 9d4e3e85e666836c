// dialog[data-commands]: filters the links the server wrote, arrows choose, Enter goes. The dialog keeps the focus inside.
(() => {
  const dialog = document.querySelector("dialog[data-commands]");
  if (!dialog) return;
  const input = dialog.querySelector("input");
  const none = dialog.querySelector(".command-none");
  const search = dialog.querySelector("[data-command-search]");
  const items = [...dialog.querySelectorAll(".command-item")];
  items.forEach((item, place) => {
    item.id = `command-${place}`;
  });

  const shown = () => items.filter((item) => !item.hidden);
  const choose = (item) => {
    for (const other of items) other.setAttribute("aria-selected", String(other === item));
    if (item) {
      input.setAttribute("aria-activedescendant", item.id);
      item.scrollIntoView({ block: "nearest" });
    } else {
      input.removeAttribute("aria-activedescendant");
    }
  };

  const fits = (words, text) => words.every((word) => text.includes(word));
  const filter = () => {
    const typed = input.value.trim();
    const words = typed.toLowerCase().split(/\s+/).filter(Boolean);
    for (const item of items) {
      if (item !== search) item.hidden = !fits(words, item.textContent.toLowerCase());
    }
    if (search) {
      search.hidden = !typed;
      search.querySelector("b").textContent = typed;
      const target = new URL(search.href);
      target.searchParams.set(search.dataset.commandSearch, typed);
      search.href = target.href;
    }
    none.hidden = shown().length > 0;
    choose(shown()[0]);
  };

  input.addEventListener("input", filter);
  dialog.addEventListener("dialog:opened", () => {
    input.value = "";
    filter();
    input.focus();
  });

  dialog.addEventListener("keydown", (event) => {
    const all = shown();
    const at = all.findIndex((item) => item.getAttribute("aria-selected") === "true");
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      if (all.length) choose(all[(at + (event.key === "ArrowDown" ? 1 : -1) + all.length) % all.length]);
    } else if (event.key === "Enter" && all[at] && event.target === input) {
      event.preventDefault();
      all[at].click();
    }
  });
})();
