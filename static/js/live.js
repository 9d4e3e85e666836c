// [data-live]: the page's one stream. Says when it is lost for a moment or the session has ended; opens a failed first try again.
(() => {
  const stream = document.querySelector("[data-live]");
  const lost = document.querySelector("[data-live-lost]");
  if (!stream || !lost) return;

  const QUICK_MS = 2000;
  let warning = 0;
  let again = 0;
  let openedAt = 0;
  let quickEnds = 0;

  const show = (ended) => {
    lost.querySelector("[data-live-reconnecting]").hidden = ended;
    lost.querySelector("[data-live-ended]").hidden = !ended;
    lost.hidden = false;
  };
  const fine = () => {
    openedAt = performance.now();
    clearTimeout(warning);
    clearTimeout(again);
    warning = 0;
    lost.hidden = true;
    document.documentElement.dataset.live = "on";
  };
  const trouble = () => {
    delete document.documentElement.dataset.live;
    warning ||= setTimeout(() => show(false), 4000);
  };
  const reopen = () => {
    trouble();
    clearTimeout(again);
    again = setTimeout(() => htmx.ajax("GET", stream.getAttribute("hx-sse:connect"), { source: stream, swap: "none" }), 3000);
  };

  // A sign-in page instead of a stream ends at once, again and again: then the session is over, and asking stops.
  stream.addEventListener("htmx:sse:before:connection", (event) => {
    quickEnds = openedAt && performance.now() - openedAt < QUICK_MS ? quickEnds + 1 : 0;
    if (quickEnds < 3) return;
    event.preventDefault();
    show(true);
  });
  stream.addEventListener("htmx:sse:after:connection", fine);
  stream.addEventListener("htmx:sse:error", (event) => {
    if (event.detail?.status === 401 || event.detail?.status === 403) show(true);
    else trouble();
  });
  for (const name of ["htmx:error", "htmx:response:error"]) stream.addEventListener(name, reopen);
})();
