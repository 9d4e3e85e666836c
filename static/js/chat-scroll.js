// [data-chat]: stays at the end while text arrives, unless somebody scrolled up; then [data-chat-jump] leads back.
(() => {
  const turns = document.querySelector("[data-chat-turns]");
  const jump = document.querySelector("[data-chat-jump]");
  if (!turns || !jump) return;

  const NEAR_PX = 96;
  const root = document.documentElement;
  let follows = true;
  let lastY = scrollY;

  const isNear = () => scrollY + innerHeight >= root.scrollHeight - NEAR_PX;
  const toEnd = () => scrollTo({ top: root.scrollHeight, behavior: "instant" });
  const show = () => {
    jump.hidden = follows || isNear();
  };
  addEventListener("scroll", () => {
    if (isNear()) follows = true;
    else if (scrollY < lastY) follows = false;
    lastY = scrollY;
    show();
  }, { passive: true });
  new ResizeObserver(() => {
    if (follows) toEnd();
    show();
  }).observe(turns);
  jump.addEventListener("click", () => {
    follows = true;
    toEnd();
    document.querySelector("[data-composer-text]")?.focus({ preventScroll: true });
  });
  // What one asks oneself is always shown.
  document.addEventListener("htmx:sse:after:connection", (event) => {
    if (event.target.id === "composer") follows = true;
  });

  const [navigation] = performance.getEntriesByType("navigation");
  follows = !location.hash && navigation?.type === "navigate";
  if (follows && turns.children.length > 1) toEnd();
  else follows ||= !location.hash && isNear();
})();
