// [data-sidebar-toggle]: wide or icons only, remembered; Ctrl B does the same.
(() => {
  const root = document.documentElement;
  const toggle = () => {
    const narrow = root.dataset.sidebar !== "narrow";
    if (narrow) root.dataset.sidebar = "narrow";
    else delete root.dataset.sidebar;
    try {
      localStorage.setItem("sidebar", narrow ? "narrow" : "wide");
    } catch {
      return;
    }
  };

  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-sidebar-toggle]")) toggle();
  });

  document.addEventListener("keydown", (event) => {
    if ((event.ctrlKey || event.metaKey) && !event.shiftKey && !event.altKey && event.key.toLowerCase() === "b") {
      event.preventDefault();
      toggle();
    }
  });
})();
