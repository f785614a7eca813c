// Two minutes before number and code, or the login, are asked for anew: a notice with one button,
// which counts the time anew by one request. Before a login ends whatever is done, the notice says
// so and counts nothing anew. Who is typing is there, and is not interrupted.
"use strict";
(() => {
  const notice = document.getElementById("pause");
  const [said, button] = notice.children;
  const { minutes, left, address, over, last } = notice.dataset;
  const warned = 120000, recent = 60000;
  const first = said.textContent;
  const ends = left ? Date.now() + Number(left) * 1000 : Infinity;
  let typed = -Infinity, before = null, timer = null, told = false;

  function wait() {
    clearTimeout(timer);
    const end = ends - Date.now() - (told ? 0 : warned);
    const idle = told ? Infinity : Number(minutes) * 60000 - warned;
    if (Math.min(end, idle) < Infinity) {
      timer = setTimeout(end <= idle ? ending : due, Math.max(0, Math.min(end, idle)));
    }
  }

  function due() {
    if (isTyping()) renew();
    else show(first);
  }

  function ending() {
    show(told ? over : last);
    if (told) return;
    told = true;
    wait();
  }

  function isTyping() {
    return Date.now() - typed < recent;
  }

  function show(text) {
    if (notice.hidden) before = document.activeElement;
    said.textContent = text;
    notice.hidden = false;
    if (!isTyping()) button.focus({ preventScroll: true });
  }

  async function renew() {
    if (told) return hide();
    const answer = await fetch(address, { redirect: "manual" }).catch(() => null);
    if (answer?.type === "opaqueredirect") return show(over);
    if (!answer?.ok) return show("没有连上，请再按一次“继续”。");
    if (!(await answer.text()).includes('id="pause"')) return show(over);
    hide();
    wait();
  }

  function hide() {
    const held = document.activeElement === button;
    notice.hidden = true;
    if (held) before?.focus({ preventScroll: true });
  }

  document.addEventListener("input", () => { typed = Date.now(); });
  button.addEventListener("click", renew);
  wait();
})();
