/* A text field that finds options as one types (the combobox pattern of ARIA): arrows, Home, End, Page keys walk, Enter and Tab
   take, Escape closes, a press takes too. Marks are left out of the comparison: "ha noi" finds "Hà Nội". */
import Combobox from '@github/combobox-nav';
import { announce } from '../dom.js';

const MOST = 100; // options drawn at once
const PAGE = 10;
const QUIET = 500; // milliseconds without a key until the count is said

/** Write a text as it is compared. */
export const folded = (text) => text.normalize('NFD').replace(/\p{M}/gu, '').replace(/đ/gi, 'd').toLowerCase().replace(/\s+/g, ' ').trim();

const make = (tag, properties, ...children) => {
  const made = Object.assign(document.createElement(tag), properties);
  made.append(...children);
  return made;
};

/** The options whose words hold all that was typed; those that begin so come first. */
export function matching(options, typed) {
  const wanted = folded(typed);
  if (!wanted) return options;
  const words = wanted.split(' ');
  const found = options.filter((it) => words.every((word) => it.folded.includes(word)));
  return [...found.filter((it) => it.folded.startsWith(wanted)), ...found.filter((it) => !it.folded.startsWith(wanted))];
}

export class Finder {
  /** `owner`: id; options() -> [{label, folded, ...}]; chosen() -> option or undefined; text() -> what stands in the field;
      pick(option); clear(), asked when the field was emptied. `words`: the dataset with none, count, more, open. */
  constructor(owner, words) {
    Object.assign(this, { owner, words, shown: [], typed: false });
    this.input = make('input', { type: 'text', className: 'form-control', id: `${owner.id}-find`, autocomplete: 'off', spellcheck: false });
    this.list = make('ul', { className: 'mc-find-list', id: `${owner.id}-options`, hidden: true, role: 'listbox' });
    this.note = make('p', { className: 'mc-find-note', hidden: true });
    this.popup = make('div', { className: 'mc-find-popup', hidden: true }, this.list, this.note);
    const open = make('button', { type: 'button', className: 'mc-find-open', tabIndex: -1, ariaLabel: words.open }, make('i', { className: 'bi bi-chevron-down', ariaHidden: 'true' }));
    this.element = make('div', { className: 'mc-find' }, make('div', { className: 'mc-find-field' }, this.input, open, this.popup));
    this.element.id = `${owner.id}-finder`;
    this.element.dataset.scriptMade = '';
    this.nav = new Combobox(this.input, this.list, { tabInsertsSuggestions: false });
    this.element.addEventListener('keydown', (event) => this.press(event), true); // before the library's own
    this.element.addEventListener('input', (event) => { event.stopPropagation(); this.typed = true; this.open(); }); // after it
    this.element.addEventListener('change', (event) => event.stopPropagation()); // the field itself answers nothing
    this.list.addEventListener('combobox-commit', ({ target }) => this.take(this.shown[[...this.list.children].indexOf(target)]));
    this.popup.addEventListener('mousedown', (event) => event.preventDefault()); // the focus stays in the field
    open.addEventListener('mousedown', (event) => event.preventDefault());
    open.addEventListener('click', () => { this.input.focus(); if (this.isOpen) this.close(); else this.open(); });
    this.input.addEventListener('click', () => { if (!this.isOpen) { this.input.select(); this.open(); } });
    this.input.addEventListener('focus', () => this.input.select());
    this.input.addEventListener('blur', () => this.leave());
  }

  get isOpen() { return !this.popup.hidden; }

  get active() { return this.list.querySelector('[aria-selected=true]'); }

  /** Say the same of the field as of the control that it stands for. */
  resemble(control, name) {
    this.input.setAttribute('aria-label', name);
    this.list.setAttribute('aria-label', name);
    for (const it of ['aria-describedby', 'aria-invalid', 'aria-required']) {
      if (control.hasAttribute(it)) this.input.setAttribute(it, control.getAttribute(it)); else this.input.removeAttribute(it);
    }
    if (!this.typed) this.input.value = this.owner.text();
    if (this.isOpen) this.draw();
  }

  open() {
    const wasOpen = this.isOpen;
    this.popup.hidden = false;
    if (!wasOpen) this.nav.start();
    this.draw();
    this.popup.scrollIntoView({ block: 'nearest' }); // from under the bar at the foot of the page
    if (this.typed) this.count();
  }

  close() {
    clearTimeout(this.saying);
    if (!this.isOpen) return;
    this.nav.stop();
    this.popup.hidden = true;
  }

  draw() {
    const typed = this.typed ? this.input.value : '';
    const found = matching(this.owner.options(), typed);
    const chosen = this.owner.chosen();
    const from = typed ? 0 : Math.max(0, Math.min(found.findIndex((it) => it === chosen) - PAGE, found.length - MOST));
    this.shown = found.slice(from, from + MOST);
    this.nav.clearSelection();
    this.list.replaceChildren(...this.shown.map((it, at) => {
      const option = make('li', { id: `${this.list.id}-${at}`, role: 'option', textContent: it.label });
      option.classList.toggle('mc-find-chosen', it === chosen);
      return option;
    }));
    this.list.hidden = !found.length;
    const left = found.length - this.shown.length;
    this.note.textContent = found.length ? this.words.more.replace('{count}', left) : this.words.none;
    this.note.hidden = Boolean(found.length) && !left;
    this.found = found.length;
    const first = this.typed ? (folded(typed) ? 0 : -1) : this.shown.indexOf(chosen); // an emptied field points at nothing
    if (this.shown[first]) this.walkTo(first);
  }

  /** Say politely how many options are left. */
  count() {
    clearTimeout(this.saying);
    this.saying = setTimeout(() => announce(this.found ? this.words.count.replace('{count}', this.found) : this.words.none), QUIET);
  }

  walkTo(index) {
    this.nav.clearSelection();
    const option = this.list.children[Math.max(0, Math.min(index, this.list.children.length - 1))];
    option?.setAttribute('aria-selected', 'true');
    if (option) this.input.setAttribute('aria-activedescendant', option.id);
    option?.scrollIntoView({ block: 'nearest' });
  }

  press(event) {
    if (event.target !== this.input || event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
    const { key } = event;
    const done = () => { event.preventDefault(); event.stopPropagation(); };
    if (key === 'Escape' && (this.isOpen || this.typed)) { done(); this.restore(); return; }
    if (key === 'Enter' && !this.active) { done(); if (this.isOpen) this.settle(); return; }
    if (key === 'Tab') { if (this.isOpen && this.active) this.take(this.shown[[...this.list.children].indexOf(this.active)]); return; }
    if (!this.isOpen) { if (key === 'ArrowDown' || key === 'ArrowUp') { done(); this.open(); } return; }
    const at = [...this.list.children].indexOf(this.active);
    const to = { Home: 0, End: this.list.children.length - 1, PageDown: at + PAGE, PageUp: Math.max(0, at - PAGE) }[key];
    if (to !== undefined && !event.shiftKey) { done(); this.walkTo(to); }
  }

  take(option) {
    this.typed = false;
    this.close();
    if (option) this.owner.pick(option);
    this.input.value = this.owner.text();
    if (document.activeElement === this.input) this.input.select();
  }

  restore() {
    this.typed = false;
    this.close();
    this.input.value = this.owner.text();
    this.input.select();
  }

  /** Take what was typed where it is an option to the letter (marks aside), or nothing where the field was emptied. */
  settle() {
    const wanted = folded(this.input.value);
    const same = this.owner.options().filter((it) => it.folded === wanted);
    if (this.typed && !wanted) this.owner.clear();
    this.take(this.typed && wanted && same.length === 1 ? same[0] : null);
  }

  leave() {
    if (this.typed) this.settle(); else this.close();
  }
}

/** Take a control out of sight and out of the way of Tab; who comes to it all the same (its label, a link to it) is led on. */
export function tuck(control, box, finder) {
  box.classList.add('visually-hidden');
  box.setAttribute('aria-hidden', 'true');
  control.tabIndex = -1;
  box.dataset.scriptAttrs = 'class aria-hidden tabindex';
  control.dataset.scriptAttrs = box.dataset.scriptAttrs;
  if (led.has(control)) return;
  led.add(control);
  control.addEventListener('focus', () => finder().input.focus());
}

const led = new WeakSet();

/** Tell whoever listens that a person has changed a control. */
export function changed(control) {
  control.dispatchEvent(new Event('input', { bubbles: true }));
  control.dispatchEvent(new Event('change', { bubbles: true }));
}
