// The bar one slides to the right end. The server answers with a token, and only then the form goes on.
(() => {
  "use strict";

  function prepare(box) {
    const form = box.closest("form");
    const field = box.querySelector("input[name=attention]");
    const bar = box.querySelector("input[type=range]");
    const state = box.querySelector("[role=status]");
    const forward = form.querySelector("[data-forward], button[type=submit]");
    let asking = false;

    const show = () => box.style.setProperty("--pa-slide", `${bar.value}%`);
    function settle(done, words) {
      box.classList.toggle("pa-slide-done", done);
      bar.disabled = done;
      forward.disabled = !done;
      state.textContent = words;
    }

    async function finish() {
      asking = true;
      try {
        const answer = await fetch(box.dataset.tokenUrl, {
          method: "POST",
          headers: { "X-CSRFToken": form.elements.csrfmiddlewaretoken.value },
        });
        if (!answer.ok) throw new Error(answer.status);
        field.value = (await answer.json()).token;
        const hadFocus = document.activeElement === bar;
        settle(true, box.dataset.done);
        if (hadFocus) forward.focus();
      } catch {
        back();
        settle(false, box.dataset.failed);
      }
      asking = false;
    }
    function back() {
      bar.value = 0;
      show();
    }

    bar.addEventListener("input", () => {
      show();
      if (Number(bar.value) === 100 && !asking && !field.value) finish();
    });
    // A bar let go half-way slides back, as on a telephone; the keyboard may rest where it is.
    ["pointerup", "touchend"].forEach((name) => bar.addEventListener(name, () => {
      if (Number(bar.value) < 100) back();
    }));
    box.querySelector("[data-slide-bar]").hidden = false;
    show();
    settle(Boolean(field.value), state.textContent.trim());
  }

  document.addEventListener("DOMContentLoaded", () => document.querySelectorAll("[data-slide]").forEach(prepare));
})();
