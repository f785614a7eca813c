// The desk by keyboard: j and k go from row to row, enter opens, / searches, n and p go to the next
// and the previous case or document; other links say their keys (data-key). Leaving what was typed
// asks first. Nothing needs it.
"use strict";
(() => {
  const links = [...document.querySelectorAll("[data-rows] tbody th a")];
  const all = document.querySelector("[data-pick-all]");
  if (all) {
    all.closest("label").hidden = false;
    all.addEventListener("change", () => {
      for (const each of document.querySelectorAll("input[name=pick]")) each.checked = all.checked;
    });
  }
  const picked = document.querySelector("[data-picked]");
  if (picked) {
    document.addEventListener("change", () => {
      const count = document.querySelectorAll("input[name=pick]:checked").length;
      picked.textContent = count ? `已选${count}件` : "";
    });
  }
  // Coming back to what an act answered, or asking for it anew, would send the act again.
  const instead = document.querySelector("[data-instead]");
  if (instead) history.replaceState(null, "", instead.dataset.instead);
  let unsent = null;
  for (const form of document.querySelectorAll("form[data-keep]")) {
    form.addEventListener("input", () => { unsent = form; });
    form.addEventListener("submit", () => { if (unsent === form) unsent = null; });
  }
  window.addEventListener("beforeunload", (event) => { if (unsent) event.preventDefault(); });
  for (const each of document.querySelectorAll("[data-keys]")) each.hidden = false;
  document.querySelector(".wq-strip [aria-current]")?.scrollIntoView({ inline: "center", block: "nearest" });
  const keyed = [...document.querySelectorAll("[data-key]")];
  const beside = { n: "[data-next]", p: "[data-previous]" };
  document.addEventListener("keydown", (event) => {
    const typing = event.target.closest("input:not([type=checkbox], [type=radio]), textarea, select");
    if (typing || event.isComposing || event.keyCode === 229) return;
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const here = links.indexOf(document.activeElement);
    if (event.key === "/") {
      const search = document.querySelector("input[type=search]");
      if (search) { event.preventDefault(); search.focus(); }
    } else if (event.key === "j" && links.length) {
      links[Math.min(here + 1, links.length - 1)].focus();
    } else if (event.key === "k" && links.length) {
      links[Math.max(here - 1, 0)].focus();
    } else if (Object.hasOwn(beside, event.key)) {
      document.querySelector(beside[event.key])?.click();
    } else {
      keyed.find((each) => each.dataset.key.split(" ").includes(event.key))?.click();
    }
  });
})();
