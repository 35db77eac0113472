/* Saves what is typed into a form with data-draft by itself: a while after the last key, and when the page is left.
   What the server answers is a quiet line beside the button "save draft", or the choice where somebody else has saved
   meanwhile. Files that are chosen go with the button, which posts the whole form. */
import { once } from './dom.js';

const PAUSE = 3000; // milliseconds without a key
const AGAIN = 15000; // until the next try, where the server was not reached

function draft(form) {
  const status = () => form.querySelector('[data-draft-status]');
  const place = () => form.querySelector('[data-draft-choice]');
  let timer = 0;
  let busy = false;
  let left = false;

  const content = () => {
    const data = new FormData();
    for (const [name, value] of new FormData(form)) if (!(value instanceof File)) data.append(name, value); // a file's id has its input's name
    return data;
  };
  const typed = () => JSON.stringify([...content()].filter(([name]) => !name.startsWith('draft_')));
  const choosing = () => Boolean(place()?.firstElementChild);
  let saved = typed();

  const say = (words, bad = false) => {
    const line = status();
    if (!line) return;
    line.textContent = words || '';
    line.classList.toggle('mc-text-late', bad);
  };
  const later = (wait = PAUSE) => { clearTimeout(timer); timer = setTimeout(() => save(), wait); };
  const offerChoice = (html) => {
    place().innerHTML = html; // our own page's part, escaped by the server
    say(form.dataset.draftChanged, true);
    status()?.append(' ', Object.assign(document.createElement('a'), { href: '#draft-choice', textContent: form.dataset.draftLook }));
  };

  async function save(leaving = false) {
    clearTimeout(timer);
    const now = typed();
    if (left || choosing() || now === saved || !form.isConnected) return;
    if (busy) { later(500); return; }
    busy = true;
    try {
      const answer = await fetch(form.dataset.draft, { method: 'POST', body: content(), headers: { 'X-Draft': '1' }, redirect: 'manual', keepalive: leaving });
      const kind = answer.headers.get('Content-Type') || '';
      if (answer.ok && kind.startsWith('application/json')) {
        const told = await answer.json();
        saved = now;
        form.elements.namedItem('draft_version').value = told.version;
        say(told.words);
      } else if (answer.status === 409 && kind.startsWith('text/html')) offerChoice(await answer.text());
      else if (kind.startsWith('application/json')) { saved = now; say((await answer.json()).words, true); }
      else if (answer.status === 401 || answer.status === 0) say(form.dataset.draftExpired, true);
      else { say(form.dataset.draftFailed, true); later(AGAIN); }
    } catch {
      if (!left) { say(form.dataset.draftOffline, true); later(AGAIN); }
    } finally { busy = false; }
  }

  form.addEventListener('input', () => later());
  form.addEventListener('change', () => later());
  form.addEventListener('submit', (event) => {
    const files = [...form.querySelectorAll('input[type=file]')].some((it) => it.files.length);
    if (event.submitter?.matches('[data-draft-save]') && !files && !event.defaultPrevented) {
      event.preventDefault();
      delete form.dataset.sent;
      if (choosing()) { form.querySelector('#draft-choice').focus(); return; }
      if (typed() === saved && !status()?.textContent) saved = ''; // asked for by hand: the answer is a line in any case
      save();
    } else if (!event.defaultPrevented) left = true;
  });
  document.addEventListener('htmx:after:swap', () => { left = !form.isConnected; if (!left) later(); });
  document.addEventListener('visibilitychange', () => { if (document.hidden) save(true); });
  window.addEventListener('online', () => save());
  document.addEventListener('mc:leave', () => { save(true); left = true; });
  window.addEventListener('pagehide', () => { save(true); left = true; });
  window.addEventListener('pageshow', () => { left = false; });
  document.addEventListener('keydown', (event) => {
    if (!(event.ctrlKey || event.metaKey) || event.altKey || event.shiftKey || event.key.toLowerCase() !== 's') return;
    if (!form.isConnected) return;
    event.preventDefault();
    form.querySelector('[data-draft-save]')?.click();
  });
}

export function drafts() {
  once('form[data-draft]', draft);
}
