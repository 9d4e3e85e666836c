// [data-viewer]: zoom, fit, real size, full screen and pan for the picture on the job's canvas.
(() => {
  const STEP = 1.25;
  const zooms = new WeakMap();
  const pictureOf = (viewer) => viewer.querySelector("img[data-viewer-media]");
  const fitOf = (viewer) => {
    const picture = pictureOf(viewer);
    const stage = viewer.querySelector("[data-viewer-stage]");
    return Math.min(1, (stage.clientWidth - 48) / picture.naturalWidth, (stage.clientHeight - 48) / picture.naturalHeight);
  };

  const zoom = (viewer, wanted) => {
    const picture = pictureOf(viewer);
    if (!picture?.naturalWidth) return;
    const stage = viewer.querySelector("[data-viewer-stage]");
    const words = viewer.querySelector("[data-viewer-zoom]");
    const at = [(stage.scrollLeft + stage.clientWidth / 2) / stage.scrollWidth, (stage.scrollTop + stage.clientHeight / 2) / stage.scrollHeight];
    const scale = wanted && Math.min(8, Math.max(0.1, wanted));
    stage.toggleAttribute("data-zoomed", Boolean(scale));
    picture.style.width = scale ? `${picture.naturalWidth * scale}px` : "";
    zooms.set(viewer, scale);
    if (words) words.textContent = scale ? `${Math.round(scale * 100)} %` : "Fit";
    stage.scrollLeft = at[0] * stage.scrollWidth - stage.clientWidth / 2;
    stage.scrollTop = at[1] * stage.scrollHeight - stage.clientHeight / 2;
  };
  const by = (viewer, factor) => pictureOf(viewer) && zoom(viewer, (zooms.get(viewer) || fitOf(viewer)) * factor);
  const acts = {
    in: (viewer) => by(viewer, STEP),
    out: (viewer) => by(viewer, 1 / STEP),
    fit: (viewer) => zoom(viewer, null),
    actual: (viewer) => zoom(viewer, 1),
    full: (viewer) => (document.fullscreenElement ? document.exitFullscreen() : viewer.requestFullscreen?.()),
    previous: (viewer) => viewer.dispatchEvent(new CustomEvent("viewer:step", { bubbles: true, detail: -1 })),
    next: (viewer) => viewer.dispatchEvent(new CustomEvent("viewer:step", { bubbles: true, detail: 1 })),
  };
  const keys = { "+": "in", "=": "in", "-": "out", 0: "fit", 1: "actual", f: "full", ArrowLeft: "previous", ArrowRight: "next" };

  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-viewer-do]");
    if (button) acts[button.dataset.viewerDo]?.(button.closest("[data-viewer]"));
  });
  document.addEventListener("dblclick", (event) => {
    const viewer = event.target.closest("[data-viewer]");
    if (viewer && event.target.matches("img[data-viewer-media]")) zoom(viewer, zooms.get(viewer) ? null : 1);
  });
  document.addEventListener("keydown", (event) => {
    const viewer = event.target.closest?.("[data-viewer]");
    const act = keys[event.key];
    if (!viewer || !act || event.ctrlKey || event.metaKey || event.altKey || event.target.closest("video, audio, input, [role=slider]")) return;
    event.preventDefault();
    acts[act](viewer);
  });
  document.addEventListener("wheel", (event) => {
    const viewer = event.ctrlKey && event.target.closest?.("[data-viewer]");
    if (!viewer) return;
    event.preventDefault();
    by(viewer, event.deltaY < 0 ? STEP : 1 / STEP);
  }, { passive: false });

  let held = null;
  document.addEventListener("pointerdown", (event) => {
    const stage = event.target.closest?.("[data-viewer-stage][data-zoomed]");
    if (!stage || event.pointerType === "touch" || event.button) return;
    event.preventDefault();
    stage.focus({ preventScroll: true });
    stage.dataset.panning = "";
    held = { stage, x: event.clientX + stage.scrollLeft, y: event.clientY + stage.scrollTop };
  });
  document.addEventListener("pointermove", (event) => held?.stage.scrollTo(held.x - event.clientX, held.y - event.clientY));
  document.addEventListener("pointerup", () => {
    delete held?.stage.dataset.panning;
    held = null;
  });
  document.addEventListener("filmstrip:shown", (event) => zoom(event.target.closest("[data-viewer]"), null));
})();
