// [data-toast]: leaves after a while unless it says an error, is pointed at, or holds the focus. Speaks failed requests.
(() => {
  const box = document.getElementById("toasts");
  if (!box) return;

  const leave = (toast) => {
    toast.dataset.leaving = "";
    setTimeout(() => toast.remove(), 160);
  };
  const time = (toast) => {
    if (toast.dataset.timed || toast.classList.contains("toast-error")) return;
    toast.dataset.timed = "true";
    const wait = () =>
      setTimeout(() => (toast.matches(":hover, :focus-within") ? wait() : leave(toast)), 6000);
    wait();
  };
  const timeAll = () => {
    for (const toast of box.querySelectorAll("[data-toast]")) time(toast);
  };

  const say = (words) => {
    const toast = document.createElement("div");
    toast.className = "toast toast-warning";
    toast.dataset.toast = "";
    const text = document.createElement("p");
    text.textContent = words;
    toast.append(text);
    box.append(toast);
  };

  box.addEventListener("click", (event) => {
    if (event.target.closest("[data-toast-close]")) leave(event.target.closest("[data-toast]"));
  });
  document.addEventListener("toast", (event) => say(event.detail?.text ?? event.detail ?? ""));
  document.addEventListener("htmx:error", (event) => {
    const source = event.detail?.ctx?.sourceElement;
    if (source?.id === "live" || event.detail?.error?.name === "AbortError") return;
    say("The console could not be reached. Nothing was changed; try again in a moment.");
  });
  new MutationObserver(timeAll).observe(box, { childList: true });
  timeAll();
})();
