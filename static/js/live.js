// [data-live]: the page's one stream. Says when it is lost for a moment; opens a failed first try again.
// Refused, it is not asked for again: the page goes, and the server says why. Where something is half written, it stays.
(() => {
  const stream = document.querySelector("[data-live]");
  const lost = document.querySelector("[data-live-lost]");
  if (!stream || !lost) return;

  const QUICK_MS = 2000;
  const REFUSED = [401, 403, 404];
  let warning = 0;
  let again = 0;
  let openedAt = 0;
  let quickEnds = 0;
  let isOver = false;

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
  const isWritten = (field) => {
    if (field.matches("select")) {
      const preset = [...field.options].findIndex((option) => option.defaultSelected);
      return field.selectedIndex !== Math.max(preset, 0);
    }
    if (field.matches("[type=checkbox], [type=radio]")) return field.checked !== field.defaultChecked;
    return field.matches("input, textarea") && field.value !== field.defaultValue;
  };
  const over = () => {
    if (isOver) return;
    isOver = true;
    clearTimeout(warning);
    clearTimeout(again);
    const forms = [...document.forms].filter((form) => form.method === "post");
    const mayGo = openedAt && !forms.some((form) => [...form.elements].some(isWritten));
    if (mayGo) location.reload();
    else show(true);
  };
  const reopen = (event) => {
    if (REFUSED.includes(event.detail?.ctx?.response?.status)) over();
    if (isOver) return;
    trouble();
    clearTimeout(again);
    again = setTimeout(() => htmx.ajax("GET", stream.getAttribute("hx-sse:connect"), { source: stream, swap: "none" }), 3000);
  };

  // A sign-in page instead of a stream ends at once, again and again: then the session is over, and asking stops.
  stream.addEventListener("htmx:sse:before:connection", (event) => {
    if (isOver) event.preventDefault();
    quickEnds = openedAt && performance.now() - openedAt < QUICK_MS ? quickEnds + 1 : 0;
    if (quickEnds < 3) return;
    event.preventDefault();
    show(true);
  });
  stream.addEventListener("htmx:sse:after:connection", fine);
  stream.addEventListener("htmx:sse:error", (event) => {
    if (REFUSED.includes(event.detail?.status)) over();
    else trouble();
  });
  for (const name of ["htmx:error", "htmx:response:error"]) stream.addEventListener(name, reopen);
})();
