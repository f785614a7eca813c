// A visit is dragged to another day: its form opens with that day, for the reason that the
// enterprise is told. Nothing needs it: the same form is there without it.
"use strict";
(() => {
  const type = "text/x-wenqi-visit";
  let dragged = null;
  for (const card of document.querySelectorAll("[data-visit][data-open]")) {
    card.draggable = true;
    card.addEventListener("dragstart", (event) => {
      dragged = card;
      event.dataTransfer.setData(type, card.dataset.visit);
      event.dataTransfer.effectAllowed = "move";
    });
    card.addEventListener("dragend", () => { dragged = null; mark(null); });
  }
  const days = [...document.querySelectorAll("[data-day]")];
  function mark(on) {
    for (const each of days) each.classList.toggle("is-over", each === on);
  }
  for (const day of days) {
    day.addEventListener("dragover", (event) => {
      if (!dragged) return;
      event.preventDefault();
      event.dataTransfer.dropEffect = "move";
      mark(day);
    });
    day.addEventListener("drop", (event) => {
      if (!dragged) return;
      event.preventDefault();
      const card = dragged;
      mark(null);
      if (day.contains(card)) return;
      card.querySelector("details").open = true;
      card.querySelector("[name='/planned_on']").value = day.dataset.day;
      day.querySelector("ul").append(card);
      card.querySelector("[name='/reason']").focus();
    });
  }
})();
