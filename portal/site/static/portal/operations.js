// Guided requests: choices that keep themselves, the gate that ticks itself, pop-ups. Everything works without this file.
(() => {
  "use strict";
  const all = (selector, root = document) => root.querySelectorAll(selector);

  // --- Choosing rows ---------------------------------------------------------------------------------------------
  const choice = () => document.querySelector("form[data-choice]");
  const boxes = () => all(`tbody input[name="${choice()?.dataset.choice}"]`);
  const keep = () => {
    document.querySelector("[data-choice-error]")?.remove();
    choice()?.dispatchEvent(new CustomEvent("keep"));
  };

  // The box in the header stands for the page; it is made here because without this file it could do nothing.
  function header() {
    const cell = document.querySelector("th.pc-cell-select");
    const words = choice()?.dataset.allWords;
    if (!cell || !words || boxes()[0]?.type !== "checkbox") return null;
    let box = cell.querySelector("[data-check-all]");
    if (!box) {
      box = document.createElement("input");
      Object.assign(box, { type: "checkbox", className: "form-check-input" });
      box.dataset.checkAll = "";
      box.setAttribute("aria-label", words);
      cell.replaceChildren(box);
    }
    return box;
  }
  function showHeader() {
    const box = header();
    if (!box) return;
    const those = [...boxes()];
    const ticked = those.filter((box) => box.checked).length;
    box.checked = ticked === those.length;
    box.indeterminate = ticked > 0 && ticked < those.length;
  }
  document.addEventListener("change", (event) => {
    if (!choice()) return;
    if (event.target.matches("[data-check-all]")) {
      boxes().forEach((box) => { box.checked = event.target.checked; });
      event.target.indeterminate = false;
      keep();
    } else if (event.target.form === choice()) {
      showHeader();
      keep();
    }
  });
  document.addEventListener("htmx:afterSettle", showHeader);
  document.addEventListener("DOMContentLoaded", showHeader);

  // --- The gate: a download leaves the page where it is, so the page asks whether it arrived ---------------------
  document.addEventListener("click", (event) => {
    if (!event.target.closest("[data-download]")) return;
    [700, 2000].forEach((wait) => setTimeout(() => document.body.dispatchEvent(new CustomEvent("downloaded")), wait));
  });

  // --- Pop-ups -----------------------------------------------------------------------------------------------------
  document.addEventListener("htmx:afterSwap", (event) => {
    const dialog = event.target.closest?.("dialog#flow-dialog");
    if (dialog && !dialog.open) dialog.showModal();
  });

  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-print]")) window.print();
  });
})();
