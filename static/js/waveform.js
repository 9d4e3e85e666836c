// [data-waveform]: play, a head that moves, press or drag to seek, arrows by five seconds. One sound at a time.
(() => {
  const clock = (seconds) => `${Math.floor(seconds / 60)}:${String(Math.floor(seconds % 60)).padStart(2, "0")}`;

  const build = (box) => {
    const part = (name) => box.querySelector(`[data-waveform-${name}]`);
    const [audio, bars, clip, head, time, button] = ["audio", "bars", "clip", "head", "time", "play"].map(part);
    const width = bars.viewBox.baseVal.width;
    let frame = 0;
    box.dataset.ready = "";
    button.hidden = false;
    audio.controls = false;

    const draw = () => {
      const share = audio.duration ? audio.currentTime / audio.duration : 0;
      clip.setAttribute("width", String(share * width));
      head.setAttribute("x1", String(share * width));
      head.setAttribute("x2", String(share * width));
      bars.setAttribute("aria-valuenow", String(Math.round(share * 100)));
      bars.setAttribute("aria-valuetext", `${clock(audio.currentTime)} of ${clock(audio.duration || 0)}`);
      if (audio.duration) time.textContent = clock(audio.currentTime > 0 ? audio.currentTime : audio.duration);
      if (!audio.paused) frame = requestAnimationFrame(draw);
    };
    const seek = (event) => {
      const place = bars.getBoundingClientRect();
      const share = Math.min(1, Math.max(0, (event.clientX - place.left) / place.width));
      if (audio.duration) audio.currentTime = share * audio.duration;
      draw();
    };

    button.addEventListener("click", () => (audio.paused ? audio.play().catch(() => {}) : audio.pause()));
    audio.addEventListener("play", () => {
      for (const other of document.querySelectorAll("audio, video")) if (other !== audio) other.pause();
      box.dataset.playing = "";
      draw();
    });
    audio.addEventListener("pause", () => {
      delete box.dataset.playing;
      cancelAnimationFrame(frame);
      draw();
    });
    for (const name of ["ended", "loadedmetadata", "seeked"]) audio.addEventListener(name, draw);
    bars.addEventListener("pointerdown", (event) => {
      bars.setPointerCapture(event.pointerId);
      seek(event);
    });
    bars.addEventListener("pointermove", (event) => bars.hasPointerCapture(event.pointerId) && seek(event));
    bars.addEventListener("keydown", (event) => {
      const step = { ArrowRight: 5, ArrowUp: 5, ArrowLeft: -5, ArrowDown: -5, Home: -Infinity, End: Infinity }[event.key];
      if (event.key === " " || event.key === "Enter") button.click();
      else if (step === undefined || !audio.duration) return;
      else audio.currentTime = Math.min(audio.duration, Math.max(0, audio.currentTime + step));
      event.preventDefault();
      draw();
    });
    draw();
  };

  const prepare = () => {
    for (const box of document.querySelectorAll("[data-waveform]:not([data-ready])")) build(box);
  };
  document.addEventListener("htmx:after:swap", prepare);
  document.addEventListener("filmstrip:shown", prepare);
  prepare();
})();
