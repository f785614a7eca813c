// The list by keyboard: j and k go from row to row, enter opens, / searches. Nothing needs it.
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
  document.addEventListener("keydown", (event) => {
    const typing = event.target.closest("input:not([type=checkbox]), textarea, select");
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
    }
  });
})();
