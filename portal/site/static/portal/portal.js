// Small comforts over pages that work without them. No inline code, no eval, nothing stored in the browser.
(() => {
  "use strict";
  const all = (selector, root = document) => root.querySelectorAll(selector);

  function announce(text) {
    const region = document.getElementById("announcements");
    if (!region) return;
    region.textContent = "";
    setTimeout(() => { region.textContent = text; }, 50);
  }

  // --- Menus: native <details>; one closes when the eye goes elsewhere ---------------------------------------
  function closeMenus(except) {
    all("details[data-menu][open]").forEach((menu) => {
      if (!except || !menu.contains(except)) menu.open = false;
    });
  }
  document.addEventListener("click", (event) => {
    const header = event.target.closest(".pc-header");
    all("details[data-menu][open]").forEach((menu) => {
      const burgerInUse = menu.classList.contains("pc-burger") && header;
      if (!menu.contains(event.target) && !burgerInUse) menu.open = false;
    });
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") {
      const menu = event.target.closest?.("details[data-menu][open]") || document.querySelector("details[data-menu][open]");
      if (menu) {
        menu.open = false;
        menu.querySelector("summary").focus();
      }
    }
    if (event.key === "/" && !event.ctrlKey && !event.metaKey && !event.altKey && !isTyping(event.target)) {
      const search = document.querySelector('[data-shortcut="/"]');
      if (!search) return;
      const burger = document.querySelector(".pc-burger");
      if (burger && search.offsetParent === null) burger.open = true;
      event.preventDefault();
      search.focus();
      search.select();
    }
  });
  const isTyping = (element) => element.isContentEditable || /^(input|textarea|select)$/i.test(element.tagName);

  // A menu never leaves the window, and is not cut off by the box of its table.
  function place(menu) {
    const list = menu.querySelector(":scope > .pc-menu-list");
    if (!list) return;
    ["position", "top", "left", "right"].forEach((name) => list.style.removeProperty(name));
    menu.classList.remove("pc-menu-start");
    if (!menu.open || getComputedStyle(list).position !== "absolute") return;
    const button = menu.querySelector("summary").getBoundingClientRect();
    const box = list.getBoundingClientRect();
    if (menu.closest(".pc-table-box")) {
      const below = button.bottom + box.height + 6 < innerHeight;
      list.style.position = "fixed";
      list.style.right = "auto";
      list.style.left = `${Math.max(8, Math.min(button.right - box.width, innerWidth - box.width - 8))}px`;
      list.style.top = `${below ? button.bottom + 6 : Math.max(8, button.top - box.height - 6)}px`;
    } else if (box.left < 0) {
      menu.classList.add("pc-menu-start");
    }
  }
  document.addEventListener("toggle", (event) => {
    if (event.target.matches?.(".pc-menu")) place(event.target);
  }, true);
  document.addEventListener("scroll", () => {
    all(".pc-table-box .pc-menu[open]").forEach((menu) => { menu.open = false; });
  }, { capture: true, passive: true });

  // After a click with the mouse a button shows no ring (Bootstrap Italia asks for this attribute).
  document.addEventListener("focusin", (event) => {
    if (event.target.matches(".btn:not(:focus-visible)")) event.target.dataset.focusMouse = "true";
  });
  document.addEventListener("focusout", (event) => { delete event.target.dataset.focusMouse; });

  // --- Dialogs: the trigger is a link with a real address for those without scripts ----------------------------
  document.addEventListener("click", (event) => {
    const trigger = event.target.closest("[data-dialog]");
    const target = trigger && document.getElementById(trigger.dataset.dialog);
    if (target?.showModal) {
      event.preventDefault();
      target.showModal();
    }
    const closer = event.target.closest("[data-close]");
    if (closer) {
      closer.closest("dialog")?.close();
      const menu = closer.closest("details");
      if (menu) {
        menu.open = false;
        menu.querySelector("summary").focus();
      }
    }
  });

  // --- Copy ----------------------------------------------------------------------------------------------------
  document.addEventListener("click", async (event) => {
    const button = event.target.closest("[data-copy]");
    if (!button) return;
    try {
      await navigator.clipboard.writeText(button.dataset.copy);
    } catch {
      copyBySelection(button.dataset.copy);
    }
    button.dataset.state = "done";
    announce(button.dataset.done);
    setTimeout(() => { delete button.dataset.state; }, 2000);
  });
  function copyBySelection(text) {
    const field = document.createElement("textarea");
    field.value = text;
    field.className = "visually-hidden";
    document.body.append(field);
    field.select();
    document.execCommand("copy");
    field.remove();
  }

  // --- Counters --------------------------------------------------------------------------------------------------
  function count(counter) {
    const field = document.getElementById(counter.dataset.counter);
    if (!field || !field.maxLength || field.maxLength < 0) return;
    const used = field.value.length;
    counter.textContent = counter.dataset.words.replace("{n}", used).replace("{max}", field.maxLength);
    counter.classList.toggle("pc-counter-full", used >= field.maxLength);
  }
  document.addEventListener("input", (event) => {
    const counter = event.target.id && document.querySelector(`[data-counter="${CSS.escape(event.target.id)}"]`);
    if (counter) count(counter);
  });

  // --- Forms: sent once, not lost by mistake -----------------------------------------------------------------------
  const dirty = new Set();
  document.addEventListener("input", (event) => {
    const form = event.target.closest("form[data-guard]");
    if (form) dirty.add(form);
  });
  document.addEventListener("submit", (event) => {
    const form = event.target;
    dirty.delete(form);
    if (form.method !== "post" || event.defaultPrevented || form.hasAttribute("hx-post")) return;
    if ("repeats" in form.dataset) return; // a download leaves the page as it is, and may be asked for again
    // A second click at once is a slip; later the form may be sent again (its answer may have been a file).
    if (Date.now() - (form.dataset.sent || 0) < 2000) event.preventDefault();
    else form.dataset.sent = Date.now();
  });
  window.addEventListener("beforeunload", (event) => {
    if (dirty.size) event.preventDefault();
  });
  window.addEventListener("pageshow", () => all("form[data-sent]").forEach((form) => { delete form.dataset.sent; }));
  document.addEventListener("change", (event) => {
    if (event.target.matches("[data-autosubmit]")) event.target.form.requestSubmit();
  });

  // --- What comes in by itself ---------------------------------------------------------------------------------------
  function settle(root) {
    all("[data-copy], .pc-needs-script, [data-needs-script]", root).forEach((element) => { element.hidden = false; });
    all("[data-counter]", root).forEach(count);
    root.querySelector("[data-focus]")?.focus();
  }
  // What no person asked for (polling) must not keep the session alive: see portal.accounts.idle.
  document.addEventListener("htmx:configRequest", (event) => {
    if (!event.detail.triggeringEvent) event.detail.headers["X-Poll"] = "1";
  });
  document.addEventListener("htmx:afterSettle", (event) => settle(event.target));
  ["htmx:sendError", "htmx:timeout"].forEach((name) => document.addEventListener(name, () => {
    const region = document.getElementById("messages");
    if (!region) return;
    const box = document.createElement("p");
    box.className = "pc-callout pc-callout-danger";
    box.textContent = document.body.dataset.offline;
    region.replaceChildren(box);
  }));

  window.addEventListener("pagehide", () => closeMenus());
  document.addEventListener("DOMContentLoaded", () => settle(document));
})();
