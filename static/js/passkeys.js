// form[data-passkey="create|get"]: asks the browser for a passkey, puts its answer into [name=credential] and sends the form.
// What to ask for stands in data-passkey-options, or is fetched from data-passkey-from; [data-passkey-words] says what went wrong.
// Needs allauth's mfa/js/webauthn-json.js, which knows how the bytes travel.
(() => {
  const WORDS = {
    NotAllowedError: "Nothing was confirmed. Try again, and answer when the browser asks.",
    InvalidStateError: "This device has a passkey for your account already.",
    SecurityError: "A passkey belongs to a name, and this address is a number. On this machine, open the console as localhost.",
    NotSupportedError: "This browser or device makes no passkeys.",
  };

  const asked = async (form) => {
    const { passkeyOptions, passkeyFrom } = form.dataset;
    if (passkeyOptions) return JSON.parse(passkeyOptions);
    const answer = await fetch(passkeyFrom, { headers: { Accept: "application/json" } });
    if (!answer.ok) throw new Error(answer.status === 429 ? "Too many tries. Wait a minute." : "The console did not answer. Try again.");
    return (await answer.json()).request_options;
  };

  const forOneself = (options) => {
    // One that can sign in alone: kept on the device, and opened by a finger, a face or a PIN.
    Object.assign(options.publicKey.authenticatorSelection ??= {}, {
      residentKey: "required", requireResidentKey: true, userVerification: "required",
    });
    return options;
  };

  const confirm = async (form) => {
    const options = await asked(form);
    if (!window.PublicKeyCredential) throw new DOMException("", location.hostname.match(/^[\d.]+$|:/) ? "SecurityError" : "NotSupportedError");
    return form.dataset.passkey === "create"
      ? window.webauthnJSON.create(forOneself(options))
      : window.webauthnJSON.get(options);
  };

  document.addEventListener("submit", async (event) => {
    const form = event.target.closest("form[data-passkey]");
    if (!form || form.elements.credential.value) return;
    event.preventDefault();
    const words = form.querySelector("[data-passkey-words]");
    const button = event.submitter;
    words.hidden = true;
    button?.setAttribute("aria-busy", "true");
    try {
      form.elements.credential.value = JSON.stringify(await confirm(form));
      form.submit();
    } catch (error) {
      words.textContent = WORDS[error.name] ?? error.message;
      words.hidden = false;
      button?.removeAttribute("aria-busy");
    }
  });
  addEventListener("pageshow", () => {
    for (const field of document.querySelectorAll("form[data-passkey] [name=credential]")) field.value = "";
  });
})();
