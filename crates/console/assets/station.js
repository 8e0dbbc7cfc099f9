// The loop of a pick or pack station. A scan gets its key here, before it is sent, and lies in the device's storage
// until the server has answered: through a reload, a dead network, or a second tap it is done once. What the picker
// sees as done is what the server has said.

const BOX = `qm-outbox:${location.pathname}`;
const FASTEST_RETRY_MS = 1000;
const SLOWEST_RETRY_MS = 15000;
const LABEL_MS = 1500;

const read = () => JSON.parse(localStorage.getItem(BOX) ?? "[]");
const write = (entries) => localStorage.setItem(BOX, JSON.stringify(entries));
const field = () => document.querySelector("[data-scan] input[name=code]");

// Not `randomUUID`, which browsers keep from pages served in a plain local network.
const newKey = () => Array.from(crypto.getRandomValues(new Uint8Array(16)), (b) => b.toString(16).padStart(2, "0")).join("");

function tell(state) {
  const place = document.querySelector("[data-outbox]");
  if (!place) return;
  place.dataset.state = state ?? "";
  place.textContent = state ? place.dataset[`text${state[0].toUpperCase()}${state.slice(1)}`] : "";
}

// Sound and vibration differ by meaning, so that the picker need not look: [hertz, milliseconds] one after another.
const SOUNDS = {
  ok: { wave: "sine", notes: [[1175, 90]], vibration: [40] },
  done: { wave: "sine", notes: [[784, 90], [988, 90], [1319, 180]], vibration: [40, 40, 120] },
  too_many: { wave: "triangle", notes: [[520, 130], [520, 130]], vibration: [120, 80, 120] },
  wrong: { wave: "sawtooth", notes: [[170, 380]], vibration: [400] },
  wrong_order: { wave: "square", notes: [[392, 110], [294, 110], [220, 200]], vibration: [100, 60, 100, 60, 300] },
  wrong_stage: { wave: "triangle", notes: [[294, 200], [392, 120]], vibration: [200, 60, 80] },
  refused: { wave: "sawtooth", notes: [[196, 300]], vibration: [300] },
  unknown: { wave: "sawtooth", notes: [[220, 120], [170, 240]], vibration: [200, 80, 200] },
};
let audio;

function play(outcome) {
  const sound = SOUNDS[outcome];
  // Before the first touch of a page browsers allow neither.
  if (!sound || navigator.userActivation?.hasBeenActive === false) return;
  navigator.vibrate?.(sound.vibration);
  audio ??= new AudioContext();
  audio.resume();
  let at = audio.currentTime + 0.01;
  for (const [hertz, ms] of sound.notes) {
    const tone = audio.createOscillator();
    const volume = audio.createGain();
    tone.type = sound.wave;
    tone.frequency.value = hertz;
    volume.gain.setValueAtTime(0.25, at);
    volume.gain.exponentialRampToValueAtTime(0.001, at + ms / 1000);
    tone.connect(volume).connect(audio.destination);
    tone.start(at);
    tone.stop(at + ms / 1000);
    at += ms / 1000;
  }
}

function show(html) {
  const fresh = new DOMParser().parseFromString(html, "text/html").getElementById("work");
  if (!fresh) return false;
  document.getElementById("work").replaceWith(document.adoptNode(fresh));
  ready();
  play(document.querySelector("[data-outcome]")?.dataset.outcome);
  return true;
}

function ready() {
  document.querySelectorAll("[data-keyboard]").forEach((button) => (button.hidden = false));
  field()?.focus({ preventScroll: true });
}

// One at a time and in order, so that the server sees the scans as they were made.
let isSending = false;
let wait = FASTEST_RETRY_MS;

async function send() {
  if (isSending) return;
  isSending = true;
  try {
    for (let entry = read()[0]; entry; entry = read()[0]) {
      tell("waiting");
      let response;
      try {
        response = await fetch(entry.url, {
          method: "POST",
          headers: { "Content-Type": "application/x-www-form-urlencoded", "Idempotency-Key": entry.key },
          body: entry.body,
        });
      } catch {
        response = undefined;
      }
      const isAnswer = response && response.status < 500 && response.status !== 429 && response.status !== 408;
      if (!isAnswer) {
        tell("offline");
        setTimeout(send, wait);
        wait = Math.min(wait * 2, SLOWEST_RETRY_MS);
        return;
      }
      wait = FASTEST_RETRY_MS;
      if (response.redirected && new URL(response.url).pathname.startsWith("/sign-in")) {
        location.assign(response.url); // The scan stays here and is sent after signing in.
        return;
      }
      write(read().slice(1));
      const isShown = show(await response.text());
      if (!isShown && response.ok) return location.assign(response.url);
      tell(isShown ? undefined : "failed");
      if (!isShown) play("unknown");
    }
  } finally {
    isSending = false;
  }
}

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!form.matches("[data-scan], [data-command]")) return;
  event.preventDefault();
  const body = new URLSearchParams(new FormData(form, event.submitter));
  if (form.matches("[data-scan]")) {
    const code = clean(body.get("code") ?? "");
    if (!code) return;
    body.set("code", code);
    form.reset();
  }
  const key = newKey();
  body.set("command", key);
  write([...read(), { key, url: form.action, body: body.toString() }]);
  send();
});

// Scanners may send control characters before or after the code. Those inside, such as GS1's separator, belong to it.
const clean = (code) => code.replace(/^[\s\x00-\x1f]+|[\s\x00-\x1f]+$/g, "");

document.addEventListener("scan", (event) => {
  const form = document.querySelector("[data-scan]");
  if (!form) return;
  event.preventDefault();
  field().value = event.detail.code;
  form.requestSubmit();
});

document.addEventListener("keydown", (event) => {
  if (event.key === "Tab" && event.target === field() && field().value) {
    event.preventDefault();
    field().form.requestSubmit();
  }
});

document.addEventListener("click", (event) => {
  if (event.target.closest("[data-keyboard]")) {
    field().inputMode = "text";
    field().focus();
  } else if (!event.target.closest("a, button, input, select, summary, label")) {
    field()?.focus({ preventScroll: true });
  }
});

// A label is bought after its box was closed: the boxes are asked for again until each has its label or a reason.
async function lookForLabels() {
  const waiting = document.querySelector("[data-refresh]");
  if (!waiting || document.visibilityState !== "visible") return;
  const response = await fetch(waiting.dataset.refresh).catch(() => undefined);
  if (!response?.ok || response.redirected) return;
  const fresh = new DOMParser().parseFromString(await response.text(), "text/html").querySelector(".boxes");
  if (fresh && waiting.isConnected) waiting.replaceWith(document.adoptNode(fresh));
}

async function stayAwake() {
  if (document.visibilityState === "visible") await navigator.wakeLock?.request("screen").catch(() => {});
}

document.addEventListener("visibilitychange", stayAwake);
addEventListener("online", send);
setInterval(lookForLabels, LABEL_MS);
stayAwake();
ready();
send();
