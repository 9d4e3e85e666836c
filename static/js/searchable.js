// select[data-searchable]: a list to type into. The select stays, holds the value, and is all there is without a script.
(() => {
  let number = 0;

  const build = (select) => {
    const id = `searchable-${(number += 1)}`;
    const box = document.createElement("div");
    box.className = "searchable";
    box.innerHTML = `<button type="button" class="searchable-button" aria-haspopup="listbox" aria-expanded="false"><span class="truncate"></span></button>
      <div class="searchable-panel" hidden><input type="text" role="combobox" aria-expanded="true" aria-controls="${id}" autocomplete="off" placeholder="Type to find">
      <div class="searchable-list" role="listbox" id="${id}"></div></div>`;
    select.before(box);
    box.prepend(select);
    select.tabIndex = -1;
    select.setAttribute("aria-hidden", "true");
    const [button, panel] = [box.querySelector("button"), box.querySelector(".searchable-panel")];
    const [input, list] = [panel.querySelector("input"), panel.querySelector(".searchable-list")];
    const name = select.labels[0]?.textContent.trim() ?? "";
    if (select.labels[0]) select.labels[0].htmlFor = button.id = `${id}-button`;
    input.setAttribute("aria-label", `Find in ${name}`);
    list.setAttribute("aria-label", name);

    const say = () => {
      button.firstChild.textContent = select.selectedOptions[0]?.textContent ?? "";
      button.setAttribute("aria-label", `${name}: ${button.textContent}`);
    };
    const activate = (option) => {
      for (const other of lines()) other.toggleAttribute("data-active", other === option);
      input.setAttribute("aria-activedescendant", option?.id ?? "");
      option?.scrollIntoView({ block: "nearest" });
    };
    const heading = (text) => Object.assign(document.createElement("p"), { className: "searchable-group", textContent: text });
    const lines = () => [...list.querySelectorAll("[role=option]:not([aria-disabled])")];
    const draw = () => {
      const typed = input.value.trim().toLowerCase();
      const fitting = [...select.options].filter((option) => option.textContent.toLowerCase().includes(typed));
      list.replaceChildren(...fitting.flatMap((option, place) => {
        const line = document.createElement("div");
        Object.assign(line, { id: `${id}-${option.index}`, className: "searchable-option", textContent: option.textContent });
        line.setAttribute("role", "option");
        line.setAttribute("aria-selected", String(option.selected));
        if (option.disabled) line.setAttribute("aria-disabled", "true");
        line.dataset.place = option.index;
        const group = option.closest("optgroup");
        return group && group !== fitting[place - 1]?.closest("optgroup") ? [heading(group.label), line] : [line];
      }));
      if (!fitting.length) list.innerHTML = '<p class="searchable-none">Nothing by that name.</p>';
      activate(list.querySelector('[aria-selected="true"]') ?? lines()[0]);
    };
    const open = (wanted) => {
      panel.hidden = !wanted;
      button.setAttribute("aria-expanded", String(wanted));
      input.value = "";
      if (wanted) draw();
      (wanted ? input : button).focus();
    };
    const pick = (line) => {
      if (!line || line.hasAttribute("aria-disabled")) return;
      select.selectedIndex = Number(line.dataset.place);
      select.dispatchEvent(new Event("change", { bubbles: true }));
      open(false);
    };

    button.addEventListener("click", () => open(panel.hidden));
    input.addEventListener("input", (event) => (event.stopPropagation(), draw()));
    input.addEventListener("change", (event) => event.stopPropagation());
    // A press on the list must not take the focus to the page around it: the panel would close before the click.
    list.addEventListener("mousedown", (event) => event.preventDefault());
    list.addEventListener("click", (event) => pick(event.target.closest("[role=option]")));
    select.addEventListener("change", say);
    select.form?.addEventListener("reset", () => setTimeout(say));
    box.addEventListener("focusout", (event) => {
      if (!panel.hidden && event.relatedTarget && !box.contains(event.relatedTarget)) panel.hidden = true;
    });
    document.addEventListener("click", (event) => (panel.hidden = panel.hidden || !box.contains(event.target)));
    panel.addEventListener("keydown", (event) => {
      const active = list.querySelector("[data-active]");
      const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
      const next = lines()[lines().indexOf(active) + step];
      if (step || event.key === "Enter" || event.key === "Escape") event.preventDefault();
      if (step && next) activate(next);
      if (event.key === "Enter") pick(active);
      if (event.key === "Escape") event.stopPropagation(), open(false);
    });
    say();
  };

  const prepare = () => {
    for (const select of document.querySelectorAll("select[data-searchable]:not(.searchable > select)")) build(select);
  };
  document.addEventListener("htmx:after:swap", prepare);
  prepare();
})();
