// PIN and PUK of a SIM, kept by this browser for one person and one card. Nothing here talks to the network.
(() => {
  "use strict";
  const box = document.querySelector("[data-memo]");
  if (!box) return;
  const key = `memo.${box.dataset.memo}`;
  const fields = [...box.querySelectorAll("[data-code]")];
  const status = box.querySelector("[data-memo-status]");
  const remove = box.querySelector("[data-memo-delete]");

  function read() {
    try {
      return JSON.parse(localStorage.getItem(key)) || {};
    } catch {
      return {};
    }
  }

  function show(saved) {
    fields.forEach((field) => { field.value = saved[field.dataset.code] || ""; });
    remove.hidden = Object.keys(saved).length === 0;
  }

  function isWrong(field) {
    const value = field.value.trim();
    const wrong = value !== "" && !new RegExp(`^[0-9]{${field.dataset.digits}}$`).test(value);
    const error = document.getElementById(`${field.id}-error`);
    error.textContent = wrong ? field.dataset.wrong : "";
    error.hidden = !wrong;
    field.toggleAttribute("aria-invalid", wrong);
    if (wrong) field.setAttribute("aria-invalid", "true");
    field.closest(".pc-field").classList.toggle("pc-field-wrong", wrong);
    return wrong;
  }

  function save() {
    status.textContent = "";
    const wrong = fields.filter(isWrong);
    if (wrong.length) {
      wrong[0].focus();
      return;
    }
    const codes = {};
    fields.forEach((field) => { if (field.value.trim()) codes[field.dataset.code] = field.value.trim(); });
    if (!Object.keys(codes).length) {
      status.textContent = box.dataset.empty;
      fields[0].focus();
      return;
    }
    try {
      localStorage.setItem(key, JSON.stringify(codes));
      show(codes);
      status.textContent = box.dataset.saved;
    } catch {
      status.textContent = box.dataset.refused;
    }
  }

  box.querySelector("[data-memo-save]").addEventListener("click", save);
  box.addEventListener("keydown", (event) => { if (event.key === "Enter" && event.target.matches("input")) save(); });
  remove.addEventListener("click", () => {
    localStorage.removeItem(key);
    fields.forEach((field) => { field.value = ""; isWrong(field); });
    show({});
    status.textContent = box.dataset.deleted;
    fields[0].focus();
  });
  show(read());
  box.hidden = false;
})();
