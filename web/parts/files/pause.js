// Two minutes before number and code, or the login, are asked for anew: a notice with one button,
// which counts the time anew by one request. Who is typing is there, and is not interrupted.
"use strict";
(() => {
  const notice = document.getElementById("pause");
  const [said, button] = notice.children;
  const warned = 120000, recent = 60000;
  const first = said.textContent;
  let typed = -Infinity, before = null, timer = null;

  function wait() {
    clearTimeout(timer);
    timer = setTimeout(due, Math.max(0, Number(notice.dataset.minutes) * 60000 - warned));
  }

  function due() {
    if (Date.now() - typed < recent) renew();
    else show(first);
  }

  function show(text) {
    if (notice.hidden) before = document.activeElement;
    said.textContent = text;
    notice.hidden = false;
    button.focus({ preventScroll: true });
  }

  async function renew() {
    const answer = await fetch(notice.dataset.address, { redirect: "error" }).catch(() => null);
    if (!answer?.ok) return show("没有连上，请再按一次“继续”。");
    if (!(await answer.text()).includes('id="pause"')) return show(notice.dataset.over);
    const held = document.activeElement === button;
    notice.hidden = true;
    if (held) before?.focus({ preventScroll: true });
    wait();
  }

  document.addEventListener("input", () => { typed = Date.now(); });
  button.addEventListener("click", renew);
  wait();
})();
