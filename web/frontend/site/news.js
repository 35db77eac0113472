/* Asks every now and then what a shown list does not show yet (data-news), and says so without moving what somebody reads:
   a line to press above the list, and words in the rows that others have taken. Where nothing is new the answer is 304. */
import { announce, once } from './dom.js';

const EVERY = 20000; // milliseconds
const LONGEST = 300000; // between two tries where the server does not answer
const SOON = 1500;

class News {
  constructor(line) {
    Object.assign(this, { line, tag: `"${line.dataset.newsTag}"`, timer: 0, wait: EVERY, asked: Date.now(), said: '' });
    document.addEventListener('visibilitychange', () => { if (!document.hidden && Date.now() - this.asked > EVERY / 2) this.later(0); });
    document.addEventListener('mc:moved', () => this.later(SOON));
    this.later();
  }

  /** Ask again after a while, not all at the same moment. */
  later(wait = this.wait) {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.ask(), wait && wait * (0.75 + Math.random() / 2));
  }

  get rows() { return [...document.querySelectorAll('[data-rows] > [data-task]')]; }

  async ask() {
    if (document.hidden || !this.line.isConnected) { if (this.line.isConnected) this.later(); return; }
    this.asked = Date.now();
    const url = new URL(this.line.dataset.news, location.href);
    url.searchParams.set('since', this.line.dataset.newsSince);
    url.searchParams.set('rows', this.rows.map((row) => row.dataset.task).join('*'));
    try {
      const answer = await fetch(url, { headers: { 'If-None-Match': this.tag }, cache: 'no-store', redirect: 'manual' });
      if (answer.type === 'opaqueredirect' || answer.status === 401 || answer.status === 403) return; // signed out: the next press says so
      if (answer.status === 200) { this.tag = answer.headers.get('ETag') || this.tag; this.show(await answer.json()); }
      this.wait = answer.ok || answer.status === 304 ? EVERY : Math.min(LONGEST, this.wait * 2);
    } catch { this.wait = Math.min(LONGEST, this.wait * 2); }
    this.later();
  }

  show(told) {
    this.line.hidden = !told.new;
    this.line.querySelector('b').textContent = told.new;
    if (told.new && told.new !== this.said) announce(told.new);
    this.said = told.new;
    for (const row of this.rows) {
      const [holder, words] = told.rows[row.dataset.task] ?? [row.dataset.holder, ''];
      const isTaken = Boolean(words) && holder !== row.dataset.holder;
      row.classList.toggle('mc-taken', isTaken);
      let note = row.querySelector('.mc-taken-note');
      if (!isTaken) { note?.remove(); continue; }
      note ??= Object.assign(document.createElement('span'), { className: 'mc-taken-note' });
      note.textContent = words;
      (row.querySelector('.mc-col-step, .mc-cell-sub') ?? row.querySelector('a[href]')?.parentElement).append(note);
      row.querySelector('form')?.remove(); // its button would only say the same
      const box = row.querySelector('input[type=checkbox]');
      if (box?.checked) box.click();
    }
  }
}

export function news() {
  once('[data-news]', (line) => { if (line.dataset.newsTag) new News(line); });
}
