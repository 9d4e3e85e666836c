// .md-link in an answer: asks before it leads anywhere. [data-copy-address]: the whole address of a path.
(() => {
  const SCHEMES = ["http:", "https:", "mailto:"];
  const dialog = document.querySelector("[data-chat-link-dialog]");

  const addressOf = (link) => {
    try {
      const address = new URL(link.dataset.link);
      return SCHEMES.includes(address.protocol) ? address : null;
    } catch {
      return null;
    }
  };
  const ask = (link) => {
    const address = addressOf(link);
    if (!address || !dialog || dialog.open) return;
    dialog.querySelector("[data-link-host]").textContent = address.host || address.pathname;
    dialog.querySelector("[data-link-address]").textContent = address.href;
    dialog.querySelector("[data-link-copy]").dataset.copy = address.href;
    dialog.querySelector("[data-link-go]").href = address.href;
    dialog.showModal();
  };

  document.addEventListener("click", (event) => {
    const link = event.target.closest(".answer .md-link");
    if (link) ask(link);
    if (event.target.closest("[data-link-go]")) dialog.close();
  });
  document.addEventListener("keydown", (event) => {
    if ((event.key !== "Enter" && event.key !== " ") || !event.target.matches?.(".answer .md-link")) return;
    event.preventDefault();
    ask(event.target);
  });
  for (const button of document.querySelectorAll("[data-copy-address]")) {
    button.dataset.copy = new URL(button.dataset.copy, location.href).href;
  }
})();
