// [data-filmstrip] in [data-viewer]: an item (a link to the full medium) shows on the stage instead of leaving the page.
(() => {
  const make = (item) => {
    const tag = { video: "video", audio: "audio" }[item.dataset.kind] ?? "img";
    const medium = document.createElement(tag);
    medium.dataset.viewerMedia = "";
    if (tag === "img") medium.alt = item.dataset.alt ?? "";
    else medium.controls = true;
    if (item.dataset.poster) medium.poster = item.dataset.poster;
    medium.src = item.href;
    return medium;
  };
  const ready = (medium) => (medium.decode ? medium.decode().catch(() => {}) : Promise.resolve());

  const show = async (item) => {
    const viewer = item.closest("[data-viewer]");
    const stage = viewer.querySelector("[data-viewer-stage]");
    for (const other of viewer.querySelectorAll("[data-filmstrip-item]")) other.removeAttribute("aria-current");
    item.setAttribute("aria-current", "true");
    item.scrollIntoView({ block: "nearest", inline: "nearest" });
    const template = item.dataset.template && document.getElementById(item.dataset.template);
    const medium = template ? template.content.cloneNode(true) : make(item);
    await ready(medium);
    if (!item.hasAttribute("aria-current")) return;
    stage.replaceChildren(medium);
    const download = viewer.querySelector("[data-viewer-download]");
    if (download) download.href = item.dataset.download ?? item.href;
    stage.dispatchEvent(new CustomEvent("filmstrip:shown", { bubbles: true }));
  };

  document.addEventListener("click", (event) => {
    const item = event.target.closest("[data-filmstrip-item]");
    if (!item || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
    event.preventDefault();
    show(item);
  });
  document.addEventListener("viewer:step", (event) => {
    const items = [...event.target.querySelectorAll("[data-filmstrip-item]")];
    if (items.length < 2) return;
    const at = items.findIndex((item) => item.hasAttribute("aria-current"));
    show(items[(at + event.detail + items.length) % items.length]);
  });
})();
