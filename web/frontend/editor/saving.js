/* Saving a form in the making: by itself a moment after each change, at once by Ctrl+S, never over somebody else's save. */
const PAUSE = 1500;
const AGAIN = 5000;

export class Saving {
  constructor(root, words, now) {
    Object.assign(this, { root, words, now, seen: Number(root.dataset.version), dirty: root.dataset.dirty === 'yes', timer: 0, current: null, held: false, theirs: 0 });
    this.token = document.querySelector('meta[name="csrf-token"]').content;
    this.line = root.querySelector('[data-status]');
    this.banner = root.querySelector('[data-conflict]');
    this.held = !this.banner.hidden; // the page came with a conflict
    this.theirs = this.seen;
    addEventListener('beforeunload', (event) => { if (this.dirty) event.preventDefault(); });
    root.querySelector('[data-theirs]').addEventListener('click', () => { this.dirty = false; });
  }

  say(text, bad = false) {
    this.line.textContent = text;
    this.line.classList.toggle('mc-text-late', bad);
  }

  changed() {
    this.dirty = true;
    if (this.held) return;
    this.say(this.words.changed);
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.save({ auto: true }), PAUSE);
  }

  /** One save at a time; what changes meanwhile is saved after it. */
  async save({ auto = false } = {}) {
    clearTimeout(this.timer);
    if (this.held) return;
    if (this.current) { await this.current; if (!this.dirty) return; }
    this.current = this.send(auto).finally(() => { this.current = null; });
    await this.current;
  }

  async send(auto) {
    this.say(this.words.saving);
    const sent = this.now();
    const written = JSON.stringify(sent);
    let answer, told;
    try {
      answer = await fetch(this.root.dataset.formPage, {
        method: 'POST',
        headers: { 'Content-Type': 'application/json', Accept: 'application/json', 'X-CSRFToken': this.token },
        body: JSON.stringify({ ...sent, seen: this.seen, auto }),
      });
      told = await answer.json().catch(() => ({}));
    } catch {
      this.failed(this.words.offline);
      return;
    }
    if (answer.ok) {
      this.seen = told.version;
      this.dirty = JSON.stringify(this.now()) !== written;
      this.say(this.dirty ? this.words.changed : this.words.saved.replace('{when}', told.saved));
      for (const input of this.root.querySelectorAll('input[name=seen]')) input.value = told.version; // also those that bring earlier contents back
    } else if (answer.status === 409) {
      this.conflict(told);
    } else {
      const why = told.error?.message ?? String(answer.status);
      if (answer.status >= 500) this.failed(why); else this.say(this.words.failed.replace('{why}', why), true);
    }
  }

  failed(why) {
    this.say(this.words.failed.replace('{why}', why), true);
    this.timer = setTimeout(() => this.save({ auto: true }), AGAIN);
  }

  /** Somebody else saved it: nothing is saved until the designer has chosen. */
  conflict({ version, who, when }) {
    const text = who ? this.words.conflict.replace('{who}', who).replace('{when}', when) : this.words.gone;
    this.held = true;
    this.theirs = version ?? 0;
    this.banner.querySelector('[data-conflict-words]').textContent = text;
    this.banner.hidden = false;
    this.say(text, true);
  }

  overwrite() {
    this.seen = this.theirs;
    this.held = false;
    this.banner.hidden = true;
    return this.save();
  }
}
