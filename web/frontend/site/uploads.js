/* Files of a form go to the server as soon as they are chosen or dropped, in pieces (tus): with a bar, pause, retry, and
   going on after a break or a new look at the page. A finished file stands on the page just as the server would write it.
   Without this script the same input posts its files with the form. */
import { announce, each } from './dom.js';

const PLACE = '/uploads';
const PIECE = 4 * 1024 * 1024; // less than a request may hold (MOTCUA_REQUEST_MAX_BYTES)
const AT_ONCE = 3;
const DELAYS = [0, 1000, 2000, 4000, 8000, 15000, 30000];
const UNDER_WAY = new Set(['waiting', 'sending', 'paused', 'offline', 'checking', 'broken']);

const pickers = new Map();
const queue = [];
let active = 0;

const token = () => document.querySelector('meta[name="csrf-token"]')?.content;
const headers = (accept) => ({ 'X-CSRFToken': token(), Accept: accept });
const keyOf = (input, file) => ['motcua', location.pathname, input.name, ...(file ? [file.name, file.size, file.lastModified] : [])].join('|');
const fill = (words, values) => (words || '').replace(/\{(\w+)\}/g, (_, name) => values[name] ?? '');
const wasReloaded = () => performance.getEntriesByType('navigation')[0]?.type === 'reload';

/** What a refusal says; the server's own words, in the language of the page. */
function said(body) {
  try {
    const { error } = JSON.parse(body);
    return error.details[0]?.message || error.message;
  } catch { return ''; }
}

/** One file on its way: a line with its name, how far it is and what can be done. */
class Row {
  constructor(picker, name, file) {
    Object.assign(this, { picker, name, file, percent: 0, state: 'waiting', upload: null, url: '' });
    this.element = picker.template.content.firstElementChild.cloneNode(true);
    this.element.querySelector('[data-upload-name]').textContent = name;
    this.element.querySelectorAll('[data-upload-of]').forEach((it) => { it.textContent = ` ${name}`; });
    this.bar = this.element.querySelector('progress');
    this.bar.setAttribute('aria-label', fill(picker.words.bar, { name }));
    this.element.addEventListener('click', (event) => {
      const act = event.target.closest('[data-upload-do]')?.dataset.uploadDo;
      if (act) this[act]();
    });
    picker.list.append(this.element);
    picker.rows.add(this);
    this.show('waiting');
  }

  show(state, words) {
    this.state = state;
    this.element.dataset.state = state;
    const text = words || fill(this.picker.words[state], { name: this.name, percent: this.percent });
    const place = this.element.querySelector('[data-upload-state]');
    if (place.textContent !== text) place.textContent = text;
    this.bar.hidden = state === 'refused';
    if (state === 'checking') this.bar.removeAttribute('value'); else this.bar.value = this.percent;
    const can = { waiting: ['pause', 'cancel'], sending: ['pause', 'cancel'], offline: ['pause', 'cancel'], checking: [], paused: ['resume', 'cancel'], broken: ['retry', 'cancel'], refused: ['close'], unfinished: ['cancel'] }[state];
    const focused = document.activeElement;
    this.element.querySelectorAll('[data-upload-do]').forEach((it) => { it.hidden = !can.includes(it.dataset.uploadDo); });
    if (focused?.hidden && this.element.contains(focused)) (this.element.querySelector('[data-upload-do]:not([hidden])') || this.picker.input).focus();
  }

  async send() {
    const { Upload } = await import('tus-js-client');
    const { input } = this.picker;
    this.upload = new Upload(this.file, {
      endpoint: PLACE, chunkSize: PIECE, retryDelays: DELAYS, removeFingerprintOnSuccess: false,
      metadata: { filename: this.name, field: input.name }, headers: headers('application/json'),
      fingerprint: async () => keyOf(input, this.file),
      onProgress: (sent, total) => {
        this.percent = Math.floor((100 * sent) / total);
        this.url = this.upload.url;
        if (this.state !== 'paused') this.show('sending');
      },
      onShouldRetry: (error) => {
        const status = error.originalResponse?.getStatus() ?? 0;
        const again = !status || [409, 423, 429].includes(status) || status >= 500;
        if (again && this.state !== 'paused') this.show('offline');
        return again;
      },
      onSuccess: () => this.finish(),
      onError: (error) => this.fail(error.originalResponse?.getStatus() ?? 0, error.originalResponse?.getBody() ?? ''),
    });
    const [earlier] = await this.upload.findPreviousUploads();
    if (earlier) {
      this.upload.resumeFromPreviousUpload(earlier);
      this.picker.rows.forEach((row) => { if (row.state === 'unfinished' && row.url === earlier.uploadUrl) row.remove(); });
    }
    if (this.state !== 'waiting') return; // it was cancelled meanwhile
    this.show('sending');
    this.upload.start();
  }

  async finish() {
    this.url = this.upload.url;
    this.percent = 100;
    this.show('checking');
    try {
      const answer = await fetch(`${this.url}/finish`, { method: 'POST', headers: headers('text/html') });
      const body = await answer.text();
      if (!answer.ok) { this.fail(answer.status, body); return; }
      const hadFocus = this.element.contains(document.activeElement);
      this.remove();
      this.picker.add(body, { focus: hadFocus });
      announce(fill(this.picker.words.done, { name: this.name }));
      next(this);
      proceed();
    } catch { this.fail(0, ''); }
  }

  fail(status, body) {
    release();
    const broken = !status || status >= 500 || status === 429;
    const words = said(body);
    this.show(broken ? 'broken' : 'refused', words);
    announce(words || fill(this.picker.words.broken, { name: this.name, percent: this.percent }));
    next(this);
  }

  pause() { release(); this.show('paused'); this.upload?.abort(); next(this); }

  resume() { this.show('waiting'); enqueue(this); }

  retry() { this.resume(); }

  close() { this.remove(); this.picker.input.focus(); }

  async cancel() {
    release();
    this.show('refused', ' ');
    const url = this.url || this.upload?.url;
    this.remove();
    this.picker.input.focus();
    announce(fill(this.picker.words.cancelled, { name: this.name }));
    next(this);
    this.upload?.abort();
    forget(url);
    if (url) await fetch(url, { method: 'DELETE', headers: { ...headers('application/json'), 'Tus-Resumable': '1.0.0' } }).catch(() => {});
  }

  remove() {
    this.element.remove();
    this.picker.rows.delete(this);
  }
}

/** What belongs to one file input, under whatever element the page shows it now. */
class Picker {
  constructor(input, template) {
    Object.assign(this, { template, words: template.dataset, rows: new Set(), done: new Map() });
    this.list = document.createElement('ul');
    this.list.className = 'mc-uploads';
    this.hint = Object.assign(document.createElement('p'), { className: 'form-text mb-0' });
    this.warning = Object.assign(document.createElement('p'), { className: 'mc-error', hidden: true });
    [this.list, this.hint, this.warning].forEach((it) => { it.dataset.scriptMade = ''; });
    this.mount(input);
    this.find();
  }

  /** A new look at the form (htmx) may have brought a new input, and knows nothing of what is under way. */
  mount(input) {
    this.input = input;
    this.hint.textContent = input.multiple ? this.words.dropMany : this.words.dropOne;
    if (this.hint.previousElementSibling !== input) input.after(this.hint, this.warning, this.list);
    this.done.forEach((html, id) => { if (!input.form?.querySelector(`[value="${id}"]`)) this.put(html); });
    if (this.mounted === input) return;
    this.mounted = input;
    const field = input.closest('.mc-field') || input.parentElement;
    const isMine = () => this.input === input && pickers.get(input.name) === this;
    input.addEventListener('change', () => { if (!isMine()) return; const chosen = [...input.files]; input.value = ''; this.take(chosen); });
    field.addEventListener('dragover', (event) => {
      if (!isMine() || !event.dataTransfer.types.includes('Files')) return;
      event.preventDefault();
      event.dataTransfer.dropEffect = 'copy';
      field.classList.add('mc-dropping');
    });
    field.addEventListener('dragleave', (event) => { if (!field.contains(event.relatedTarget)) field.classList.remove('mc-dropping'); });
    field.addEventListener('drop', (event) => {
      field.classList.remove('mc-dropping');
      const items = [...event.dataTransfer.items].filter((it) => it.kind === 'file');
      if (!items.length || !isMine()) return;
      event.preventDefault();
      const whole = items.filter((it) => !it.webkitGetAsEntry?.()?.isDirectory).map((it) => it.getAsFile()).filter(Boolean);
      this.warn(whole.length < items.length ? this.words.folder : '');
      this.take(whole);
    });
  }

  take(files) {
    if (!this.input.multiple && files.length > 1) { this.warn(this.words.one); return; }
    this.warn('');
    files.forEach((file) => enqueue(new Row(this, file.name, file)));
    if (files.length) announce(fill(this.words.started, { count: files.length }));
  }

  warn(words) {
    this.warning.textContent = words;
    this.warning.hidden = !words;
    if (words) announce(words);
  }

  /** Put a finished file on the page; of an input for one file the earlier one is no longer kept. */
  add(html, { focus }) {
    const id = html.match(/value="([0-9a-f]{32})"/)?.[1];
    if (!id || this.input.form?.querySelector(`[value="${id}"]`)) return;
    if (!this.input.multiple) {
      this.input.form?.querySelectorAll(`input[type=checkbox][name="${CSS.escape(this.input.name)}"]`).forEach((it) => { it.checked = false; this.done.delete(it.value); });
    }
    this.done.set(id, html);
    const box = this.put(html);
    if (focus) box?.focus();
    box?.dispatchEvent(new Event('change', { bubbles: true }));
  }

  put(html) {
    const fragment = document.createRange().createContextualFragment(html);
    const box = fragment.querySelector('input[type=checkbox]');
    if (box && box.name !== 'remove') box.name = this.input.name; // the row that it stands in may have another number now
    box?.addEventListener('change', () => { if (box.name === 'remove' ? box.checked : !box.checked) this.done.delete(box.value); });
    this.input.before(fragment);
    this.input.classList.add('mt-2');
    return box;
  }

  /** The row of a list that its input stood in was removed. */
  drop() {
    [...this.rows].forEach((row) => row.cancel());
    [this.hint, this.warning, this.list].forEach((it) => it.remove());
  }

  /** Look for what was under way when the page was left; after a new load finished files are shown again. */
  async find() {
    for (const [key, kept] of remembered(`${keyOf(this.input)}|`)) {
      const answer = await fetch(kept.uploadUrl, { headers: { Accept: 'application/json' } }).catch(() => null);
      if (!answer) continue;
      if (!answer.ok) { localStorage.removeItem(key); continue; }
      const state = await answer.json();
      if (state.offset < state.length) {
        if ([...this.rows].some((row) => row.url === kept.uploadUrl)) continue;
        const row = new Row(this, state.name, null);
        Object.assign(row, { url: kept.uploadUrl, percent: Math.floor((100 * state.offset) / state.length) });
        row.show('unfinished');
      } else if (wasReloaded()) {
        const whole = await fetch(`${kept.uploadUrl}/finish`, { method: 'POST', headers: headers('text/html') }).catch(() => null);
        if (whole?.ok) this.add(await whole.text(), { focus: false });
      }
    }
  }
}

/** Rows of a list are about to have other numbers: what is under way goes with its row. */
function rename(renamed) {
  const all = [...pickers];
  pickers.clear();
  for (const [name, picker] of all) {
    const now = renamed(name);
    if (now) pickers.set(now, picker); else picker.drop();
  }
}

/** What tus-js-client keeps in this browser of uploads whose fingerprint begins so. */
function remembered(fingerprint) {
  try {
    return Object.keys(localStorage).filter((key) => key.startsWith(`tus::${fingerprint}`)).map((key) => [key, JSON.parse(localStorage.getItem(key))]);
  } catch { return []; }
}

function forget(url) {
  if (url) remembered('motcua|').forEach(([key, kept]) => { if (kept.uploadUrl === url) localStorage.removeItem(key); });
}

function enqueue(row) {
  queue.push(row);
  pump();
}

function pump() {
  while (active < AT_ONCE && queue.length) {
    const row = queue.shift();
    if (row.state !== 'waiting' || !row.picker.rows.has(row)) continue;
    active += 1;
    row.isActive = true;
    row.send().catch(() => row.fail(0, ''));
  }
}

function next(row) {
  if (row.isActive) { active -= 1; row.isActive = false; }
  pump();
}

const rowsUnderWay = (form) => [...pickers.values()].filter((it) => !form || it.input.form === form).flatMap((it) => [...it.rows]).filter((row) => UNDER_WAY.has(row.state));

let held = null;

/** A form is not sent while its files are on their way: they would be left behind. It goes by itself when all have come. */
function guard(event) {
  if (event.submitter?.name === 'answers-do') return;
  const form = event.target;
  const rows = rowsUnderWay(form);
  if (!rows.length) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  const stuck = rows.find((row) => ['paused', 'broken'].includes(row.state));
  const { picker } = stuck || rows[0];
  held = stuck ? null : { form, submitter: event.submitter, picker };
  picker.warn(fill(stuck ? picker.words.pending : picker.words.held, { count: rows.length }));
  if (!stuck) return;
  picker.input.scrollIntoView({ block: 'center' });
  picker.input.focus();
}

/** Send what was held back, once nothing is on its way any more. */
function proceed() {
  if (!held || rowsUnderWay(held.form).length) return;
  const { form, submitter, picker } = held;
  held = null;
  picker.warn('');
  form.requestSubmit(submitter?.isConnected ? submitter : null);
}

/** Something went wrong or was stopped: the person decides again. */
function release() {
  held?.picker.warn('');
  held = null;
}

export function uploads() {
  if (!token()) return;
  each('input[type=file][data-upload]', (input) => {
    const template = document.querySelector('template[data-upload-row]');
    if (!template) return;
    const known = pickers.get(input.name);
    if (known) known.mount(input); else pickers.set(input.name, new Picker(input, template));
  });
  document.addEventListener('motcua:renamed', (event) => rename(event.detail.renamed));
  document.addEventListener('submit', guard, true);
  window.addEventListener('online', () => rowsUnderWay().filter((row) => row.state === 'broken').forEach((row) => row.retry()));
  window.addEventListener('beforeunload', (event) => { if (rowsUnderWay().length) event.preventDefault(); });
  for (const kind of ['dragover', 'drop']) { // a file dropped beside its place must not replace the page
    window.addEventListener(kind, (event) => { if (pickers.size && event.dataTransfer?.types.includes('Files')) event.preventDefault(); });
  }
}
