// time[data-ago] and time[data-elapsed]: the words of console/ui/times.py, kept fresh.
(() => {
  const MINUTE = 60;
  const HOUR = 3600;
  const DAY = 86400;

  const rough = (seconds) => {
    if (seconds < HOUR) return `${Math.max(1, Math.round(seconds / MINUTE))} min`;
    if (seconds < DAY) return `${Math.round(seconds / HOUR)} h`;
    const days = Math.round(seconds / DAY);
    return days === 1 ? "1 day" : `${days} days`;
  };
  const ago = (element) => {
    const seconds = (Date.now() - Date.parse(element.dateTime)) / 1000;
    const far = Math.abs(seconds);
    if (Number.isNaN(seconds) || far >= 7 * DAY) return null;
    if (far < 45) return "just now";
    return seconds > 0 ? `${rough(far)} ago` : `in ${rough(far)}`;
  };
  const two = (number) => String(number).padStart(2, "0");
  const clock = (element) => {
    const whole = Math.max(0, Math.floor((Date.now() - Date.parse(element.dateTime)) / 1000));
    if (Number.isNaN(whole)) return null;
    const [hours, minutes, seconds] = [Math.floor(whole / HOUR), Math.floor((whole % HOUR) / MINUTE), whole % MINUTE];
    return hours ? `${hours}:${two(minutes)}:${two(seconds)}` : `${minutes}:${two(seconds)}`;
  };
  const write = (selector, words) => {
    for (const element of document.querySelectorAll(selector)) {
      const text = words(element);
      if (text !== null && element.textContent !== text) element.textContent = text;
    }
  };

  setInterval(() => write("time[data-elapsed]", clock), 1000);
  setInterval(() => write("time[data-ago]", ago), 15000);
})();
