// [data-chat]: keeps every turn on the page in touch with the server: joins streams that broke off, and turns of other tabs.
(() => {
  const chat = document.querySelector("[data-chat]");
  const turns = chat?.querySelector("[data-chat-turns]");
  if (!turns) return;

  const AGAIN_MS = 2000;
  const OPEN = "article[data-status=unsent], article[data-status=streaming], article[data-status=unknown]";
  const composer = () => document.getElementById("composer");
  const isAsking = () => Boolean(composer()?._htmx?.sse);
  const orphans = () => [...turns.querySelectorAll(OPEN)].filter((turn) => !turn.querySelector("[hx-sse\\:connect]"));
  const fetchHtml = async (url) => {
    const answer = await fetch(url, { headers: { "HX-Request": "true" }, credentials: "same-origin" });
    if (!answer.ok) throw new Error(String(answer.status));
    return answer.text();
  };
  const elementsOf = (html) => [...new DOMParser().parseFromString(html, "text/html").body.children];

  // The stream of the question's own POST ended before its turn did: the turn's page brings a stream that resumes.
  const rejoin = async () => {
    if (isAsking()) return;
    for (const turn of orphans()) {
      try {
        const [fresh] = elementsOf(await fetchHtml(turn.dataset.turnUrl));
        if (!fresh || !turn.isConnected || isAsking()) continue;
        turn.replaceWith(fresh);
        htmx.process(fresh);
      } catch {
        setTimeout(rejoin, AGAIN_MS);
        return;
      }
    }
  };
  document.addEventListener("htmx:sse:close", (event) => {
    if (event.target.id === "composer") setTimeout(rejoin, 0);
  });
  addEventListener("online", () => setTimeout(rejoin, 0));

  // Another tab, or another person, asked: what this page lacks is put at the end.
  const catchUp = async () => {
    const last = Math.max(0, ...[...turns.querySelectorAll("article")].map((turn) => Number(turn.dataset.position)));
    const html = await fetchHtml(`${chat.dataset.chatTurnsUrl}?after=${last}`).catch(() => "");
    for (const fresh of elementsOf(html)) {
      if (document.getElementById(fresh.id)) continue;
      turns.append(fresh);
      htmx.process(fresh);
    }
  };
  document.body.addEventListener(chat.dataset.chatEvent, (event) => {
    const told = JSON.parse(event.detail?.data || "{}");
    if (!told.turn) return;
    // Our own question arrives by its own stream; give that a moment before asking for it.
    setTimeout(() => document.getElementById(`turn-${told.turn}`) || catchUp(), composer()?.dataset.submitted ? AGAIN_MS : 150);
  });

  // A form that has asked again would only find its own turn a second time.
  document.addEventListener("htmx:after:request", (event) => {
    const form = event.target.closest?.("[data-chat-retry]");
    if (form && event.detail?.ctx?.response?.raw?.ok) form.remove();
  });
})();
