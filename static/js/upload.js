// "files:added" in [data-upload-url]: one request a file, with a bar, then the answer's fragment takes its place.
(() => {
  const size = (bytes) => (bytes < 1e6 ? `${Math.ceil(bytes / 1000)} kB` : `${(bytes / 1e6).toFixed(1)} MB`);

  const lineOf = (zone, file) => {
    const line = document.createElement("li");
    line.className = "upload";
    line.innerHTML = `<span class="upload-name"></span><button class="btn btn-ghost btn-xs" type="button">Stop</button>
      <div class="progress"><progress max="100" value="0"></progress><span class="figure"></span></div><span class="upload-words"></span>`;
    line.querySelector(".upload-name").textContent = file.name;
    line.querySelector("progress").setAttribute("aria-label", `Upload of ${file.name}`);
    zone.querySelector("[data-uploads]").append(line);
    return line;
  };
  const say = (line, words) => {
    line.querySelector(".upload-words").textContent = words;
  };
  const fail = (line, words) => {
    line.dataset.failed = "";
    line.querySelector("button").textContent = "Dismiss";
    say(line, words);
  };
  const plain = (html) => {
    const words = new DOMParser().parseFromString(html, "text/html").body.textContent.replace(/\s+/g, " ").trim();
    return words.slice(0, 300);
  };
  const fieldsOf = (zone, file) => {
    const data = new FormData();
    const form = zone.closest("form");
    if (form) for (const [name, value] of new FormData(form)) if (!(value instanceof File)) data.append(name, value);
    for (const [name, value] of Object.entries(JSON.parse(zone.dataset.uploadFields || "{}"))) data.set(name, value);
    data.append(zone.dataset.uploadName || "file", file, file.name);
    return data;
  };
  const insert = (zone, html) => {
    const into = document.querySelector(zone.dataset.uploadInto);
    if (!into) return;
    // The same file again is answered with the card that stands there already.
    const added = new DOMParser().parseFromString(html, "text/html").body.firstElementChild;
    if (added?.id) into.querySelector(`#${CSS.escape(added.id)}`)?.remove();
    if (zone.dataset.uploadSwap === "replace") into.innerHTML = html;
    else into.insertAdjacentHTML("afterbegin", html);
    htmx.process(into);
  };

  const send = (zone, file) => {
    const line = lineOf(zone, file);
    const request = new XMLHttpRequest();
    line.querySelector("button").addEventListener("click", () => (request.abort(), line.remove()));
    const most = Number(zone.dataset.uploadMaxBytes || 0);
    if (most && file.size > most) return fail(line, `${size(file.size)} is more than the ${size(most)} that fit. Nothing was sent.`);
    if (!file.size) return fail(line, "This file is empty. Nothing was sent.");
    const [bar, figure] = [line.querySelector("progress"), line.querySelector(".figure")];
    request.upload.addEventListener("progress", (event) => {
      bar.value = event.total ? (event.loaded / event.total) * 100 : 0;
      figure.textContent = `${size(event.loaded)} of ${size(event.total)}`;
    });
    request.upload.addEventListener("load", () => {
      bar.removeAttribute("value");
      figure.textContent = "Checking";
    });
    request.addEventListener("load", () => {
      if (request.status < 200 || request.status > 299) return fail(line, plain(request.responseText) || `Refused (${request.status}).`);
      line.remove();
      insert(zone, request.responseText);
      zone.dispatchEvent(new CustomEvent("upload:done", { bubbles: true, detail: { name: file.name } }));
    });
    for (const name of ["error", "timeout"]) {
      request.addEventListener(name, () => fail(line, "The console could not be reached. Nothing was kept; try again."));
    }
    request.open("POST", zone.dataset.uploadUrl);
    request.timeout = 10 * 60 * 1000;
    request.setRequestHeader("X-CSRFToken", document.body.dataset.csrf ?? "");
    if (document.body.dataset.team) request.setRequestHeader("X-Team", document.body.dataset.team);
    request.setRequestHeader("HX-Request", "true");
    request.send(fieldsOf(zone, file));
  };

  document.addEventListener("files:added", (event) => {
    const zone = event.target.closest("[data-upload-url]");
    if (zone) for (const file of event.detail.files) send(zone, file);
  });
})();
