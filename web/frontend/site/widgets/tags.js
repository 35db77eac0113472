/* Tags as chips: what is chosen stands in sight and is taken out by a press, what may be added is found by typing. The
   checkboxes are out of sight, hold the choice and post it. */
import { announce } from '../dom.js';
import { changed, Finder, folded, tuck } from './finder.js';

const FEW = 5; // so many tags are quicker pressed than searched
const known = new Map();

class Tags {
  constructor(fieldset, first) {
    this.id = first.id;
    this.words = fieldset.dataset;
    this.finder = new Finder(this, this.words);
    this.chips = document.createElement('ul');
    this.chips.className = 'mc-chips';
    this.finder.element.prepend(this.chips);
    this.finder.input.addEventListener('keydown', (event) => { if (event.key === 'Backspace' && !this.finder.input.value) this.drop(this.boxes.findLast((it) => it.checked)); });
  }

  mount(fieldset, boxes) {
    this.boxes = boxes;
    const shelf = fieldset.querySelector('.mc-tags');
    if (shelf.nextElementSibling !== this.finder.element) shelf.after(this.finder.element);
    boxes.forEach((box) => tuck(box, shelf, () => this.finder));
    this.offered = boxes.map((box) => { const label = box.labels[0].textContent.trim(); return { box, label, folded: folded(label) }; });
    this.finder.input.placeholder = this.words.add;
    this.finder.resemble(fieldset, `${fieldset.querySelector('legend').textContent.trim()}: ${this.words.add}`);
    if (boxes[0].hasAttribute('aria-invalid')) this.finder.input.setAttribute('aria-invalid', 'true');
    this.draw();
  }

  /** Chips that stay keep their element, so that the focus stays too. */
  draw() {
    const old = new Map([...this.chips.children].map((it) => [it.dataset.of, it]));
    this.chips.replaceChildren(...this.offered.filter((it) => it.box.checked).map((it) => old.get(it.box.id) || this.chip(it)));
    this.chips.hidden = !this.chips.childElementCount;
  }

  chip({ box, label }) {
    const item = document.createElement('li');
    item.dataset.of = box.id;
    const button = Object.assign(document.createElement('button'), { type: 'button', className: 'mc-chip', textContent: label });
    button.setAttribute('aria-label', this.words.drop.replace('{name}', label));
    const cross = Object.assign(document.createElement('i'), { className: 'bi bi-x-lg', ariaHidden: 'true' });
    button.append(cross);
    button.addEventListener('click', () => {
      const next = item.nextElementSibling || item.previousElementSibling;
      this.drop(this.boxes.find((it) => it.id === box.id));
      (next?.querySelector('button') || this.finder.input).focus();
    });
    item.append(button);
    return item;
  }

  options() { return this.offered.filter((it) => !it.box.checked); }

  chosen() { return undefined; }

  text() { return ''; }

  pick({ box, label }) {
    box.checked = true;
    announce(this.words.added.replace('{name}', label));
    changed(box);
  }

  drop(box) {
    if (!box) return;
    box.checked = false;
    announce(this.words.dropped.replace('{name}', box.labels[0].textContent.trim()));
    changed(box);
  }

  clear() { /* nothing was typed, nothing is taken away */ }
}

export function tags(fieldset) {
  const boxes = [...fieldset.querySelectorAll('.mc-tags input[type=checkbox]')];
  if (boxes.length <= FEW || boxes[0].disabled) return;
  const { id } = boxes[0];
  for (const [of, it] of known) if (!it.boxes[0].isConnected && of !== id) { it.finder.element.remove(); known.delete(of); }
  if (!known.has(id)) known.set(id, new Tags(fieldset, boxes[0]));
  known.get(id).mount(fieldset, boxes);
}

const again = (it) => { const fieldset = it.boxes[0].closest('.mc-taglist'); if (fieldset) it.mount(fieldset, it.boxes); };
window.addEventListener('pageshow', () => known.forEach(again));
document.addEventListener('change', ({ target }) => known.forEach((it) => { if (it.boxes.includes(target)) again(it); }));
