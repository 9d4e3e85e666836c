// A live event that came while a fragment was on its way: what the fragment brought in, drawn before it, hears it too.
(() => {
  const KEPT_MS = 30000;
  const COUNTED = "jobs-new"; // every telling of it is counted by waiting-rows.js
  let heard = [];
  const asked = new WeakMap();

  document.addEventListener("htmx:sse:after:message", (event) => {
    const [name, at] = [event.detail?.message?.event, performance.now()];
    heard = heard.filter((each) => at - each.at < KEPT_MS && each.name !== name);
    if (name && name !== COUNTED) heard.push({ name, at });
  });
  document.addEventListener("htmx:before:request", (event) => {
    if (event.detail?.ctx) asked.set(event.detail.ctx, performance.now());
  });
  document.addEventListener("htmx:after:swap", (event) => {
    const since = asked.get(event.detail?.ctx);
    if (since === undefined) return;
    for (const { name } of heard.filter(({ at }) => at >= since)) {
      if (document.querySelector(`[hx-trigger*="${CSS.escape(name)} "]`)) htmx.trigger(document.body, name, {});
    }
  });
})();
