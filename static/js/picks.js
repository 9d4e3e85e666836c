// [data-picks]: references keep the order in which they were chosen; the chosen ones stand first, with their numbers.
(() => {
  const number = (picks) => {
    const chosen = [...picks.querySelectorAll(".pick:has(input:checked)")];
    for (const place of picks.querySelectorAll("[data-pick-place]")) place.textContent = "";
    chosen.forEach((pick, index) => (pick.querySelector("[data-pick-place]").textContent = index + 1));
  };
  const arrange = (picks, pick) => {
    const others = [...picks.querySelectorAll(".pick:has(input:checked)")].filter((each) => each !== pick);
    const input = pick.querySelector("input");
    if (others.length) others.at(-1).after(pick);
    else picks.prepend(pick);
    input.focus({ preventScroll: true });
    number(picks);
  };

  document.addEventListener("change", (event) => {
    const pick = event.target.closest?.("[data-picks] .pick");
    if (pick) arrange(pick.closest("[data-picks]"), pick);
  });
  document.addEventListener("upload:done", (event) => {
    const picks = document.querySelector(event.target.dataset.uploadInto || null);
    const added = picks?.matches("[data-picks]") && picks.querySelector(".pick");
    if (!added) return;
    arrange(picks, added);
    added.querySelector("input").dispatchEvent(new Event("change", { bubbles: true }));
  });
  document.addEventListener("htmx:after:swap", () => {
    for (const picks of document.querySelectorAll("[data-picks]")) number(picks);
  });
})();
