// video[data-hover-play]: plays muted while its card is pointed at or focused; not with reduced motion.
(() => {
  const still = matchMedia("(prefers-reduced-motion: reduce)");
  const videoOf = (target) => target.closest?.(".media-card, .card-link")?.querySelector("video[data-hover-play]");

  const play = (event) => {
    const video = videoOf(event.target);
    if (!video || still.matches || !video.paused) return;
    video.muted = true;
    video.play().catch(() => {});
  };
  const stop = (event) => {
    const video = videoOf(event.target);
    const card = video?.closest(".media-card, .card-link");
    if (!video || card.contains(event.relatedTarget)) return;
    video.pause();
    video.currentTime = 0;
    video.load();
  };

  document.addEventListener("pointerover", play);
  document.addEventListener("focusin", play);
  document.addEventListener("pointerout", stop);
  document.addEventListener("focusout", stop);
})();
