// What a form does beyond HTML: fields appear as they apply, a draft is saved as one types, and a
// form that is on its way is not sent twice. Without this script the server does all of it later.
(() => {
  "use strict";
  const form = document.querySelector("main form[data-save]");
  const said = document.getElementById("saved");
  const alarm = document.getElementById("unsaved");
  const pause = 1200, again = 15000, patience = 20000, stuck = 10000;
  let timer, running = null, dirty = false, composing = false, sent = false, reached = false;

  function show() {
    for (const each of document.querySelectorAll(".wq-where")) {
      const asked = each.form && each.form.elements.namedItem(each.dataset.name);
      if (!asked) continue;
      const answer = asked.value;
      each.hidden = each.disabled = Boolean(answer) && !each.dataset.values.split(" ").includes(answer);
    }
  }

  function body() {
    return new URLSearchParams(new FormData(form));
  }

  function changed() {
    dirty = true;
    clearTimeout(timer);
    if (!composing) timer = setTimeout(save, pause);
  }

  // What went wrong, in words; it never fails itself.
  async function send() {
    const late = new AbortController();
    const end = setTimeout(() => late.abort(), patience);
    try {
      const answer = await fetch(form.dataset.save, {
        method: "POST", body: body(), redirect: "error", signal: late.signal,
      });
      reached = true;
      if (answer.ok) {
        const [words, mark] = (await answer.text()).split("\n");
        const drawn = form.elements.namedItem("drawn");
        if (drawn) drawn.value = mark;
        said.textContent = words;
        alarm.textContent = "";
        return "";
      }
      if (answer.status === 503 || answer.status === 429) return "系统这会儿没有应答，会自动再试。";
      if (answer.status === 413 || answer.status === 422) return "填写的内容太多，请写短一些。";
      return "请按下面的保存按钮，看怎么接着办。";
    } catch {
      reached = false;
      return navigator.onLine ? "系统这会儿没有应答，会自动再试。" : "网络断了，恢复以后会自动再试。";
    } finally {
      clearTimeout(end);
    }
  }

  async function save() {
    if (composing || running || sent) return;
    dirty = false;
    running = send();
    const failure = await running;
    running = null;
    if (failure) {
      dirty = true;
      said.textContent = "";
      // The same words again would be read aloud again.
      const words = `没有保存：${failure}填的都还在这一页上，请不要关掉。`;
      if (alarm.textContent !== words) alarm.textContent = words;
      clearTimeout(timer);
      timer = setTimeout(save, again);
    } else if (dirty) {
      changed();
    }
  }

  // The browser's own page of an error would take the place of what was typed. A browser that is
  // wrong about its network is found out by the answer to a save.
  function isCutOff() {
    return !navigator.onLine && !reached;
  }

  // Whether anybody is reached, for a form that is not saved meanwhile.
  function ask(each) {
    const late = new AbortController();
    const end = setTimeout(() => late.abort(), patience);
    running = fetch("/healthz", { method: "HEAD", cache: "no-store", signal: late.signal })
      .then(() => { reached = true; return ""; }, () => "网络断了");
    running.then((failure) => {
      clearTimeout(end);
      running = null;
      const before = each.querySelector(".wq-cut-off");
      if (before) before.remove();
      if (!failure) return;
      const told = document.createElement("p");
      told.className = "invalid-feedback d-block wq-cut-off";
      told.setAttribute("role", "alert");
      told.textContent = `没有交出去：${failure}。填的都还在这一页上，请不要关掉，恢复以后再按一次。`;
      each.append(told);
    });
  }

  function leave() {
    if (dirty && !sent && !composing) navigator.sendBeacon(form.dataset.save, body());
  }

  document.addEventListener("change", show);
  show();
  for (const each of document.querySelectorAll("main form")) {
    // A tap is meant, also where the telephone leaves a word half composed; Enter takes a candidate.
    each.addEventListener("click", (event) => {
      if (event.detail && event.target.closest("button")) composing = false;
    });
    each.addEventListener("submit", (event) => {
      if (composing || sent) {
        event.preventDefault();
      } else if (running || (each.method === "post" && isCutOff())) {
        event.preventDefault();
        if (!running) each === form ? save() : ask(each);
        // Its own follow-up comes first, and nothing is running then.
        running.then((failure) => {
          if (failure && isCutOff()) return;
          if (each.requestSubmit) each.requestSubmit(event.submitter);
          else (event.submitter || each.querySelector("button")).click(); // Safari before 16
        });
      } else {
        sent = true;
        clearTimeout(timer);
        setTimeout(() => { sent = false; }, stuck);
      }
    });
  }
  addEventListener("pageshow", () => { sent = false; });
  addEventListener("offline", () => { reached = false; });
  if (!form) return;
  const live = document.createElement("input");
  Object.assign(live, { type: "hidden", name: "live", value: "1" });
  form.append(live);
  form.addEventListener("input", changed);
  form.addEventListener("compositionstart", () => { composing = true; clearTimeout(timer); });
  form.addEventListener("compositionend", () => { composing = false; changed(); });
  addEventListener("online", () => { if (dirty) save(); });
  document.addEventListener("visibilitychange", () => { if (document.visibilityState === "hidden") leave(); });
})();
