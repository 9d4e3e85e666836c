// textarea[data-character-count]: how much room is left, once it matters.
(() => {
  const count = (area) => {
    let line = area.parentElement.querySelector(".character-count");
    if (!line) {
      line = document.createElement("span");
      line.className = "character-count figure";
      area.after(line);
    }
    const most = area.maxLength > 0 ? area.maxLength : null;
    line.textContent = most ? `${area.value.length.toLocaleString("en")} of ${most.toLocaleString("en")}` : `${area.value.length}`;
    line.toggleAttribute("data-near", Boolean(most) && area.value.length > most * 0.95);
    line.hidden = area.value.length === 0;
  };
  const prepare = () => {
    for (const area of document.querySelectorAll("textarea[data-character-count]")) count(area);
  };
  document.addEventListener("input", (event) => {
    if (event.target.matches("textarea[data-character-count]")) count(event.target);
  });
  document.addEventListener("htmx:after:swap", prepare);
  prepare();
})();
