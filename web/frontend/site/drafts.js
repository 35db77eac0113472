/* Saves what is typed into a form with data-draft by itself: a while after the last key, and when the page is left.
   What the server answers is a quiet line beside the button "save draft", or the choice where somebody else has saved
   meanwhile. Until it has answered, unsaved.js keeps what was typed. Files that are chosen go with the button, which
   posts the whole form. */
import { once } from './dom.js';
import { forget, isSaved, keep, kept, resend } from './unsaved.js';

const PAUSE = 3000; // milliseconds without a key
const AGAIN = 15000; // until the next try, where the server was not reached
const SOON = 1500; // the same, where the form waits for it

function draft(form) {
  const status = () => form.querySelector('[data-draft-status]');
  const place = () => form.querySelector('[data-draft-choice]');
  const url = form.dataset.draft;
  const version = () => form.elements.namedItem('draft_version');
  let timer = 0;
  let underWay = null; // the pairs that are being saved
  let left = false;
  let sent = false;

  const content = () => {
    const data = new FormData();
    for (const [name, value] of new FormData(form)) if (!(value instanceof File)) data.append(name, value); // a file's id has its input's name
    return data;
  };
  const pairs = () => [...content()].filter(([name]) => name !== 'csrf_token' && !name.startsWith('draft_'));
  const typed = () => JSON.stringify(pairs());
  const choosing = () => Boolean(place()?.firstElementChild);
  const isRefused = document.querySelector('.mc-errorsum'); // what was sent is shown again, and saved nowhere
  const on = document.activeElement; // somebody was quicker than this script
  const isTyped = form.contains(on) && 'defaultValue' in on && on.value !== on.defaultValue;
  let saved = choosing() || isRefused || isTyped ? '' : typed();

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
    if (left || now === saved || !form.isConnected) return;
    keep(url, version().value, underWay ? [underWay, pairs()] : [pairs()]);
    if (choosing()) return;
    if (underWay) { later(500); return; }
    underWay = pairs();
    try {
      const answer = await fetch(url, { method: 'POST', body: content(), headers: { 'X-Draft': '1' }, redirect: 'manual', keepalive: leaving });
      const kind = answer.headers.get('Content-Type') || '';
      if (isSaved(answer)) {
        const told = await answer.json();
        saved = now;
        if (!left) forget(url);
        else if (!sent && typed() === now) keep(url, told.version, []);
        version().value = told.version;
        say(told.words);
      } else if (answer.status === 409 && kind.startsWith('text/html')) offerChoice(await answer.text());
      else if (answer.status === 401 || answer.status === 0) say(form.dataset.draftExpired, true);
      else if (answer.status < 500 && kind.startsWith('application/json')) { saved = now; forget(url); say((await answer.json()).words, true); }
      else { say(form.dataset.draftFailed, true); later(AGAIN); }
    } catch {
      if (!left) { say(form.dataset.draftOffline, true); later(AGAIN); }
    } finally {
      underWay = null;
      if (left) resend(url); // the form has gone from a page that stays, and more was typed meanwhile
    }
  }

  /* What this tab left unsaved: where it came to be saved after this page was asked for, the page is asked for again;
     where somebody else had saved meanwhile, it is posted as the button would, which gives the page of the choice. */
  async function catchUp(last) {
    const focused = document.activeElement;
    form.inert = true; // for the moment until the server has answered: what is typed now would be over an older content
    const found = await resend(url);
    if (found === undefined && kept(url)?.contents.length) { // not reached, or too busy to save
      say(form.dataset.draftFailed, true);
      return void setTimeout(() => { if (form.isConnected && !left) catchUp(last); }, SOON);
    }
    if (found === 'changed') return void again(last);
    if (found !== undefined && String(found) !== version().value) return void location.reload();
    form.inert = false;
    say('');
    if (form.contains(focused)) focused.focus();
  }

  function again(last) {
    const own = Object.assign(document.createElement('form'), { action: url, method: 'post', hidden: true });
    const asked = new Map([...content()].filter(([name]) => name === 'csrf_token' || name === 'draft_version'));
    asked.set('draft_version', kept(url).version).set('draft', 'save');
    for (const [name, value] of [...last, ...asked]) own.append(Object.assign(document.createElement('input'), { type: 'hidden', name, value }));
    forget(url); // the page that comes holds it
    document.body.append(own);
    own.submit();
  }

  const unsure = kept(url);
  if (unsure?.contents.length && !choosing()) catchUp(unsure.contents.at(-1));
  else if (unsure && !choosing() && !isRefused) {
    forget(url);
    if (Number(unsure.version) > Number(version().value)) location.reload();
  }
  if (isTyped) later();

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
    } else if (!event.defaultPrevented) { left = true; sent = true; forget(url); }
  });
  document.addEventListener('submit', (event) => { if (event.target.getAttribute('action') === `${url}/drop`) { left = true; forget(url); } });
  document.addEventListener('htmx:after:swap', () => { left = !form.isConnected; if (!left) later(); });
  document.addEventListener('visibilitychange', () => { if (document.hidden) save(true); });
  window.addEventListener('online', () => save());
  document.addEventListener('mc:leave', () => { save(true); left = true; });
  window.addEventListener('pagehide', () => { save(true); left = true; });
  window.addEventListener('pageshow', () => { left = false; sent = false; });
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
