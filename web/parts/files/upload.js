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
    // Upwards, as the server does: what is over a limit does not look like the limit.
    return bytes < 1048576 ? `${Math.ceil(bytes / 1024)} KB` : `${(Math.ceil(bytes / 104857.6) / 10).toFixed(1)} MB`;
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

  async function bytes(file, from, to) {
    try {
      return await file.slice(from, to).arrayBuffer();
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

  // One that was begun before the browser was closed is gone on with, if it is the same so far.
  async function begin(job) {
    const said = { paper: job.paper, name: job.file.name, size: job.file.size };
    const anew = () => send("/begin", { ...said, fresh: 1 }, null, job.stop.signal);
    if (!window.crypto?.subtle) return anew();
    const told = await send("/begin", said, null, job.stop.signal);
    if (!told.seen) return told;
    const digest = await crypto.subtle.digest("SHA-256", await bytes(job.file, 0, told.received));
    const seen = [...new Uint8Array(digest)].map((each) => each.toString(16).padStart(2, "0")).join("");
    return seen === told.seen ? told : anew();
  }

  async function upload(job) {
    let id = null, offset = 0, unsure = false, pause = first;
    for (;;) {
      try {
        if (!id) {
          const told = await begin(job);
          id = told.id;
          offset = told.received;
          job.show(offset);
        }
        // Lost may be the part, or the answer to it.
        const piece = unsure ? null : new Blob([await bytes(job.file, offset, offset + part)]);
        const told = await send(`/${id}/part`, { offset }, piece, job.stop.signal);
        unsure = false;
        pause = first;
        if (told.done) return told.same;
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

  // The same words again would be read aloud again. Only what is done is said in the colour of that.
  function announce(words, done = false) {
    live.className = done ? "wq-saved" : "wq-2nd";
    if (live.textContent !== words) live.textContent = words;
  }

  function refuse(job, why) {
    const said = element("p", "invalid-feedback wq-refused");
    said.tabIndex = -1;
    said.setAttribute("role", "alert");
    said.append(element("b", "", `${job.file.name}（${size(job.file.size)}）`), `没有收下：${why}`);
    job.input.before(said);
    announce("");
    refused = refused || said;
  }

  async function work() {
    if (current) return;
    while ((current = queue.shift())) {
      const job = current;
      try {
        job.say("正在传");
        const same = await upload(job);
        const kept = same ? `和已经交的${same}是同一个文件，列一份。` : "收好了，已经存好，能读出来。";
        announce(job.file.name + kept, true);
      } catch (error) {
        if (error instanceof Refused) refuse(job, error.message);
        else announce(`${job.file.name}没有传完，不传了。`);
      }
      await wenqi.refresh().catch(() => {});
      wenqi.watch();
      const held = job.row.contains(document.activeElement);
      job.row.remove();
      if (held) job.input.focus();
    }
    if (!submitter) return;
    const button = submitter;
    submitter = null;
    if (refused) refused.focus();
    else if (form.requestSubmit) form.requestSubmit(button);
    else (button || form.querySelector("button")).click(); // Safari before 16
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
