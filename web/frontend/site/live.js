/* A form with data-live follows its answers: a change of one that is named there, and the form's own buttons (add a row,
   remove one), post what the button "update" posts without script, and the server's answer is worked into the page.
   Nothing is judged here: conditions, rows, texts and options are the server's alone. What is typed meanwhile stays. */
import { announce, each } from './dom.js';
import { content, isChanged, morph } from './morph.js';

const PAUSE = 400; // milliseconds without a key
const LONGEST = 20000; // until an answer is waited for no longer
const BUTTON = 'answers-do';
const PREFIX = 'answers.';
const TYPED = 'input:not([type=hidden], [type=radio], [type=checkbox]), textarea';
const FIRST = 'input:not([type=hidden], [disabled]), select:not([disabled]), textarea:not([disabled])';

const stepsOf = (name) => name.slice(PREFIX.length).replace(/\[\d+\]/g, '').split('.');
const idOf = (name) => `f-${name.slice(PREFIX.length).replaceAll(/\[(\d+)\]/g, '-$1').replaceAll('.', '-')}`;
const words = (node) => node?.textContent.trim().replace(/\s+/g, ' ').replace(/ ,/g, ',') ?? '';
const fill = (text, values) => (text || '').replace(/\{(\w+)\}/g, (_, name) => values[name] ?? '');
const labelOf = (it) => words(it.type === 'radio' || it.type === 'checkbox' ? it.closest('fieldset')?.querySelector('legend') ?? it.labels?.[0] : it.labels?.[0]);

/** How names change where a row is removed: those behind it move up. */
function renaming(act) {
  const [, list, number] = act.match(/^remove (.*)\[(\d+)\]$/) ?? [];
  if (!list) return undefined;
  return (name) => {
    if (!name.startsWith(`${list}[`)) return name;
    const rest = name.slice(list.length);
    const row = Number(rest.match(/^\[(\d+)\]/)?.[1]);
    if (row === Number(number)) return '';
    return row > number ? `${list}${rest.replace(/^\[\d+\]/, `[${row - 1}]`)}` : name;
  };
}

class Live {
  constructor(form) {
    Object.assign(this, { form, timer: 0, act: '', waiting: [], request: null, sent: '', isComposing: false, said: null });
    form.dataset.liveOn = '';
    form.addEventListener('input', (event) => this.changed(event, this.isTyped(event.target) ? PAUSE : 0));
    form.addEventListener('change', (event) => this.changed(event, 0));
    form.addEventListener('compositionstart', () => { this.isComposing = true; });
    form.addEventListener('compositionend', (event) => { this.isComposing = false; this.changed(event, PAUSE); });
    form.addEventListener('submit', (event) => this.pressed(event), true);
    window.addEventListener('submit', (event) => { if (event.target === form && !event.defaultPrevented) this.stop(); });
    window.addEventListener('online', () => { if (this.said) this.later(0); });
    this.sent = this.answers();
    // A browser that shows a page again fills in what was typed before: the questions are still those of the first look.
    if ([...this.part.querySelectorAll('input, select, textarea')].some((it) => this.isFollowed(it) && isChanged(it))) this.later(0);
  }

  get part() { return this.form.querySelector('[data-live]'); }

  isFollowed(it) {
    const follows = this.part.dataset.live.split(' ').filter(Boolean);
    return Boolean(it.name?.startsWith(PREFIX)) && stepsOf(it.name).some((step) => follows.includes(step));
  }

  isTyped(it) { return it.matches?.(TYPED); }

  /** What the server's answer depends on. */
  answers() {
    return JSON.stringify([...new FormData(this.form)].filter(([name, value]) => name.startsWith(PREFIX) && !(value instanceof File)));
  }

  changed({ target }, wait) {
    if (this.part?.contains(target) && this.isFollowed(target)) this.later(wait);
  }

  later(wait) {
    clearTimeout(this.timer);
    this.form.dataset.liveBusy = '';
    this.timer = setTimeout(() => { this.timer = 0; this.ask('refresh'); }, wait);
  }

  /** The page is left: what is under way no longer matters. */
  stop() {
    clearTimeout(this.timer);
    const { request } = this;
    Object.assign(this, { timer: 0, act: '', waiting: [], request: null });
    request?.abort();
    this.settle();
  }

  /** A button of the form itself; that of a page sends the form, and is not ours. */
  pressed(event) {
    const button = event.submitter;
    if (button?.name !== BUTTON || button.value === 'submit' || this.form.dataset.sent || this.goesItself || !this.part) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    if (this.act && button.value.startsWith('remove')) return; // the rows are about to have other numbers
    clearTimeout(this.timer);
    this.timer = 0;
    this.ask(button.value, button);
  }

  /** Ask for the form anew: of refreshes the last one counts, what a button does is done to its end. */
  async ask(act, button = null) {
    if (this.act) {
      if (act !== 'refresh' || !this.waiting.length) this.waiting.push([act, button]);
      return;
    }
    if (this.isComposing && act === 'refresh') { this.later(PAUSE); return; }
    if (act === 'refresh' && !button && !this.said && this.answers() === this.sent) { this.settle(); return; }
    this.request?.abort();
    const request = new AbortController();
    this.request = request;
    this.act = act === 'refresh' ? '' : act;
    this.form.dataset.liveBusy = '';
    this.sent = this.answers();
    const before = content(this.part);
    const answer = await this.post(act, request).catch((failure) => ({ words: failure.words || 'offline' }));
    if (this.request !== request) return; // a later one is under way, or the page is left
    try {
      if (answer.words) {
        this.sent = '';
        this.fail(answer.words, button);
      } else if (this.isComposing && act === 'refresh') {
        this.sent = '';
        this.later(PAUSE);
      } else this.show(answer, act, before);
    } finally { this.over(); }
  }

  over() {
    this.request = null;
    this.act = '';
    const [next] = this.waiting.splice(0, 1);
    if (next && !this.said) this.ask(...next);
    else { this.waiting = []; this.settle(); }
  }

  settle() {
    if (!this.timer && !this.request) delete this.form.dataset.liveBusy;
  }

  async post(act, request) {
    const body = new FormData();
    for (const [name, value] of new FormData(this.form)) if (!(value instanceof File)) body.append(name, value); // a file's id has its input's name
    body.append(BUTTON, act);
    const slow = setTimeout(() => request.abort(), LONGEST);
    try {
      const answer = await fetch(this.form.getAttribute('action'), { method: 'POST', body, headers: { 'HX-Request': 'true' }, redirect: 'manual', signal: request.signal });
      const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
      if ((answer.ok || answer.status === 422) && page.getElementById(this.part.id)) return page;
      if ([0, 400, 401].includes(answer.status)) // the session, or the safety code with it
        throw Object.assign(new Error(), { words: 'expired' });
      this.goesItself = answer.status < 500 && ![408, 429].includes(answer.status); // the next press shows what the server says
      throw Object.assign(new Error(), { words: 'failed' });
    } finally { clearTimeout(slow); }
  }

  show(page, act, before) {
    const { part } = this;
    const isSame = this.answers() === this.sent;
    const gone = words(document.getElementById(idOf(act.replace(/^remove /, '')))?.querySelector('legend'));
    this.told();
    const inside = (from) => { const fragment = document.createDocumentFragment(); fragment.append(...document.adoptNode(from).childNodes); return fragment; };
    const wrong = document.getElementById('answers-wrong');
    const stillWrong = page.getElementById('answers-wrong');
    if (wrong && stillWrong) morph(wrong, inside(stillWrong));
    const names = this.names();
    const renamed = renaming(act);
    if (renamed) document.dispatchEvent(new CustomEvent('motcua:renamed', { detail: { renamed } }));
    const isReset = act === 'reset';
    morph(part, inside(page.getElementById(part.id)), {
      renamed, isAdded: act.startsWith('add'),
      keeps: (key, value) => !isReset || before.get(key) !== value,
    });
    this.sent = isSame ? this.answers() : '';
    this.say(act, names, gone);
  }

  /** The questions in sight: name and words of each. */
  names() {
    return new Map([...this.part.querySelectorAll(FIRST)].filter((it) => it.name && !it.closest('[data-script-made]')).map((it) => [it.name, labelOf(it)]));
  }

  /** Say what has changed, and go to a row that has come, or to what stands where one has gone. */
  say(act, names, gone) {
    const { dataset } = this.part;
    const [, does, list, number] = act.match(/^(add|remove) (.*?)(?:\[(\d+)\])?$/) ?? [];
    if (does === 'add') this.added(idOf(list), names);
    else if (does === 'remove') this.removed(list, Number(number), gone);
    else if (act === 'reset') announce(dataset.liveReset);
    else {
      const now = this.names();
      const more = [...now.keys()].filter((name) => !names.has(name));
      const fewer = [...names.keys()].filter((name) => !now.has(name));
      const told = [
        more.length === 1 ? fill(dataset.liveOne, { what: now.get(more[0]) }) : more.length && fill(dataset.liveMore, { count: more.length }),
        fewer.length && fill(dataset.liveFewer, { count: fewer.length }),
      ].filter(Boolean).join('. ');
      if (told) announce(told);
    }
  }

  rows(id) {
    return [...this.part.querySelectorAll(`fieldset[id^="${CSS.escape(id)}-"]`)].filter((it) => /^\d+$/.test(it.id.slice(id.length + 1)));
  }

  added(id, names) {
    const row = this.rows(id).at(-1);
    const first = row?.querySelector(FIRST);
    if (!row || (first && names.has(first.name))) return; // no more rows are taken
    row.closest('details')?.setAttribute('open', '');
    (first ?? row.querySelector('button'))?.focus();
    announce(fill(this.part.dataset.liveAdded, { what: words(row.querySelector('legend')) }));
  }

  removed(list, number, gone) {
    const id = idOf(list);
    const rows = this.rows(id);
    const row = rows[Math.min(number, rows.length - 1)];
    const next = row?.querySelector(FIRST) ?? row?.querySelector('button') ?? this.part.querySelector(`button[value="add ${CSS.escape(list)}"]`) ?? document.getElementById(id);
    row?.closest('details')?.setAttribute('open', '');
    next?.focus();
    announce(fill(this.part.dataset.liveRemoved, { what: gone }));
  }

  /** Say why nothing has changed, where the person is; the button to try again comes into sight. */
  fail(kind, button) {
    const before = this.said?.textContent;
    const { goesItself } = this;
    this.told();
    this.goesItself = goesItself;
    this.said = Object.assign(document.createElement('p'), { className: 'mc-hint mc-text-late', textContent: this.part.dataset[`live${kind[0].toUpperCase()}${kind.slice(1)}`] });
    this.said.dataset.scriptMade = '';
    const near = button?.matches('.visually-hidden') ? null : button;
    const place = near?.closest('p') ?? near ?? this.part.querySelector('.mc-refresh');
    if (place) place.after(this.said); else this.part.append(this.said);
    this.form.dataset.liveFailed = '';
    if (this.said.textContent !== before) announce(this.said.textContent);
  }

  told() {
    this.said?.remove();
    this.said = null;
    this.goesItself = false;
    delete this.form.dataset.liveFailed;
  }
}

export function live() {
  const known = new WeakSet();
  each('[data-live]', (part) => {
    const form = part.closest('form');
    if (!form || known.has(form)) return;
    known.add(form);
    announce('');
    new Live(form);
  });
}
