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

  // What a person has chosen: viewer -> the item's place, and what it led to then.
  const chosen = new WeakMap();
  const itemsOf = (viewer) => [...viewer.querySelectorAll("[data-filmstrip-item]")];
  const mark = (viewer, item) => {
    for (const other of itemsOf(viewer)) if (other !== item) other.removeAttribute("aria-current");
    item.setAttribute("aria-current", "true");
    const download = viewer.querySelector("[data-viewer-download]");
    if (download) download.href = item.dataset.download ?? item.href;
  };

  const show = async (item) => {
    const viewer = item.closest("[data-viewer]");
    const stage = viewer.querySelector("[data-viewer-stage]");
    chosen.set(viewer, { place: itemsOf(viewer).indexOf(item), href: item.href });
    mark(viewer, item);
    item.scrollIntoView({ block: "nearest", inline: "nearest" });
    const template = item.dataset.template && document.getElementById(item.dataset.template);
    const medium = template ? template.content.cloneNode(true) : make(item);
    await ready(medium);
    if (!item.hasAttribute("aria-current")) return;
    stage.replaceChildren(medium);
    stage.setAttribute("hx-morph-skip", "");
    stage.dispatchEvent(new CustomEvent("filmstrip:shown", { bubbles: true }));
  };

  document.addEventListener("click", (event) => {
    const item = event.target.closest("[data-filmstrip-item]");
    if (!item || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
    event.preventDefault();
    show(item);
  });
  document.addEventListener("viewer:step", (event) => {
    const items = itemsOf(event.target);
    if (items.length < 2) return;
    const at = items.findIndex((item) => item.hasAttribute("aria-current"));
    show(items[(at + event.detail + items.length) % items.length]);
  });
  // Another result came home: the chosen one stays, unless it is the one that came.
  document.addEventListener("htmx:after:swap", () => {
    for (const viewer of document.querySelectorAll("[data-viewer]")) {
      const kept = chosen.get(viewer);
      const item = kept && itemsOf(viewer)[kept.place];
      if (item) item.href === kept.href ? mark(viewer, item) : show(item);
    }
  });
})();
