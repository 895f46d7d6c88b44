// Picking a device or a point from a pop-up. Without this file the code is typed.
(() => {
  "use strict";
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-pick]");
    if (!button) return;
    const dialog = button.closest("dialog");
    const picked = dialog?.querySelector('input[name="picked"]:checked');
    const field = document.getElementById(button.dataset.pick);
    if (!picked || !field) {
      dialog?.querySelector("[data-pick-first]")?.removeAttribute("hidden");
      return;
    }
    field.value = picked.value;
    field.dispatchEvent(new Event("change", { bubbles: true }));
    dialog.close();
    field.focus();
  });
})();
