// [data-waiting-rows="jobs-new"]: counts live events of that name and offers to show them; nothing moves by itself.
(() => {
  const watched = new Set();
  const count = (event) => {
    for (const link of document.querySelectorAll(`[data-waiting-rows="${CSS.escape(event.type)}"]`)) {
      const number = Number(link.dataset.count ?? 0) + 1;
      link.dataset.count = String(number);
      link.querySelector("b").textContent = String(number);
      link.hidden = false;
    }
  };
  const watch = () => {
    for (const link of document.querySelectorAll("[data-waiting-rows]")) {
      if (watched.has(link.dataset.waitingRows)) continue;
      watched.add(link.dataset.waitingRows);
      document.body.addEventListener(link.dataset.waitingRows, count);
    }
  };
  document.addEventListener("htmx:after:swap", watch);
  watch();
})();
