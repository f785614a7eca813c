// Files are sent while the page stays open: in parts, so that a lost connection costs one of them.
// Without this script they go along with the form's button.
(() => {
  "use strict";
  const form = document.querySelector("main form[data-upload]");
  const live = document.getElementById("files");
  if (!form || !live || !window.AbortController || !Blob.prototype.arrayBuffer) return;
  const part = 256 * 1024, patience = 120000, first = 500, longest = 30000;
  const queue = [];
  let current = null, submitter = null, refused = null;

  class Lost extends Error {}
  class Refused extends Error {}

  function element(name, className, text = "") {
    const made = document.createElement(name);
    made.className = className;
    made.textContent = text;
    return made;
  }

  function size(bytes) {
    return bytes < 1048576 ? `${Math.ceil(bytes / 1024)} KB` : `${(bytes / 1048576).toFixed(1)} MB`;
  }

  // One more form of this page: its token, and its draft where it has one.
  async function send(where, fields, piece, signal) {
    const body = piece ? new FormData() : new URLSearchParams();
    for (const each of form.querySelectorAll("input[name=token], input[name=draft]")) body.append(each.name, each.value);
    for (const [name, value] of Object.entries(fields)) body.append(name, value);
    if (piece) body.append("part", piece, "part");
    const request = new AbortController(), end = () => request.abort();
    const timer = setTimeout(end, patience);
    signal.addEventListener("abort", end);
    let answer, told;
    try {
      if (signal.aborted) end();
      answer = await fetch(form.dataset.upload + where, { method: "POST", body, redirect: "error", signal: request.signal });
      if (answer.status < 500) told = await answer.text();
    } catch (error) {
      if (signal.aborted) throw error;
      throw new Lost();
    } finally {
      clearTimeout(timer);
      signal.removeEventListener("abort", end);
    }
    if (answer.status >= 500) throw new Lost();
    if (!answer.headers.get("Content-Type").startsWith("application/json")) {
      throw new Refused("这一页放得太久了，请刷新之后再选一次。");
    }
    told = JSON.parse(told);
    if (told.said) throw new Refused(told.said);
    return told;
  }

  async function read(file, from) {
    try {
      return new Blob([await file.slice(from, from + part).arrayBuffer()]);
    } catch {
      throw new Refused("这个文件现在读不出来，请重新选一次。");
    }
  }

  function wait(pause, signal) {
    return new Promise((goOn) => {
      setTimeout(goOn, pause);
      addEventListener("online", goOn, { once: true });
      signal.addEventListener("abort", goOn, { once: true });
    });
  }

  async function upload(job) {
    let id = null, offset = 0, unsure = false, pause = first;
    for (;;) {
      try {
        if (!id) {
          id = (await send("/begin", { paper: job.paper, name: job.file.name, size: job.file.size }, null, job.stop.signal)).id;
          offset = 0;
        }
        // Lost may be the part, or the answer to it.
        const piece = unsure ? null : await read(job.file, offset);
        const told = await send(`/${id}/part`, { offset }, piece, job.stop.signal);
        unsure = false;
        pause = first;
        if (told.done) return;
        if (told.gone) id = null;
        else offset = told.received;
        job.show(offset);
      } catch (error) {
        if (!(error instanceof Lost)) throw error;
        unsure = Boolean(id);
        job.say(navigator.onLine ? "系统没有应答，会自动接着传。" : "网络断了，恢复以后自动接着传。");
        await wait(pause, job.stop.signal);
        pause = Math.min(2 * pause, longest);
      }
    }
  }

  function jobOf(input, file) {
    const row = element("li", "wq-file"), bar = document.createElement("progress");
    const said = element("span", "wq-2nd"), away = element("button", "btn btn-link", "不传了");
    const name = element("span", "", `${file.name}，${size(file.size)} `);
    const stop = new AbortController();
    bar.max = file.size || 1;
    bar.value = 0;
    bar.setAttribute("aria-label", `${file.name}传了多少`);
    away.type = "button";
    away.append(element("span", "visually-hidden", `：${file.name}`));
    away.addEventListener("click", () => {
      stop.abort();
      const place = queue.findIndex((each) => each.row === row);
      if (place < 0) return;
      queue.splice(place, 1);
      row.remove();
      input.focus();
    });
    name.append(said);
    row.append(name, away, bar);
    let list = input.parentElement.querySelector(".wq-sending");
    if (!list) {
      list = element("ul", "wq-files wq-sending");
      input.after(list);
    }
    list.append(row);
    const job = {
      file, input, row, stop, paper: input.name.slice(input.name.indexOf(":") + 1),
      show(offset) {
        bar.value = offset;
        said.textContent = `已传${Math.floor(100 * offset / bar.max)}%`;
      },
      say(words) {
        said.textContent = words;
        announce(`${file.name}：${words}`);
      },
    };
    said.textContent = "等着传";
    return job;
  }

  // The same words again would be read aloud again.
  function announce(words) {
    if (live.textContent !== words) live.textContent = words;
  }

  function refuse(job, why) {
    const said = element("p", "invalid-feedback wq-refused");
    said.tabIndex = -1;
    said.setAttribute("role", "alert");
    said.append(element("b", "", `${job.file.name}（${size(job.file.size)}）`), `没有收下：${why}`);
    job.input.before(said);
    announce(`${job.file.name}没有收下。`);
    refused ||= said;
  }

  // What has been handed in, as the server says it.
  async function refresh() {
    const answer = await fetch(location.pathname, { redirect: "error" });
    if (!answer.ok) return;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    // Another tab may have begun another draft since: its files are not this page's.
    const marks = [page, document].map((each) => each.querySelector("main input[name=draft]")?.value);
    if (marks[0] !== marks[1]) return;
    for (const old of document.querySelectorAll("[data-fresh]")) {
      const fresh = page.getElementById(old.id);
      if (!fresh || fresh.innerHTML === old.innerHTML) continue;
      const held = old.contains(document.activeElement) ? document.activeElement.id : "";
      old.replaceChildren(...fresh.childNodes);
      document.getElementById(held)?.focus();
    }
  }

  async function work() {
    if (current) return;
    while ((current = queue.shift())) {
      const job = current;
      try {
        job.say("正在传");
        await upload(job);
        announce(`${job.file.name}收好了，已经存好，能读出来。`);
      } catch (error) {
        if (error instanceof Refused) refuse(job, error.message);
        else announce(`${job.file.name}没有传完，不传了。`);
      }
      await refresh().catch(() => {});
      const held = job.row.contains(document.activeElement);
      job.row.remove();
      if (held) job.input.focus();
    }
    if (!submitter) return;
    const button = submitter;
    submitter = null;
    if (refused) refused.focus();
    else form.requestSubmit(button);
  }

  for (const input of form.querySelectorAll("input[type=file]")) {
    input.addEventListener("change", () => {
      for (const each of input.parentElement.querySelectorAll(".wq-refused")) each.remove();
      refused = null;
      queue.push(...[...input.files].map((file) => jobOf(input, file)));
      input.value = "";
      work();
    });
  }
  // Before the form's own script hears of it: it goes on once all files are there.
  document.addEventListener("submit", (event) => {
    if (event.target !== form || !current) return;
    event.preventDefault();
    event.stopPropagation();
    submitter = event.submitter;
    announce("文件还没有传完，传完就接着办。");
  }, true);
  addEventListener("beforeunload", (event) => { if (current) event.preventDefault(); });
})();
