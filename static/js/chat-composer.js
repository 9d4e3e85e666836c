// [data-composer]: Enter sends, the length is counted, images come along, Stop stops; another model keeps the draft.
(() => {
  const OPEN = "article[data-status=unsent], article[data-status=streaming], article[data-status=unknown]";
  const textOf = (form) => form?.querySelector("[data-composer-text]");
  const isAnswering = () => Boolean(document.querySelector(OPEN));
  const ADDRESS_HOLDS = 1000; // characters; in the worst case twelve bytes each
  const isTouch = matchMedia("(pointer: coarse)").matches;

  const measure = (area) => {
    const line = area.form.querySelector(".composer-count");
    const most = Number(area.dataset.most || 0);
    const length = area.value.length;
    if (line) {
      line.textContent = most && length > most * 0.8 ? `${length.toLocaleString("en")} of ${most.toLocaleString("en")}` : "";
      line.toggleAttribute("data-over", Boolean(most) && length > most);
    }
    if (CSS.supports("field-sizing", "content")) return;
    area.style.height = "auto";
    area.style.height = `${area.scrollHeight}px`;
  };
  const refresh = () => {
    const form = document.querySelector("[data-composer]");
    const [area, stop, send] = [textOf(form), form?.querySelector("[data-chat-stop]"), form?.querySelector(".composer-send")];
    if (area) measure(area);
    if (!stop || !send) return;
    const answering = isAnswering();
    stop.hidden = !answering;
    stop.disabled = !document.querySelector(`:is(${OPEN}) [data-chat-stop-turn]`);
    send.hidden = answering;
  };

  document.addEventListener("input", (event) => {
    if (event.target.matches("[data-composer-text]")) measure(event.target);
  });
  document.addEventListener("keydown", (event) => {
    const area = event.target.closest?.("[data-composer-text]");
    if (!area || event.key !== "Enter" || event.shiftKey || event.isComposing || isTouch) return;
    event.preventDefault();
    if (area.value.trim() && !isAnswering()) area.form.requestSubmit();
  });
  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-chat-stop]")) document.querySelector(`:is(${OPEN}) [data-chat-stop-turn]`)?.click();
    const other = event.target.closest("[data-chat-other-model]");
    const draft = textOf(document.querySelector("[data-composer]"))?.value.trim();
    if (other && draft && draft.length <= ADDRESS_HOLDS) {
      const address = new URL(other.href);
      address.searchParams.set("text", draft);
      other.href = address.href;
    }
    if (!event.target.closest("[data-composer-library]")) return;
    const library = document.querySelector(".composer-library");
    library.open = !library.open;
    if (library.open) library.querySelector("[hx-get]")?.dispatchEvent(new CustomEvent("libraryopened"));
  });
  // The question is on its way: its images are with it now.
  document.addEventListener("htmx:sse:after:connection", (event) => {
    if (!event.target.matches("[data-composer]")) return;
    document.getElementById("composer-picks")?.replaceChildren();
    const library = document.querySelector(".composer-library");
    for (const input of library?.querySelectorAll("input:checked") ?? []) input.checked = false;
    if (library) library.open = false;
  });
  document.addEventListener("change", (event) => {
    const choices = event.target.closest("[data-chat-choices]");
    if (!choices) return;
    const form = event.target.form;
    const told = new URLSearchParams({ model: form.elements.model.value, project: form.elements.project.value });
    htmx.ajax("GET", `${choices.dataset.chatChoices}?${told}`, { target: "#chat-new-parts", swap: "outerHTML", select: "#chat-new-parts" });
  });
  // The person goes on writing while the answer is on its way: what stands there at the last moment goes into the new
  // form before that is put into its place, and is never written over later.
  let cursor = null;
  document.addEventListener("htmx:before:swap", (event) => {
    const area = textOf(document.querySelector("#composer:has(#chat-new-parts)"));
    const drawn = event.detail.tasks.map((task) => task.fragment?.querySelector("#composer-fields [data-composer-text]")).find(Boolean);
    if (!area || !drawn || !drawn.closest("#chat-new-parts")) return;
    drawn.value = area.value;
    cursor = area === document.activeElement ? [area.selectionStart, area.selectionEnd] : null;
  });
  document.addEventListener("htmx:after:swap", () => {
    const area = cursor && textOf(document.querySelector("[data-composer]"));
    if (area && document.activeElement !== area) {
      area.focus({ preventScroll: true });
      area.setSelectionRange(...cursor);
    }
    cursor = null;
  });

  const turns = document.querySelector("[data-chat-turns]");
  if (turns) new MutationObserver(refresh).observe(turns, { childList: true, subtree: true, attributeFilter: ["data-status"] });
  document.addEventListener("htmx:after:swap", refresh);
  refresh();
  if (!isTouch && !location.hash) textOf(document.querySelector("[data-composer]"))?.focus({ preventScroll: true });
})();
