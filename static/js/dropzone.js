// [data-dropzone]: dropped, pasted or picked files become one "files:added" event; upload.js sends them.
(() => {
  const add = (zone, files) => {
    const list = [...files];
    if (list.length) zone.dispatchEvent(new CustomEvent("files:added", { bubbles: true, detail: { files: list } }));
  };
  const zoneOf = (event) => event.target.closest?.("[data-dropzone]");
  const holdsFiles = (event) => event.dataTransfer?.types?.includes("Files");

  for (const name of ["dragenter", "dragover"]) {
    document.addEventListener(name, (event) => {
      if (!holdsFiles(event)) return;
      event.preventDefault();
      const zone = zoneOf(event);
      for (const other of document.querySelectorAll("[data-dropzone]")) other.toggleAttribute("data-over", other === zone);
      event.dataTransfer.dropEffect = zone ? "copy" : "none";
    });
  }
  document.addEventListener("dragleave", (event) => {
    if (!event.relatedTarget) for (const zone of document.querySelectorAll("[data-over]")) delete zone.dataset.over;
  });
  document.addEventListener("drop", (event) => {
    if (!holdsFiles(event)) return;
    event.preventDefault();
    const zone = zoneOf(event);
    for (const other of document.querySelectorAll("[data-over]")) delete other.dataset.over;
    if (zone) add(zone, event.dataTransfer.files);
  });
  document.addEventListener("paste", (event) => {
    const files = event.clipboardData?.files ?? [];
    const zones = [...document.querySelectorAll("[data-dropzone]")].filter((zone) => zone.getClientRects().length);
    const zone = zoneOf(event) ?? zones[0];
    if (!files.length || !zone) return;
    event.preventDefault();
    add(zone, files);
  });
  document.addEventListener("change", (event) => {
    const zone = zoneOf(event);
    if (!zone || event.target.type !== "file") return;
    add(zone, event.target.files);
    event.target.value = "";
  });
})();
