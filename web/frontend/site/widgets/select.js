/* A select whose options are found by typing. The select itself is out of sight, holds the choice and posts it. */
import { changed, Finder, folded, tuck } from './finder.js';

const known = new Map(); // by id: a swap may bring another element for the same question

class Searching {
  constructor(select) {
    this.id = select.id;
    this.finder = new Finder(this, select.dataset);
  }

  mount(select) {
    this.select = select;
    if (select.nextElementSibling !== this.finder.element) select.after(this.finder.element);
    tuck(select, select, () => this.finder);
    this.offered = [...select.options].map((option) => ({ option, label: option.label, folded: option.value ? folded(option.label) : '' }));
    this.finder.input.placeholder = [...select.options].find((it) => !it.value)?.label || '';
    this.finder.resemble(select, select.labels[0]?.textContent.trim() || '');
  }

  options() { return this.offered; }

  chosen() { return this.select.value ? this.offered[this.select.selectedIndex] : undefined; }

  text() { return this.chosen()?.label ?? ''; }

  pick({ option }) {
    if (option.selected) return;
    this.select.value = option.value;
    changed(this.select);
  }

  clear() {
    if (!this.select.value) return;
    this.select.value = '';
    changed(this.select);
  }
}

export function searching(select) {
  for (const [id, it] of known) if (!it.select.isConnected && it.select.id !== select.id) { it.finder.element.remove(); known.delete(id); }
  if (!known.has(select.id)) known.set(select.id, new Searching(select));
  known.get(select.id).mount(select);
}

window.addEventListener('pageshow', () => known.forEach((it) => it.mount(it.select))); // the browser put choices back
document.addEventListener('change', ({ target }) => { const it = known.get(target.id); if (it && it.select === target) it.mount(target); });
