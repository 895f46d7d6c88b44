// Ticks the rules of a password while one types. The server checks them all again.
(() => {
  "use strict";
  const RULES = {
    length: (password) => [...password].length >= 8,
    upper: (password) => /\p{Lu}/u.test(password),
    lower: (password) => /\p{Ll}/u.test(password),
    digit: (password) => /\p{Nd}/u.test(password),
    symbol: (password) => /[^\p{L}\p{N}]/u.test(password),
    repeat: (password, repeat) => password !== "" && password === repeat,
  };

  function watch(box) {
    const password = document.getElementById(box.dataset.password);
    const repeat = document.getElementById(box.dataset.repeat);
    const rules = [...box.querySelectorAll("[data-rule]")];
    const summary = box.querySelector("[data-summary]");
    let later;

    function check() {
      const met = rules.filter((rule) => {
        const good = RULES[rule.dataset.rule](password.value, repeat ? repeat.value : "");
        rule.classList.toggle("pa-rule-met", good);
        rule.querySelector("[data-state]").textContent = `(${good ? box.dataset.met : box.dataset.unmet})`;
        return good;
      }).length;
      clearTimeout(later);
      later = setTimeout(() => {
        summary.textContent = password.value && summary.dataset.words.replace("{n}", met).replace("{max}", rules.length);
      }, 900);
    }
    [password, repeat].forEach((field) => field?.addEventListener("input", check));
    check();
  }
  document.addEventListener("DOMContentLoaded", () => document.querySelectorAll("[data-password-rules]").forEach(watch));
})();
