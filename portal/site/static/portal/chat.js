// A chat: the newest message in sight, Enter sends, the other side sees that one is typing. It works without this file.
(() => {
  "use strict";
  const box = () => document.querySelector("[data-chat]");
  const TELL_EVERY = 3000;
  let told = 0;
  let telling = Promise.resolve();

  function newest() {
    const scroll = box()?.querySelector(".su-chat-scroll");
    if (scroll) scroll.scrollTop = scroll.scrollHeight;
  }
  // The same message asked for twice is shown once.
  function once() {
    const seen = new Set();
    document.querySelectorAll("#chat-log > div").forEach((item) => {
      if (seen.has(item.id)) item.remove();
      seen.add(item.id);
    });
  }
  function over() {
    const closed = document.getElementById("chat-status")?.dataset.state === "closed";
    if (closed) document.querySelectorAll("#chat-form, #chat-stop").forEach((part) => { part.hidden = true; });
  }
  document.addEventListener("htmx:oobAfterSwap", () => { once(); newest(); });
  document.addEventListener("htmx:afterSettle", over);
  document.addEventListener("DOMContentLoaded", () => { newest(); over(); });
  document.addEventListener("htmx:afterRequest", (event) => {
    if (event.target.id === "chat-form" && event.detail.successful) {
      event.target.reset();
      event.target.querySelector("textarea").focus();
    }
  });
  document.addEventListener("keydown", (event) => {
    if (event.target.id !== "chat-text" || event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    if (event.target.value.trim()) event.target.form.requestSubmit();
  });
  document.addEventListener("input", (event) => {
    const form = event.target.closest?.("[data-typing]");
    if (!form || Date.now() - told < TELL_EVERY) return;
    told = Date.now();
    const token = form.querySelector("[name=csrfmiddlewaretoken]").value;
    telling = fetch(form.dataset.typing, { method: "POST", headers: { "X-CSRFToken": token }, credentials: "same-origin" })
      .catch(() => {});
  });
  // Said before "is typing" has arrived, the message would be followed by it.
  document.addEventListener("htmx:confirm", (event) => {
    if (event.target.id !== "chat-form") return;
    event.preventDefault();
    telling.finally(() => event.detail.issueRequest());
  });
})();
