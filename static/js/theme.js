// Runs before anything is drawn: what the person chose (theme, sidebar) is on <html> before the first pixel.
(() => {
  const root = document.documentElement;
  root.classList.add("scripted");

  const recall = (name) => {
    try {
      return localStorage.getItem(name);
    } catch {
      return null;
    }
  };

  const system = matchMedia("(prefers-color-scheme: dark)");
  const apply = () => {
    const chosen = recall("theme");
    const dark = chosen === "dark" || (chosen !== "light" && system.matches);
    if (chosen === "dark" || chosen === "light") root.dataset.theme = chosen;
    else delete root.dataset.theme;
    root.classList.toggle("dark", dark);
  };

  apply();
  system.addEventListener("change", apply);
  addEventListener("storage", apply);
  document.addEventListener("theme:chosen", apply);
  if (recall("sidebar") === "narrow") root.dataset.sidebar = "narrow";
})();
