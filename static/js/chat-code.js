// .md-code-copy in an answer: copies its code, and what goes on of it in the blocks after.
(() => {
  const codeOf = (part) => part.querySelector("pre")?.textContent ?? "";
  const wholeOf = (first) => {
    let [text, part] = [codeOf(first), first];
    while (part?.matches(".md-continues")) {
      part = part.closest(".answer-block")?.nextElementSibling?.querySelector(":scope > .md-code.md-continued");
      if (part) text += codeOf(part);
    }
    return text;
  };

  document.addEventListener("click", async (event) => {
    const button = event.target.closest(".answer .md-code-copy");
    if (!button) return;
    const text = wholeOf(button.closest(".md-code"));
    try {
      await navigator.clipboard.writeText(text);
    } catch {
      prompt("Copy this:", text);
      return;
    }
    button.textContent = "Copied";
    setTimeout(() => {
      button.textContent = "Copy";
    }, 1600);
  });
})();
