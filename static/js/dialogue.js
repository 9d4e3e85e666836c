// [data-dialogue-add] after a [data-dialogue]: one more empty line.
(() => {
  const prepare = () => {
    for (const button of document.querySelectorAll("[data-dialogue-add][hidden]")) button.hidden = false;
  };
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-dialogue-add]");
    const lines = button?.previousElementSibling;
    if (!lines?.matches("[data-dialogue]")) return;
    const line = lines.lastElementChild.cloneNode(true);
    const number = lines.querySelectorAll(".dialogue-line").length + 1;
    for (const input of line.querySelectorAll("input")) {
      input.value = "";
      input.setAttribute("aria-label", input.getAttribute("aria-label").replace(/\d+$/, number));
    }
    lines.append(line);
    line.querySelector("input").focus();
  });
  document.addEventListener("htmx:after:swap", prepare);
  prepare();
})();
