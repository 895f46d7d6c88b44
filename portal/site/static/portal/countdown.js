// «tra 12 secondi»: counts down in place, holds its button until then. The server checks the time anyway.
(() => {
  "use strict";
  document.addEventListener("DOMContentLoaded", () => document.querySelectorAll("[data-countdown]").forEach((words) => {
    const button = document.getElementById(words.dataset.button);
    const end = performance.now() + Number(words.dataset.countdown) * 1000;
    if (button) button.disabled = true;
    const timer = setInterval(tick, 250);
    function tick() {
      const left = Math.ceil((end - performance.now()) / 1000);
      words.textContent = left > 0 ? words.dataset.words.replace("{n}", left) : "";
      if (left > 0) return;
      clearInterval(timer);
      if (button) button.disabled = false;
    }
    tick();
  }));
})();
