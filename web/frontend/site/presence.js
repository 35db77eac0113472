/* Two people on one dossier see each other: [data-presence] holds the address that is told "I look at it" and answers who
   else does and what became of the task. Nothing is asked while the page is out of sight. */
import { announce, once } from './dom.js';

const EVERY = 25000; // milliseconds; the server forgets who is silent for 70 seconds

function presence(box) {
  const list = box.querySelector('[data-presence-others]');
  const news = box.querySelector('[data-presence-changed]');
  let typed = 0;
  let said = '';

  async function beat() {
    if (document.hidden || !box.isConnected) return;
    const body = new FormData();
    body.append('csrf_token', document.querySelector('meta[name="csrf-token"]')?.content || '');
    body.append('holder', box.dataset.holder || '');
    body.append('typing', Date.now() - typed < EVERY ? '1' : '0');
    try {
      const answer = await fetch(box.dataset.presence, { method: 'POST', body, redirect: 'manual' });
      if (!answer.ok || !(answer.headers.get('Content-Type') || '').startsWith('application/json')) return;
      const told = await answer.json();
      show(told.others, told.changed);
    } catch { /* offline: the line of the draft says so */ }
  }

  function show(others, changed) {
    list.replaceChildren(...others.map((words) => Object.assign(document.createElement('span'), { className: 'mc-chip mc-note', textContent: words })));
    news.textContent = changed;
    news.hidden = !changed;
    const all = [...others, changed].filter(Boolean).join('. ');
    if (all && all !== said) announce(all);
    said = all;
  }

  document.addEventListener('input', () => { typed = Date.now(); });
  document.addEventListener('visibilitychange', () => { if (!document.hidden) beat(); });
  const timer = setInterval(() => { if (box.isConnected) beat(); else clearInterval(timer); }, EVERY);
  setTimeout(beat, 300);
}

export function presences() {
  once('[data-presence]', presence);
}
