// progress[data-progress-since]: fills with the time since then; when it is full it moves without a figure: longer than usual.
(() => {
  const tick = () => {
    for (const bar of document.querySelectorAll("progress[data-progress-since]")) {
      const seconds = (Date.now() - Date.parse(bar.dataset.progressSince)) / 1000;
      if (seconds < bar.max) bar.value = Math.max(0, seconds);
      else bar.removeAttribute("value");
    }
  };
  setInterval(tick, 500);
  tick();
})();
