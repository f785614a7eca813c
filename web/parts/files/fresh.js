// What the server says of the files that were handed in, put into the page; asked again while one
// is being checked, ever more seldom, and not for ever. Without this script there is a link.
const wenqi = (() => {
  "use strict";
  const live = document.getElementById("files");
  const first = 3000, longest = 60000, most = 20;
  let timer = null, asked = 0, pause = first;

  async function refresh() {
    const answer = await fetch(location.pathname, { redirect: "error" });
    if (!answer.ok) return;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    // Another tab may have begun another draft since: its files are not this page's.
    const marks = [page, document].map((each) => each.querySelector("main input[name=draft]")?.value);
    if (marks[0] !== marks[1]) return;
    const checked = [...document.querySelectorAll("[data-state=checking]")].map((each) => each.dataset.file);
    for (const old of document.querySelectorAll("[data-fresh]")) {
      const fresh = page.getElementById(old.id);
      if (!fresh || fresh.innerHTML === old.innerHTML) continue;
      const held = old.contains(document.activeElement) ? document.activeElement.id : "";
      old.replaceChildren(...fresh.childNodes);
      document.getElementById(held)?.focus();
    }
    const done = checked.map((each) => document.querySelector(`[data-file="${each}"]:not([data-state=checking])`));
    const said = done.filter(Boolean).map((each) => `${each.dataset.name}：${each.textContent}。`).join("");
    if (!said || !live) return;
    live.className = done.every((each) => !each || each.dataset.state === "ready") ? "wq-saved" : "wq-2nd";
    live.textContent = said;
  }

  // Counted anew with each file that comes.
  function watch() {
    asked = 0;
    pause = first;
    next();
  }

  function next() {
    clearTimeout(timer);
    if (asked >= most || !document.querySelector("[data-state=checking]")) return;
    timer = setTimeout(look, pause);
  }

  async function look() {
    if (document.hidden) {
      document.addEventListener("visibilitychange", look, { once: true });
      return;
    }
    asked += 1;
    pause = Math.min(2 * pause, longest);
    await refresh().catch(() => {});
    next();
  }

  watch();
  return { refresh, watch };
})();
